"""Limits and rules as small values that judge order requests."""
