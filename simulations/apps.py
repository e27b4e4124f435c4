"""The simulations app."""

from django.apps import AppConfig


class SimulationsConfig(AppConfig):
    """Simulations of the twin."""

    name = "simulations"
