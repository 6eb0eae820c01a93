"""The database: tables, unit of work and queries."""
