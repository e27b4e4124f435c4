"""What a chart library holds, as `Browser.charts` writes it down: one table for each chart.

The snapshot is `{"twin_charts": [{"library", "title", "place", "series": [..]}]}`, a series is
`{"name", "unit", "points": [[x, y], ..]}`.
`x` is what the library was given: epoch milliseconds, texts or labels.
"""

import json
from typing import Any

from scraping.domain.extraction.raw import CHARTS_TYPE, Cell, NotThisKind, RawTable

NAME = "chart"


def recognises(body: bytes, content_type: str) -> bool:
    """Only our own snapshot."""
    return content_type == CHARTS_TYPE or body.startswith(b'{"twin_charts"')


def read(body: bytes) -> list[RawTable]:
    """`x` and a column for each series, side by side where all have the same x; else a table for each."""
    try:
        charts = json.loads(body)["twin_charts"]
        return [table for at, chart in enumerate(charts) for table in _tables(at, chart)]
    except (ValueError, KeyError, TypeError) as error:
        raise NotThisKind(f"The snapshot of the charts cannot be read: {error!r}.") from error


def _tables(at: int, chart: dict[str, Any]) -> list[RawTable]:
    series = [one for one in chart["series"] if one["points"]]
    if not series:
        return []
    name = f"{chart['library']} chart {at + 1}" + (f" “{chart['title']}”" if chart.get("title") else "")
    facts = {key: str(chart[key]) for key in ("library", "title", "place", "x_title", "zone") if chart.get(key)}
    titles = _titles(series)
    xs = [point[0] for point in series[0]["points"]]
    if all([point[0] for point in one["points"]] == xs for one in series):
        rows = zip(xs, *([_value(point[1]) for point in one["points"]] for one in series), strict=True)
        units = {f"unit of {title}": one["unit"] for title, one in zip(titles, series, strict=True) if one.get("unit")}
        return [RawTable(name, ("x", *titles), tuple(rows), facts={**facts, **units})]
    return [
        RawTable(
            f"{name}: {title}",
            ("x", title),
            tuple((point[0], _value(point[1])) for point in one["points"]),
            facts={**facts, **({f"unit of {title}": one["unit"]} if one.get("unit") else {})},
        )
        for title, one in zip(titles, series, strict=True)
    ]


def _titles(series: list[dict[str, Any]]) -> list[str]:
    named = [str(one.get("name") or f"series {at}") for at, one in enumerate(series, start=1)]
    return [title if title not in named[:at] else f"{title} ({at + 1})" for at, title in enumerate(named)]


def _value(value: Any) -> Cell:
    return value if isinstance(value, int | float | str) else None
