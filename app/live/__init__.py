"""Desks, gateways and their supervisor."""
