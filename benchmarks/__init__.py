"""Benchmarks: one script for each row of docs/benchmarks.md."""
