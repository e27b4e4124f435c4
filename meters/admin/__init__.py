"""Meters in the Django admin."""

from meters.admin import readings, sites, tariffs, weather

__all__ = ["readings", "sites", "tariffs", "weather"]
