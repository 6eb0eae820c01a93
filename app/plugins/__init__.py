"""The plugin host: find, refuse clashes, validate, build, isolate, announce."""
