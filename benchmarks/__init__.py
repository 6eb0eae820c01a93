"""What is measured, against whom, in one command: python -m benchmarks."""
