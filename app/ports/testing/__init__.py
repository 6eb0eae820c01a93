"""Contract tests that a plugin author subclasses."""
