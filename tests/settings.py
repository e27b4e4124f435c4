"""Settings of the tests: the product's own, over plain HTTP, in a folder apart, with one more app of test jobs.

Each of several test processes at a time (pytest-xdist) has a folder, and so a server, of its own.
"""

import os
from pathlib import Path

_FOLDER = "-".join(filter(None, ["test", os.environ.get("PYTEST_XDIST_WORKER")]))
os.environ.setdefault("TWIN_VAR", str(Path(__file__).resolve().parents[1] / "var" / _FOLDER))
os.environ.setdefault("TWIN_HTTPS", "0")

from twin_project.settings import *  # noqa: E402, F403
from twin_project.settings import INSTALLED_APPS, STATIC_ROOT  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "tests.probe"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick sign-ins; nothing here is secret
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing one, and warnings are errors
WHITENOISE_USE_FINDERS = True  # the panel's files as they lie, nothing to collect
