"""Returns, drawdowns, ratios and trade statistics."""
