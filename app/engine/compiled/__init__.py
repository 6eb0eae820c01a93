"""The kernel's own text, compiled by numba, which is imported when needed: the same, over int64 arrays."""
