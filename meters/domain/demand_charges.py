"""The demand part of a bill: the highest interval of the month, or what a ratchet or a minimum asks. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from meters.domain.bills import Line
from meters.domain.energy_pieces import Pieces
from meters.domain.months import month_of
from meters.domain.tariff import Demand, Version, rounded

HUNDRED = Decimal(100)
Reason = tuple[Decimal, str]


def demand_lines(
    pieces: Pieces, version: Version, *, month: date, part: tuple[date, date], share: Decimal, zone: str
) -> Iterator[Line]:
    """One line for each demand charge; none where nothing was measured and no minimum holds.

    `part` are the days of the month in the bill, `share` those under this version over the month's.
    """
    for demand in version.demands:
        reasons = list(_reasons(pieces, version, demand, month=month, part=part, zone=ZoneInfo(zone)))
        if not reasons:
            continue
        kw, why = max(reasons, key=lambda reason: reason[0])
        amount = rounded(kw * demand.per_kw * share, version.currency)
        yield Line("demand", demand.name, kw, "kW", demand.per_kw, amount, version.valid_from, month, why)


def _reasons(
    pieces: Pieces, version: Version, demand: Demand, *, month: date, part: tuple[date, date], zone: ZoneInfo
) -> Iterator[Reason]:
    peak = _highest(pieces, version, demand, *part)
    if peak is not None:
        at = datetime.fromtimestamp(peak[1], UTC).astimezone(zone)
        yield _kw(peak[0]), f"{at:%-d %b, %H:%M}"
    if demand.ratchet_pct:
        begins = month
        for _ in range(demand.ratchet_months):
            begins = month_of(begins - timedelta(days=1))
        earlier = _highest(pieces, version, demand, begins, month)
        if earlier is not None:
            at = datetime.fromtimestamp(earlier[1], UTC).astimezone(zone)
            why = f"{demand.ratchet_pct.normalize():f} % of {_kw(earlier[0])} kW on {at:%-d %b %Y}"
            yield (_kw(earlier[0]) * demand.ratchet_pct / HUNDRED), why
    if demand.least_pct and version.sanctioned_load_kw is not None:
        least = version.sanctioned_load_kw * demand.least_pct / HUNDRED
        yield least, f"{demand.least_pct.normalize():f} % of the sanctioned load"


def _highest(pieces: Pieces, version: Version, demand: Demand, first: date, after: date) -> tuple[float, int] | None:
    chosen = pieces.on_days(first, after)
    chosen &= demand.window.holds(pieces.local, heeds_holidays=version.heeds_holidays)
    return pieces.highest_kw(chosen, interval_minutes=demand.interval_minutes)


def _kw(power: float) -> Decimal:
    return Decimal(repr(round(power, 3)))
