"""The typed HTTP client of an LTS server."""
