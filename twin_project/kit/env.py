"""Settings from the environment, and the secrets that a first run makes for itself under `var/`."""

import os
import secrets
from pathlib import Path

from environs import Env

ROOT = Path(__file__).resolve().parents[2]

env = Env(prefix="TWIN_")
env.read_env(str(ROOT / ".env"), recurse=False)

VAR: Path = Path(env.str("VAR", str(ROOT / "var"))).resolve()


def secret(name: str, *, length: int = 50) -> str:
    """Return TWIN_<NAME>, or the value of `var/secrets/<name>`, made on the first call with mode 0600."""
    given = env.str(name, "")
    if given:
        return str(given)
    path = VAR / "secrets" / name.lower()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        value = secrets.token_urlsafe(length)
        file.write(value)
    return value
