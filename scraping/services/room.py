"""Room on the disk: without it a browser and a database fail in a hundred ways, of which only one should be told."""

import errno
import shutil
from pathlib import Path

from scraping.domain.errors import NoRoom

LEAST_BYTES = 32 * 1024 * 1024
_DISK_FULL = "53100"  # PostgreSQL's word for it


def check_room(folder: Path) -> None:
    """Raise NoRoom where a browser could not even start."""
    if (error := room_error(folder, None)) is not None:
        raise error


def room_error(folder: Path, error: BaseException | None) -> NoRoom | None:
    """NoRoom where the disk of the folder is full now, or the error says that some disk was; else None."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return NoRoom(f"The disk is full: {error}.")
        if getattr(error, "sqlstate", None) == _DISK_FULL:
            return NoRoom("The disk of the database is full.")
        error = error.__cause__ or error.__context__
    free = _free_bytes(folder)
    if free < LEAST_BYTES:
        return NoRoom(f"The disk of {folder} is full: {free // 1_000_000} MB are free.")
    return None


def _free_bytes(folder: Path) -> int:
    near = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(near).free
