"""Built-in plugins that say who may do what, and keep account of it."""
