"""The `lts` command, one file per noun."""
