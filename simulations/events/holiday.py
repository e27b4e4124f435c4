"""A holiday: days that the site's people have off. What the meter makes of it is learned from its own holidays."""

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from simulations.domain.contract import Effect, Event, Known, Span, Stage


class Holiday(Event):
    """Each local day of the span is a public holiday."""

    title = "Holiday"
    summary = "The days are public holidays. The effect is what this meter did on its own holidays."
    effect: ClassVar[Effect] = "learned"
    stage = Stage.CALENDAR

    def change_known(self, known: Known, span: Span) -> Known:
        """The days of the span join the holidays."""
        zone = known.zone
        first = span.start.astimezone(ZoneInfo(zone)).date()
        last = (span.end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
        days = frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))
        return replace(known, holidays=known.holidays | days)
