"""Room on the disk: without it a browser and a database fail in a hundred ways, of which only one should be told."""

import errno
import shutil
from collections.abc import Iterator
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
    for one in _reasons(error):
        if isinstance(one, OSError) and one.errno in {errno.ENOSPC, errno.EDQUOT}:
            return NoRoom(f"The disk is full: {one}.")
        if getattr(one, "sqlstate", None) == _DISK_FULL:
            return NoRoom("The disk of the database is full.")
    free = _free_bytes(folder)
    if free < LEAST_BYTES:
        return NoRoom(f"The disk of {folder} is full: {free // 1_000_000} MB are free.")
    return None


def _reasons(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, each once: an error raised from itself is its own reason for ever."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _free_bytes(folder: Path) -> int:
    near = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(near).free
