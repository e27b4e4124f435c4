"""The job ledger as a Django app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Jobs: what is asked for, what runs, what came of it."""

    name = "twin_project.kit.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Load each app's `tasks.py`, where it declares its job kinds."""
        autodiscover_modules("tasks")
