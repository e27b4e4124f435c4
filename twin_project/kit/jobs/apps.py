"""The job ledger as a Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs: what is asked for, what runs, what came of it."""

    name = "twin_project.kit.jobs"
    label = "jobs"
