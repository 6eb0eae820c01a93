"""Bars in: sources, validation, aggregation and corporate actions."""
