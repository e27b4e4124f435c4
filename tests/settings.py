"""Settings for tests that start real processes: the product's own, with one more app that declares test jobs."""

from twin_project.settings import *  # noqa: F403
from twin_project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.probe"]
