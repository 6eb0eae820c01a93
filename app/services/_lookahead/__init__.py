"""The parts of the look-ahead check: other futures, fresh code, and what a run was seen to do."""
