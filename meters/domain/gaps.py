"""Where nothing was measured."""

from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def gaps_between(spans: list[Span], *, start: datetime, end: datetime) -> list[Span]:
    """The parts of `[start, end)` that no span covers; spans are half-open and ordered by their start."""
    found, reached = [], start
    for begins, ends in spans:
        if begins > reached:
            found.append((reached, min(begins, end)))
        reached = max(reached, ends)
        if reached >= end:
            return found
    return [*found, (reached, end)] if reached < end else found


def total(spans: list[Span]) -> timedelta:
    """How long the spans are together."""
    return sum((ends - begins for begins, ends in spans), timedelta())
