"""JSON of any nesting: lists of objects, lists of lists, parallel lists, objects whose keys are times."""

import json
import re
from collections.abc import Iterator
from typing import Any

from scraping.domain.extraction.raw import Cell, NotThisKind, RawTable
from scraping.domain.extraction.texts import count_named, decoded

NAME = "json"
_GUARDS = re.compile(r"^\s*(?:\)\]\}',?|while\(1\);|for\(;;\);)\s*")
_JSONP = re.compile(r"^\s*(?:/\*\*/\s*)?[A-Za-z_$][\w$.]*\(([\[{].*[\]}])\)\s*;?\s*$", re.DOTALL)
_STAMP_KEY = re.compile(r"\d{4}-\d\d-\d\d.*|1\d{9}|1\d{12}|\d\d?[:.]\d\d.*|\d\d?[./]\d\d?[./]\d{2,4}.*")
_NAMES = ("name", "label", "title", "key", "id", "quantity", "type", "channel")
_HEADINGS = ("columns", "headers", "header", "fields", "cols", "titles", "schema", "keys")
_DEEPEST, _MOST_TABLES, _FACT_LENGTH = 24, 400, 200


def recognises(body: bytes, content_type: str) -> bool:
    """Begins like JSON, perhaps behind a guard against being run as a script."""
    head = _GUARDS.sub("", body[:200].decode("utf-8", errors="replace").lstrip("\ufeff"))
    return head.lstrip().startswith(("{", "[")) or bool("json" in content_type or _JSONP.match(decoded(body[:20_000])))


def read(body: bytes) -> list[RawTable]:
    """Every table of it, named by its path, the outermost first; lines of JSON are one list."""
    text = _GUARDS.sub("", decoded(body))
    wrapped = _JSONP.match(text)
    try:
        return tables_of(json.loads(wrapped[1] if wrapped else text))
    except RecursionError as error:
        raise NotThisKind("The JSON is nested too deep.") from error
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines):
            try:
                return tables_of([json.loads(line) for line in lines])
            except ValueError:
                pass
        raise NotThisKind(f"The JSON is not whole: {error}.") from error


def tables_of(value: Any, path: str = "$") -> list[RawTable]:
    """The tables of a decoded value."""
    found: list[RawTable] = []
    for table in _walk(value, path, {}, 0):
        found.append(table)
        if len(found) == _MOST_TABLES:
            break
    return found


def _walk(value: Any, path: str, facts: dict[str, str], depth: int) -> Iterator[RawTable]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        facts = facts | _facts(value)
        yield from _of_object(value, path, facts)
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                yield from _walk(inner, f"{path}.{key}", facts | _headings(value, inner), depth + 1)
    elif isinstance(value, list):
        yield from _of_list(value, path, facts)
        for at, inner in enumerate(value):
            if isinstance(inner, dict) or (isinstance(inner, list) and not _is_row(inner)):
                yield from _walk(inner, f"{path}[{at}]", facts, depth + 1)


def _of_list(values: list[Any], path: str, facts: dict[str, str]) -> Iterator[RawTable]:
    objects = [value for value in values if isinstance(value, dict)]
    lists = [value for value in values if isinstance(value, list) and _is_row(value)]
    if objects and len(objects) == len(values):
        flat = [_flat(value) for value in objects]
        columns = tuple(dict.fromkeys(name for row in flat for name in row))
        if columns:
            yield _table(path, columns, [tuple(row.get(name) for name in columns) for row in flat], facts)
    elif lists and len(lists) == len(values):
        yield _of_rows(lists, path, facts)
    elif len(values) > 1 and all(_is_cell(value) for value in values):
        yield _table(path, ("value",), [(value,) for value in values], facts)


def _of_rows(rows: list[list[Any]], path: str, facts: dict[str, str]) -> RawTable:
    width = max(len(row) for row in rows)
    told = [name for name in facts.get("_headings", "").split("\x1f") if name]
    first = rows[0]
    if len(told) == width:
        titles, body = told, rows
    elif len(rows) > 1 and len(first) == width and _is_heading(first, rows[1]):
        titles, body = [str(cell) for cell in first], rows[1:]
    else:
        titles, body = [str(at) for at in range(width)], rows
    return _table(path, _unique(titles), [(*row, *[None] * (width - len(row))) for row in body], facts)


