"""The parts of benchmarks/scraping.py."""
