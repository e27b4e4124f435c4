"""The frame: pages, sign-in and the commands that run the whole."""

from django.apps import AppConfig


class TwinConfig(AppConfig):
    """The app of the frame itself."""

    name = "twin_project"
    label = "twin"
    verbose_name = "Smart-meter twin"
