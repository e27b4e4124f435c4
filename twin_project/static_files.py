"""Static files of the web process, gathered out of our folder and the wheels, again only when either changed."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from twin_project.kit.env import ROOT

WHEELS = ("plotly", "django-htmx", "django-bootstrap-static", "django", "whitenoise")


def collect_if_changed() -> bool:
    """Collect, compress and name by content; True where there was something to do."""
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(wanted)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in WHEELS).encode())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
