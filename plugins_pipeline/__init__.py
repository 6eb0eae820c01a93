"""Built-in plugins that take a run from data to result."""
