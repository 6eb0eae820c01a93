"""Built-in portfolio plugins."""
