"""The deterministic core: matching, fees, book and clock, without I/O."""
