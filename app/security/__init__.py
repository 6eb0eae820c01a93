"""Private files, redaction and the audit hash chain."""
