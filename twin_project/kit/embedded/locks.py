"""File locks that the kernel drops when their holder ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twin_project.kit.embedded.errors import EmbeddedError

_POLL_S = 0.02


def open_lock(path: Path) -> int:
    """Open a lock file; Python's descriptors are not inherited by programs that are executed (Chrome, postgres)."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(handle: int, *, shared: bool = False) -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_within(handle: int, *, seconds: float, shared: bool = False) -> bool:
    """Take the lock, waiting up to `seconds` for it."""
    deadline = time.monotonic() + seconds
    while not try_lock(handle, shared=shared):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def unlock(handle: int) -> None:
    """Give the lock back and keep the file open."""
    fcntl.flock(handle, fcntl.LOCK_UN)


def is_held(path: Path) -> bool:
    """Whether another process holds the lock exclusively."""
    if not path.exists():
        return False
    handle = open_lock(path)
    try:
        return not try_lock(handle, shared=True)
    finally:
        os.close(handle)


@contextmanager
def exclusive(path: Path, *, seconds: float) -> Iterator[None]:
    """Hold the lock for the block; raises EmbeddedError if others keep it longer than `seconds`."""
    handle = open_lock(path)
    try:
        if not lock_within(handle, seconds=seconds):
            raise EmbeddedError(f"Another process has been starting PostgreSQL for {seconds:.0f} s: see {path.parent}.")
        yield
    finally:
        os.close(handle)
