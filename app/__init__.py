"""LTS: a small host for trading plugins; values and rules at the bottom, one composition root at the top."""
