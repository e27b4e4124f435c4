"""A frame into a temporary table by binary COPY, built column by column instead of row by row."""

from typing import LiteralString

import numpy as np
import pandas as pd
from django.db.backends.utils import CursorWrapper
from psycopg import sql

_POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_PIECE = 1 << 20
_Kind = tuple[str, LiteralString]  # NumPy's code and PostgreSQL's name
_TYPES: dict[str, _Kind] = {
    "datetime": (">i8", "timestamptz"),
    "int32": (">i4", "integer"),
    "int16": (">i2", "smallint"),
}
_FLOAT: _Kind = (">f8", "double precision")


def stage(cursor: CursorWrapper, table: str, frame: pd.DataFrame) -> None:
    """Make `table` anew, for this transaction, with the columns of the frame. NaN stays NaN, not NULL."""
    kinds = {str(column): _kind(frame[column]) for column in frame.columns}
    name = sql.Identifier("pg_temp", table)
    definitions = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind[1])) for column, kind in kinds.items()]
    columns = sql.Composed(definitions).join(", ")
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
    cursor.execute(sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(sql.Identifier(table), columns))
    with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(name)) as copy:
        copy.write(_SIGNATURE)
        rows = memoryview(_rows(frame, kinds).tobytes())
        for start in range(0, len(rows), _PIECE):
            copy.write(rows[start : start + _PIECE])
        copy.write(_TRAILER)


def _kind(column: pd.Series) -> _Kind:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return _TYPES["datetime"]
    return _TYPES.get(str(column.dtype), _FLOAT)


def _rows(frame: pd.DataFrame, kinds: dict[str, _Kind]) -> np.ndarray:
    """The wire format: a count of fields, then for each its length and its bytes, all of one width."""
    fields = [("fields", ">i2")]
    for column, (code, _) in kinds.items():
        fields += [(f"length of {column}", ">i4"), (column, code)]
    rows = np.empty(len(frame), dtype=np.dtype(fields))
    rows["fields"] = len(kinds)
    for column, (code, _) in kinds.items():
        rows[f"length of {column}"] = np.dtype(code).itemsize
        values = frame[column]
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            rows[column] = pd.DatetimeIndex(values).as_unit("us").asi8 - _POSTGRES_EPOCH_US
        else:
            rows[column] = values.to_numpy()
    return rows
