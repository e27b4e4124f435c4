"""The meters app."""

from django.apps import AppConfig


class MetersConfig(AppConfig):
    """Meters of the twin."""

    name = "meters"
