"""The sample in the box: thirteen years of daily bars of four symbols, with their splits and dividends."""
