"""Files that people send, kept under `var/imports` for their owner only, until they are stored or dropped."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from meters.domain.files import MIB, BadTable
from meters.services.importing.opening import LIMITS
from twin_project.kit.env import VAR

FOLDER = VAR / "imports"
_PIECE = 1 << 20


def keep_upload(*, name: str, pieces: Iterable[bytes], most: int = LIMITS.size) -> Path:
    """Write the pieces as they come to a file of mode 0600; raises BadTable, and keeps nothing, beyond `most`."""
    FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    ending = Path(name).suffix.lower()[:12]
    path = FOLDER / f"{secrets.token_hex(8)}{ending if ending[1:].isalnum() else ''}"
    written = 0
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        for piece in pieces:
            written += len(piece)
            if written > most:
                path.unlink()
                raise BadTable(f"{name} is larger than {most // MIB} MiB. Cut it into parts.")
            file.write(piece)
    return path


def forget_upload(path: str) -> None:
    """Remove a kept file; only one of our folder."""
    if path and Path(path).parent == FOLDER:
        Path(path).unlink(missing_ok=True)


def digest(path: Path) -> str:
    """The sha256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()