def _of_object(value: dict[str, Any], path: str, facts: dict[str, str]) -> Iterator[RawTable]:
    """Lists of the same length side by side, also one level further down; or an object that maps times to values."""
    by_length: dict[int, dict[str, list[Cell]]] = {}
    for name, cells in _columns(value, "", 0):
        by_length.setdefault(len(cells), {}).setdefault(name, cells)
    for columns in by_length.values():
        if len(columns) > 1:
            yield _table(path, tuple(columns), list(zip(*columns.values(), strict=True)), facts)
    if len(value) > 2 and all(_STAMP_KEY.fullmatch(str(key)) for key in value):
        if all(_is_cell(inner) for inner in value.values()):
            yield _table(path, ("key", "value"), list(value.items()), facts)
        elif all(isinstance(inner, dict) for inner in value.values()):
            yield from _of_list([{"key": key, **inner} for key, inner in value.items()], path, facts)


def _columns(value: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, list[Cell]]]:
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, list) and len(inner) > 1 and all(_is_cell(cell) for cell in inner):
            yield name, inner
        elif isinstance(inner, dict) and depth < 2:
            yield from _columns(inner, f"{name}.", depth + 1)
        elif isinstance(inner, list) and depth < 2 and all(isinstance(one, dict) for one in inner):
            for at, one in enumerate(inner):
                called = next((str(one[word]) for word in _NAMES if isinstance(one.get(word), str)), str(at))
                lists = [key for key, cells in one.items() if isinstance(cells, list)]
                short = {f"{called}.{lists[0]}": called} if len(lists) == 1 else {}
                yield from ((short.get(name, name), cells) for name, cells in _columns(one, f"{called}.", depth + 1))


def _flat(value: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Cell]:
    """`{"reading": {"value": 1}}` as `{"reading.value": 1}`; lists inside are tables of their own."""
    flat: dict[str, Cell] = {}
    for key, inner in value.items():
        if _is_cell(inner):
            flat[f"{prefix}{key}"] = inner
        elif isinstance(inner, dict) and depth < 4:
            flat |= _flat(inner, f"{prefix}{key}.", depth + 1)
    return flat


def _table(path: str, columns: tuple[str, ...], rows: list[tuple[Cell, ...]], facts: dict[str, str]) -> RawTable:
    own = {name: text for name, text in facts.items() if name != "_headings"}
    claims = [claim for name, text in own.items() if (claim := count_named(name, text)) is not None]
    return RawTable(path, columns, tuple(rows), claimed_rows=claims[-1] if claims else None, facts=own)


def _facts(value: dict[str, Any]) -> dict[str, str]:
    flat = _flat(value, depth=3)
    return {name: str(cell) for name, cell in flat.items() if cell is not None and len(str(cell)) <= _FACT_LENGTH}


def _headings(value: dict[str, Any], inner: Any) -> dict[str, str]:
    """Names of the columns that stand beside a list of rows."""
    for word in _HEADINGS:
        names = value.get(word)
        if names is inner or not isinstance(names, list):
            continue
        titles = [name if isinstance(name, str) else _title(name) for name in names]
        if all(titles):
            return {"_headings": "\x1f".join(titles)}
    return {"_headings": ""}


def _title(heading: Any) -> str:
    if not isinstance(heading, dict):
        return ""
    return next((str(heading[word]) for word in ("title", "label", "name", "field", "id") if heading.get(word)), "")


def _unique(titles: list[str]) -> tuple[str, ...]:
    return tuple(title if title not in titles[:at] else f"{title} ({at})" for at, title in enumerate(titles))


def _is_heading(first: list[Any], second: list[Any]) -> bool:
    words = all(isinstance(cell, str) and re.search(r"[^\W\d]", cell) for cell in first)
    return words and (any(not isinstance(cell, str) for cell in second) or not _STAMP_KEY.fullmatch(str(first[0])))


def _is_row(value: list[Any]) -> bool:
    return len(value) > 0 and all(_is_cell(cell) for cell in value)


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)
