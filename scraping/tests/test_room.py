"""A full disk is told as one, however deep in an error it hides."""

import errno
from pathlib import Path

import pytest

from scraping.domain.errors import LayoutChanged
from scraping.services import room


def test_a_full_disk_is_found_among_the_reasons_of_an_error(tmp_path: Path) -> None:
    error = LayoutChanged("There is no table.")
    error.__cause__ = ValueError("half a page")
    error.__cause__.__context__ = OSError(errno.ENOSPC, "No space left on device")
    told = room.room_error(tmp_path, error)
    assert told is not None
    assert "No space left on device" in str(told)


@pytest.mark.timeout(10)
def test_an_error_that_is_its_own_reason_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_free_bytes", lambda _: 2 * room.LEAST_BYTES)
    error = LayoutChanged("There is no table.")
    error.__cause__ = error
    assert room.room_error(tmp_path, error) is None
