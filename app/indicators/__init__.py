"""Indicators: one sequential definition each, usable bar by bar and over columns."""
