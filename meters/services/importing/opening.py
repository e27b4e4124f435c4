"""Which format a file has, and its rows by a layout, in portions that fit into memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meters.domain.detection import detect
from meters.domain.files import MIB, BadTable, Chunk, FileFormat, Limits, Sample
from meters.domain.layouts import Layout
from meters.domain.tables import Reader, Table, joined
from meters.registry import formats

LIMITS = Limits()
PORTION_ROWS = 400_000
_HEAD = 4096
_LAST = "csv"  # a text has no mark of its own: it is what is left


@dataclass(frozen=True)
class OpenedFile:
    """A file that was looked into."""

    format: str
    sample: Sample
    layout: Layout


def open_file(path: Path, *, limits: Limits = LIMITS) -> OpenedFile:
    """Find the format by what the file begins with, and what its rows mean; raises BadTable."""
    if not path.is_file():
        raise BadTable(f"There is no file {path}.")
    size = path.stat().st_size
    if size > limits.size:
        raise BadTable(f"{path.name} is larger than {limits.size // MIB} MiB. Cut it into parts.")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise BadTable(f"{path.name} is empty.")
    kinds = sorted(formats.all().items(), key=lambda pair: pair[0] == _LAST)
    key, kind = next(pair for pair in kinds if pair[1].recognises(head))
    sample = kind().sample(path, limits)
    return OpenedFile(key, sample, detect(sample.frame))


def format_named(key: str) -> FileFormat:
    """The format of that key, made."""
    return formats.get(key)()


def portions(
    *, path: Path, format: str, options: dict[str, Any], layout: Layout, limits: Limits = LIMITS
) -> Iterator[Table]:
    """The file as readings. The same file and layout give the same portions, so that a broken-off import goes on."""
    if not path.is_file():
        raise BadTable(f"The file {path.name} is not there any more. Import it again.")
    reader = Reader(layout)
    held: list[Table] = []
    for table in _tables(reader, format_named(format).chunks(path, options, limits)):
        held.append(table)
        if sum(len(part.frame) for part in held) >= PORTION_ROWS:
            yield joined(held)
            held = []
    if held:
        yield joined(held)


def _tables(reader: Reader, chunks: Iterator[Chunk]) -> Iterator[Table]:
    for chunk in chunks:
        yield reader.read(chunk)
    yield reader.finish()
