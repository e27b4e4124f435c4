"""Meters in the Django admin."""

from meters.admin import readings, sites

__all__ = ["readings", "sites"]
