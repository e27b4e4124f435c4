"""What a file format is. One file in `meters/formats/` holds one: it turns bytes into rows and titles, no more.

What the rows mean (which column is the stamp, whose clock, which unit) is told by `meters.domain.detection`
and read by `meters.domain.tables`: a format knows neither zones nor meters.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import pandas as pd

from twin_project.kit.registry import Plugin

SAMPLE_ROWS = 2_000
CHUNK_ROWS = 65_536
MIB = 1 << 20


class BadTable(ValueError):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """How much of a file is read before it is refused, checked while it streams."""

    size: int = 1024 * MIB
    inflated: int = 1024 * MIB
    strings: int = 24 * MIB  # a table of shared texts is held in memory as a whole
    rows: int = 50_000_000
    columns: int = 500
    line: int = 100_000


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file, one after the other; `first_row` is the number that a spreadsheet shows for the first."""

    first_row: int
    frame: pd.DataFrame


@dataclass(frozen=True)
class Sample:
    """The head of a file. `options` is what `chunks` needs to read on in the same way; JSON-ready."""

    frame: pd.DataFrame
    first_row: int
    options: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class FileFormat(Plugin, ABC):
    """Base of every format. Columns have unique titles; cells are strings, or typed where the file has types."""

    suffixes: ClassVar[tuple[str, ...]]
    media_type: ClassVar[str] = "application/octet-stream"
    writes: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def recognises(cls, head: bytes) -> bool:
        """Whether a file that begins with these bytes may be of this format; names are not to be trusted."""

    @abstractmethod
    def sample(self, path: Path, limits: Limits) -> Sample:
        """The first rows and how to read the rest; raises BadTable."""

    @abstractmethod
    def chunks(self, path: Path, options: dict[str, Any], limits: Limits) -> Iterator[Chunk]:
        """All rows from the first on; raises BadTable where the file breaks off or goes over a limit."""

    def write(self, target: BinaryIO, frames: Iterable[pd.DataFrame]) -> None:
        """Write frames of the same columns as one file, where the format `writes`."""
        raise NotImplementedError(f"{self.title} is not written.")


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Instants as ISO texts, and texts that a spreadsheet would run as a formula disarmed."""
    out = frame.copy()
    for name in out.columns:
        column = out[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            out[name] = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif pd.api.types.is_string_dtype(column.dtype) or column.dtype == object:
            risky = column.astype("str").str.match(r"[=+\-@\t\r]")
            out[name] = column.where(~risky, "'" + column.astype("str"))
    return out


def check_rows(row: int, limits: Limits) -> None:
    """Stop at the limit of rows."""
    if row > limits.rows:
        raise BadTable(f"The file has more than {limits.rows:,} rows. Cut it into parts and import them one by one.")


def check_columns(count: int, limits: Limits) -> None:
    """Stop at the limit of columns."""
    if count > limits.columns:
        raise BadTable(
            f"The file has more than {limits.columns} columns, so it is no table of readings. Leave the others out."
        )


def unique_titles(titles: Iterable[object]) -> list[str]:
    """Titles as texts, an empty one by its position, a second one of the same name with its count."""
    taken: dict[str, int] = {}
    unique = []
    for position, title in enumerate(titles, start=1):
        name = " ".join(str(title).split()) if title is not None else ""
        name = name or f"column {position}"
        taken[name] = taken.get(name, 0) + 1
        unique.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return unique
