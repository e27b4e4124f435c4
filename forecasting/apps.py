"""The forecasting app."""

from django.apps import AppConfig


class ForecastingConfig(AppConfig):
    """Forecasting of the twin."""

    name = "forecasting"
