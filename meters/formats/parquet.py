"""Parquet: typed columns in row groups."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

import pandas as pd

from meters.domain.files import (
    CHUNK_ROWS,
    MIB,
    SAMPLE_ROWS,
    BadTable,
    Chunk,
    FileFormat,
    Limits,
    Sample,
    check_columns,
    check_rows,
    unique_titles,
)

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_GROUP = 256 * MIB


class Parquet(FileFormat):
    """Columns with types, compressed."""

    title = "Parquet"
    summary = "Typed columns, compressed; read by row groups."
    suffixes = (".parquet", ".pq")
    media_type: ClassVar[str] = "application/vnd.apache.parquet"
    writes = True

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Four letters at the start (and the end)."""
        return head.startswith(b"PAR1")

    def sample(self, path: Path, limits: Limits) -> Sample:
        """The first rows."""
        with _opened(path, limits) as file:
            first = next(self._frames(file, path, SAMPLE_ROWS), None)
        if first is None:
            raise BadTable(f"{path.name} has no row.")
        return Sample(first.head(SAMPLE_ROWS), 1)

    def chunks(self, path: Path, options: dict[str, Any], limits: Limits) -> Iterator[Chunk]:
        """Batches of rows, numbered from 1."""
        row = 1
        with _opened(path, limits) as file:
            for frame in self._frames(file, path, CHUNK_ROWS):
                yield Chunk(row, frame)
                row += len(frame)

    def write(self, target: BinaryIO, frames: Iterable[pd.DataFrame]) -> None:
        """One row group for each frame."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        writer = None
        for frame in frames:
            table = pa.Table.from_pandas(frame, preserve_index=False)
            writer = writer or pq.ParquetWriter(target, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
        if writer:
            writer.close()

    def _frames(self, file: "pq.ParquetFile", path: Path, size: int) -> Iterator[pd.DataFrame]:
        try:
            for batch in file.iter_batches(batch_size=size):
                frame = batch.to_pandas()
                frame.columns = pd.Index(unique_titles(frame.columns))
                yield frame
        except (ValueError, OSError, NotImplementedError, OverflowError, MemoryError) as error:
            raise BadTable(f"{path.name} cannot be read: {_first_line(error)}.") from error


def _opened(path: Path, limits: Limits) -> "pq.ParquetFile":
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        about = file.metadata
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
    except (ValueError, OSError, NotImplementedError, OverflowError, MemoryError) as error:
        raise BadTable(f"{path.name} cannot be read: {_first_line(error)}.") from error
    check_rows(about.num_rows, limits)
    check_columns(about.num_columns, limits)
    if sum(group.total_byte_size for group in groups) > limits.inflated * 4 or any(
        group.total_byte_size > _GROUP for group in groups
    ):
        raise BadTable(f"A part of {path.name} is larger than {_GROUP // MIB} MiB unpacked. Write smaller row groups.")
    return file


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
