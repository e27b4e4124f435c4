"""Meters in the Django admin."""

from meters.admin import imports, readings, sites, tariffs, weather

__all__ = ["imports", "readings", "sites", "tariffs", "weather"]
