"""The forecasting app."""

from django.apps import AppConfig


class ForecastingConfig(AppConfig):
    """Forecasting of the twin."""

    name = "forecasting"

    def ready(self) -> None:
        """Register the system checks."""
        from forecasting import checks  # noqa: F401 - registering is its import's effect
