"""A frame into a table by binary COPY, built column by column instead of row by row."""

from typing import LiteralString

import numpy as np
import pandas as pd
from django.db.backends.utils import CursorWrapper
from psycopg import sql

_POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_PIECE = 1 << 20
_PORTION = 50_000  # rows that are laid out at a time: what is held beside the frame stays small
_NULL = -1
_Kind = tuple[str, LiteralString]  # NumPy's code and PostgreSQL's name
_TYPES: dict[str, _Kind] = {
    "datetime": (">i8", "timestamptz"),
    "int64": (">i8", "bigint"),
    "int32": (">i4", "integer"),
    "int16": (">i2", "smallint"),
}
_FLOAT: _Kind = (">f8", "double precision")


def stage(cursor: CursorWrapper, table: str, frame: pd.DataFrame) -> None:
    """Make the temporary `table` anew, for this transaction, with the columns of the frame. NaN becomes NULL."""
    kinds = {str(column): _kind(frame[column]) for column in frame.columns}
    name = sql.Identifier("pg_temp", table)
    definitions = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind[1])) for column, kind in kinds.items()]
    columns = sql.Composed(definitions).join(", ")
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
    cursor.execute(sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(sql.Identifier(table), columns))
    copy_into(cursor, name, frame)


def copy_into(cursor: CursorWrapper, table: sql.Identifier, frame: pd.DataFrame) -> None:
    """Append the frame; its columns must have exactly the types of the table's. NaN becomes NULL."""
    kinds = {str(column): _kind(frame[column]) for column in frame.columns}
    columns = sql.Composed([sql.Identifier(column) for column in kinds]).join(", ")
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(table, columns)) as copy:
        copy.write(_SIGNATURE)
        for first in range(0, len(frame), _PORTION):
            wire = memoryview(_wire(frame.iloc[first : first + _PORTION], kinds))
            for start in range(0, len(wire), _PIECE):
                copy.write(wire[start : start + _PIECE])
        copy.write(_TRAILER)


def _kind(column: pd.Series) -> _Kind:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return _TYPES["datetime"]
    return _TYPES.get(str(column.dtype), _FLOAT)


def _wire(frame: pd.DataFrame, kinds: dict[str, _Kind]) -> bytes:
    """The wire format: a count of fields, then for each its length and its bytes; NULL has the length -1 only."""
    fields = [("fields", ">i2")]
    for column, (code, _) in kinds.items():
        fields += [(f"length of {column}", ">i4"), (column, code)]
    rows = np.empty(len(frame), dtype=np.dtype(fields))
    rows["fields"] = len(kinds)
    missing: dict[str, np.ndarray] = {}
    for column, (code, _) in kinds.items():
        rows[f"length of {column}"] = np.dtype(code).itemsize
        values = frame[column]
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            rows[column] = pd.DatetimeIndex(values).as_unit("us").asi8 - _POSTGRES_EPOCH_US
            continue
        rows[column] = values.to_numpy()
        if code == _FLOAT[0] and np.isnan(values.to_numpy()).any():
            missing[column] = np.isnan(values.to_numpy())
            rows[f"length of {column}"][missing[column]] = _NULL
    return _without(rows, missing) if missing else rows.tobytes()


def _without(rows: np.ndarray, missing: dict[str, np.ndarray]) -> bytes:
    """The rows less the bytes of the values that are missing."""
    kept = np.ones((len(rows), rows.dtype.itemsize), dtype=bool)
    for column, absent in missing.items():
        assert rows.dtype.fields is not None
        at = rows.dtype.fields[column][1]
        kept[absent, at : at + rows.dtype[column].itemsize] = False
    return rows.view(np.uint8).reshape(kept.shape)[kept].tobytes()
