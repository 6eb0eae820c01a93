"""Use cases that the command line and the server share."""
