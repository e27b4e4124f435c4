"""The scraping app."""

from django.apps import AppConfig


class ScrapingConfig(AppConfig):
    """Scraping of the twin."""

    name = "scraping"
