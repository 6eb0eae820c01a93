"""Built-in plugins that host the system in a process."""
