"""One file of tables per noun."""
