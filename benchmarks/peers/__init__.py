"""Other engines on the same work: see README.md."""
