"""Measurements of arazzo-run; `python -m benchmarks` runs them all (benchmarks/README.md)."""
