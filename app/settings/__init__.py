"""Layers, passes and provenance: settings arrive typed, and every key remembers who set it.

`collection.collect` gathers what the layers say, `resolution.resolve` merges and validates it, and
`settings.Settings` holds the result. Nothing is imported here, so that `errors` stays cheap for a command
line that only prints help.
"""
