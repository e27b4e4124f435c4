"""Findings, and what people decide about them: a decision changes which readings count, and the roll-ups with it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from meters.models import Meter, Quality, ValidationFinding
from meters.registry import rules
from meters.services.locks import lock_meters
from meters.services.rollups import roll_up_spans
from twin_project.kit.registry import UnknownPlugin

Span = tuple[datetime, datetime]
GAP = "gap"

# A reading stays suspect while any finding that is not accepted, of a rule that quarantines, covers its start.
_MARK = """
UPDATE meters_reading r SET quality = %(suspect)s
WHERE r.meter_id = %(meter)s AND r.start_at >= %(start)s AND r.start_at < %(end)s AND r.quality = %(measured)s
"""
_RELEASE = """
UPDATE meters_reading r SET quality = %(measured)s
WHERE r.meter_id = %(meter)s AND r.start_at >= %(start)s AND r.start_at < %(end)s AND r.quality = %(suspect)s
    AND NOT EXISTS (
        SELECT 1 FROM meters_validationfinding f
        WHERE f.meter_id = r.meter_id AND f.rule = ANY(%(rules)s) AND f.state <> 'accepted'
            AND f.start_at <= r.start_at AND f.end_at > r.start_at)
"""


class AlreadyDecided(ValueError):
    """The finding has been decided; the message says how."""


def write_findings(found: list[ValidationFinding]) -> int:
    """Add those that no known finding of the same meter and rule covers; returns how many."""
    meters = {one.meter_id for one in found}
    start = min(one.start_at for one in found)
    end = max(one.end_at for one in found)
    near = ValidationFinding.objects.filter(meter__in=meters, rule__in={one.rule for one in found})
    known: dict[tuple[int, str], list[Span]] = {}
    for meter_id, rule, *span in near.filter(start_at__lt=end, end_at__gt=start).values_list(
        "meter_id", "rule", "start_at", "end_at"
    ):
        known.setdefault((meter_id, rule), []).append((span[0], span[1]))
    new = [
        one
        for one in found
        if not any(a <= one.start_at and one.end_at <= b for a, b in known.get((one.meter_id, one.rule), []))
    ]
    ValidationFinding.objects.bulk_create(
        new,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["meter", "start_at", "rule"],
        update_fields=["end_at", "value", "sentence"],
    )
    return len(new)


def resolve_finding(
    *, finding: ValidationFinding, accept: bool, user_id: int | None, note: str = "", now: datetime
) -> ValidationFinding:
    """Accept the values (they count again) or reject them (they never do); a gap that is accepted is ignored.

    Raises AlreadyDecided where somebody was quicker.
    """
    state = ValidationFinding.State.ACCEPTED if accept else ValidationFinding.State.REJECTED
    with transaction.atomic(), connection.cursor() as cursor:
        lock_meters(cursor, [finding.meter_id])
        fresh = ValidationFinding.objects.select_for_update().select_related("meter__site").get(pk=finding.pk)
        if fresh.state == state:
            return fresh
        if fresh.state != ValidationFinding.State.OPEN:
            raise AlreadyDecided(f"This was decided already: {fresh.get_state_display()}. Open it again first.")
        _decide(fresh, state, user_id, note, now)
        if accept:
            release(cursor, fresh.meter, [(fresh.start_at, fresh.end_at)])
    return fresh


def reopen_finding(*, finding: ValidationFinding, user_id: int | None, note: str = "", now: datetime) -> None:
    """Undo a decision: the finding is open and its readings are suspect again."""
    with transaction.atomic(), connection.cursor() as cursor:
        lock_meters(cursor, [finding.meter_id])
        fresh = ValidationFinding.objects.select_for_update().select_related("meter__site").get(pk=finding.pk)
        _decide(fresh, ValidationFinding.State.OPEN, user_id, note, now)
        if fresh.rule in quarantining():
            mark(cursor, fresh.meter, [(fresh.start_at, fresh.end_at)])


def ignore_gap(
    *, meter: Meter, start: datetime, end: datetime, user_id: int | None, note: str = "", now: datetime
) -> None:
    """Say that nothing is expected in `[start, end)`: it is no longer listed among the open gaps."""
    state = ValidationFinding.State.ACCEPTED
    decided = {"state": state, "decided_at": now, "decided_by_id": user_id, "note": note, "end_at": end}
    hours = (end - start).total_seconds() / 3600
    ValidationFinding.objects.update_or_create(
        meter=meter, rule=GAP, start_at=start, defaults=decided,
        create_defaults={
            **decided, "value": hours, "found_at": now, "sentence": f"Nothing was measured for {hours:,.4g} hours.",
        },
    )  # fmt: skip


def mark(cursor: CursorWrapper, meter: Meter, spans: Iterable[Span]) -> None:
    """Make the measured readings of the spans suspect, and the roll-ups say so. Estimates and edits stay."""
    _each(cursor, _MARK, meter, list(spans))


def release(cursor: CursorWrapper, meter: Meter, spans: Iterable[Span]) -> None:
    """Make suspect readings of the spans count again, unless another finding doubts them too."""
    _each(cursor, _RELEASE, meter, list(spans))


def quarantining() -> list[str]:
    """The keys of the rules that make readings suspect."""
    return [key for key, rule in rules.all().items() if rule.quarantines]


def title_of(rule: str) -> str:
    """The rule's title; its key where the plug-in has gone."""
    try:
        return rules.get(rule).title
    except UnknownPlugin:
        return rule


def _each(cursor: CursorWrapper, statement: str, meter: Meter, spans: list[Span]) -> None:
    words = {"meter": meter.pk, "suspect": Quality.SUSPECT.value, "measured": Quality.MEASURED.value}
    touched = []
    for start, end in spans:
        cursor.execute(statement, {**words, "start": start, "end": end, "rules": quarantining()})
        if cursor.rowcount:
            touched.append((start, end))
    roll_up_spans(cursor, meter=meter, spans=touched)


def _decide(finding: ValidationFinding, state: str, user_id: int | None, note: str, now: datetime) -> None:
    finding.state, finding.decided_at, finding.decided_by_id, finding.note = state, now, user_id, note[:300]
    finding.save(update_fields=["state", "decided_at", "decided_by", "note"])
