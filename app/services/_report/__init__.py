"""The parts of a run's HTML report: its charts, its tables and the page that holds them."""
