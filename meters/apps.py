"""The meters app."""

from django.apps import AppConfig


class MetersConfig(AppConfig):
    """Meters of the twin."""

    name = "meters"

    def ready(self) -> None:
        """Register the system checks."""
        from meters import checks  # noqa: F401 - registering is its import's effect
