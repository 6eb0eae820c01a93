"""Settings: layers, passes and the provenance of every key."""
