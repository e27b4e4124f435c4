"""The scraping app."""

from django.apps import AppConfig


class ScrapingConfig(AppConfig):
    """Scraping of the twin."""

    name = "scraping"

    def ready(self) -> None:
        """Register the system checks."""
        from scraping import checks  # noqa: F401 - registering is its import's effect
