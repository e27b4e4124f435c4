"""Validation on demand: every rule over what is stored, with the neighbours that it needs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pandas as pd
from django.db import connection, transaction
from django.db.models import Max, Min

from meters.domain.quantities import COLUMNS
from meters.domain.registers import Exchange
from meters.domain.validation import Context, Doubt
from meters.models import Meter, MeterExchange, Reading, RegisterRead, ValidationFinding
from meters.registry import rules as all_rules
from meters.services.doubts import context_of
from meters.services.findings import Span, mark, release, write_findings
from meters.services.locks import lock_meters

_READ = f"""
    SELECT (extract(epoch FROM start_at) * 1000000)::bigint, interval_s, quality, {", ".join(COLUMNS)}
    FROM meters_reading WHERE meter_id = %s AND start_at >= %s AND start_at < %s ORDER BY start_at
"""  # noqa: S608  columns of our own
_NEIGHBOURS = timedelta(days=2)  # a spike needs its whole local day, a duplicate the day before


@dataclass(frozen=True)
class RuleReport:
    """What one rule found: its findings, how long they are together, and how many of them were not known before."""

    rule: str
    found: int
    hours: float
    new: int
    worst: list[Doubt] = field(default_factory=list)


def validate_readings(
    *,
    meter: Meter,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    keys: list[str] | None = None,
    dry_run: bool = False,
) -> list[RuleReport]:
    """Run the rules (all, or `keys`) over `[start, end)`, by default over all; one report for each rule.

    Doubtful measured readings become suspect and findings say why. An open finding that no longer holds goes, and
    what it alone doubted counts again. What a person accepted or rejected stays as decided.
    """
    span = _span(meter, start, end)
    if span is None:
        return []
    chosen = {key: rule for key, rule in all_rules.all().items() if keys is None or key in keys}
    readings, context = _readings(meter, span), _context(meter)
    doubts = {key: _within(rule().check(readings, context), span) for key, rule in chosen.items()}
    reports = []
    with transaction.atomic(), connection.cursor() as cursor:
        lock_meters(cursor, [meter.pk])
        suspects: list[Span] = []
        gone = _drop_stale(meter, doubts, span)
        for key, found in doubts.items():
            unknown = _write(meter, key, found, now)
            reports.append(_report(key, found, unknown))
            if chosen[key].quarantines:
                suspects += _not_accepted(meter, key, found)
        mark(cursor, meter, suspects)
        release(cursor, meter, gone)
        if dry_run:
            transaction.set_rollback(True)
    return reports


def _span(meter: Meter, start: datetime | None, end: datetime | None) -> Span | None:
    known = Reading.objects.filter(meter=meter).aggregate(first=Min("start_at"), last=Max("start_at"))
    if known["first"] is None:
        return None
    begins, ends = start or known["first"], end or known["last"] + timedelta(days=2)
    return (begins.astimezone(UTC), ends.astimezone(UTC)) if begins < ends else None


def _readings(meter: Meter, span: Span) -> pd.DataFrame:
    """The quantities that were measured at all, with the neighbours of the span."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [meter.pk, span[0] - _NEIGHBOURS, span[1] + _NEIGHBOURS])
        rows = pd.DataFrame(cursor.fetchall(), columns=["start_us", "interval_s", "quality", *COLUMNS])
    frame = pd.DataFrame({"start_at": pd.to_datetime(rows["start_us"].astype("int64"), unit="us", utc=True)})
    frame["interval_s"], frame["quality"] = rows["interval_s"].astype("int64"), rows["quality"].astype("int16")
    for name in COLUMNS:
        if rows[name].notna().any():
            frame[name] = rows[name].astype("float64")
    return frame


def _context(meter: Meter) -> Context:
    plain = context_of(meter)
    exchanges = tuple(
        Exchange(one.at, one.old_final_kwh, one.new_initial_kwh, one.old_factor, one.new_factor)
        for one in MeterExchange.objects.filter(meter=meter).order_by("at")
    )
    reads = list(RegisterRead.objects.filter(meter=meter).order_by("read_at").values_list("read_at", "register_kwh"))
    frame = pd.DataFrame(reads, columns=["read_at", "register_kwh"]) if reads else None
    return Context(
        plain.zone, plain.interval_s, plain.nominal_voltage_v, plain.capacity_kw, plain.phases, exchanges, frame
    )


def _within(found: list[Doubt], span: Span) -> list[Doubt]:
    return [one for one in found if one.end_at > span[0] and one.start_at < span[1]]


def _drop_stale(meter: Meter, doubts: dict[str, list[Doubt]], span: Span) -> list[Span]:
    """Remove open findings of these rules that do not hold any more; their spans. Refused rows' findings stay."""
    held = {
        (key, one.start_at.to_pydatetime(), one.end_at.to_pydatetime())
        for key, found in doubts.items()
        for one in found
    }
    near = ValidationFinding.objects.filter(
        meter=meter, rule__in=doubts, state=ValidationFinding.State.OPEN, start_at__gte=span[0], end_at__lte=span[1]
    ).exclude(sentence__startswith="Not stored")
    stale = [one for one in near if (one.rule, one.start_at, one.end_at) not in held]
    ValidationFinding.objects.filter(pk__in=[one.pk for one in stale]).delete()
    return [(one.start_at, one.end_at) for one in stale]


def _write(meter: Meter, key: str, found: list[Doubt], now: datetime) -> int:
    rows = [
        ValidationFinding(
            meter=meter, rule=key, start_at=one.start_at.to_pydatetime(), end_at=one.end_at.to_pydatetime(),
            value=one.value, sentence=one.sentence, found_at=now,
        )
        for one in found
    ]  # fmt: skip
    return write_findings(rows) if rows else 0


def _not_accepted(meter: Meter, key: str, found: list[Doubt]) -> list[Span]:
    accepted = list(
        ValidationFinding.objects.filter(meter=meter, rule=key, state=ValidationFinding.State.ACCEPTED).values_list(
            "start_at", "end_at"
        )
    )
    spans = [(one.start_at.to_pydatetime(), one.end_at.to_pydatetime()) for one in found]
    return [(a, b) for a, b in spans if not any(start <= a and b <= end for start, end in accepted)]


def _report(key: str, found: list[Doubt], unknown: int) -> RuleReport:
    hours = sum((one.end_at - one.start_at).total_seconds() for one in found) / 3600
    worst = sorted(found, key=lambda one: -abs(one.value or 0.0))[:3]
    return RuleReport(key, len(found), hours, unknown, worst)
