"""Quality: how complete a meter's year is, what validation doubts, and what was changed, estimated or exchanged."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from meters.charts import calendar_figure
from meters.domain.estimation import LONGEST
from meters.forms.quality import ExchangeForm
from meters.selectors import completeness_calendar, exchanges, findings, open_gaps, rule_titles, years_of
from meters.selectors.changes import changes
from meters.selectors.latest import has_portal
from meters.views.cards import freshness_of, last_day
from meters.views.exploring import measured_part
from meters.views.finding import find_meter
from twin_project.kit.jobs.registry import listeners
from twin_project.kit.time_axis import Table

if TYPE_CHECKING:
    from meters.models import Meter, ValidationFinding

LISTED = 100
WANTED = "readings_wanted"  # announced with meter_id, start_at and end_at; who visits portals listens
STATES = (("open", "to decide"), ("accepted", "accepted"), ("rejected", "rejected"))


@dataclass(frozen=True)
class Flagged:
    """A finding with the title of its rule and its local day."""

    finding: "ValidationFinding"
    title: str
    day: date


@dataclass(frozen=True)
class Gap:
    """A span without readings; `short` enough to be estimated or not."""

    start: datetime
    end: datetime
    seconds: float
    short: bool


@require_GET
def quality(request: HttpRequest, slug: str) -> HttpResponse:
    """The year asked for, or the last one with readings."""
    return quality_page(request, find_meter(slug), ExchangeForm())


def quality_page(request: HttpRequest, row: "Meter", form: ExchangeForm, status: int = 200) -> HttpResponse:
    """The page with a form for an exchange, empty or with what is wrong in it."""
    now, zone = timezone.now(), ZoneInfo(row.site.zone)
    fresh = freshness_of(row, now=now)
    years = years_of(row)
    year = _year(request, years) or last_day(fresh, now).astimezone(zone).year
    start, end = (datetime(y, 1, 1, tzinfo=zone).astimezone(UTC) for y in (year, year + 1))
    state = request.GET.get("state", "open")
    state = state if state in dict(STATES) else "open"
    since, until = measured_part(row, start, end)
    days = _expected(completeness_calendar(row, year), since, until, zone)
    flagged = _flagged(row, state, start, end)
    missing = open_gaps(row, since, until) if until > since else []
    spans = [Gap(a, b, (b - a).total_seconds(), b - a <= LONGEST) for a, b in missing]
    context = {
        "meter": row,
        "zone": zone,
        "fresh": fresh,
        "year": year,
        "years": years,
        "state": state,
        "states": STATES,
        "calendar": _calendar(row, days) if days["completeness"].notna().any() else None,
        "table": _months(row, days),
        "complete": _mean(days["completeness"]),
        "estimated": _mean(days["estimated_share"]),
        "flagged": flagged[:LISTED],
        "flagged_n": len(flagged),
        "open_n": len(flagged) if state == "open" else len(_flagged(row, "open", start, end)),
        "gaps": spans[:LISTED],
        "gaps_n": len(spans),
        "gaps_s": sum(gap.seconds for gap in spans),
        "changes": changes(row, start, end),
        "exchanges": list(exchanges(row)),
        "form": form,
        "can_fetch": bool(missing and listeners(WANTED)) and has_portal(row),
    }
    return render(request, "meters/quality.html", context, status=status)


def _year(request: HttpRequest, years: list[int]) -> int | None:
    """The year of the address where there are readings of it, else the last such."""
    asked = request.GET.get("year", "")
    known = [year for year in years if str(year) == asked]
    return known[0] if known else years[-1] if years else None


def _flagged(row: "Meter", state: str, start: datetime, end: datetime) -> list[Flagged]:
    """What rules doubt; gaps have a list of their own."""
    titles, zone = rule_titles(), ZoneInfo(row.site.zone)
    found = findings(row, state).filter(start_at__gte=start, start_at__lt=end).exclude(rule="gap")
    return [Flagged(one, titles.get(one.rule, one.rule), one.start_at.astimezone(zone).date()) for one in found]


def _expected(days: pd.DataFrame, since: datetime, until: datetime, zone: ZoneInfo) -> pd.DataFrame:
    """Nothing is expected before the first reading and after the last: those days are NaN, not 0."""
    last = (until - timedelta(seconds=1)).astimezone(zone).date()
    first = since.astimezone(zone).date()
    inside = [first <= stamp.date() <= last for stamp in pd.DatetimeIndex(days.index)]
    return days.where(pd.Series(inside, index=days.index), axis=0)


def _calendar(row: "Meter", days: pd.DataFrame) -> dict[str, Any]:
    address = f"{reverse('meters:explore', args=[row.slug])}?period=day&date="
    return calendar_figure(days, day_address=address)


def _months(row: "Meter", days: pd.DataFrame) -> Table:
    """The calendar in words: a row a month, each a door to that month as the cells are to their days."""
    address = f"{reverse('meters:explore', args=[row.slug])}?period=month&date="
    columns = ["completeness", "estimated_share", "suspect_share"]
    monthly = days[columns].groupby(pd.DatetimeIndex(days.index).month).mean() * 100
    year = pd.DatetimeIndex(days.index)[0].year
    rows: list[tuple[str, list[float | None]]] = [
        (
            format_html('<a href="{}{}">{}</a>', address, date(year, month, 1), f"{date(year, month, 1):%B %Y}"),
            [None if pd.isna(value) else float(value) for value in values],
        )
        for month, values in zip(range(1, 13), monthly.to_numpy(), strict=True)
    ]
    return Table("Month", ["Complete, %", "Estimated, %", "In quarantine, %"], rows, 1)


def _mean(shares: "pd.Series[float]") -> float | None:
    return float(shares.mean()) if shares.notna().any() else None
