"""What validation found, which gaps are open, and what was changed, exchanged or replaced."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from meters.domain.gaps import Span, gaps_between
from meters.models import Meter, MeterExchange, Reading, ReadingRevision, RegisterRead, ValidationFinding
from meters.registry import rules
from meters.selectors.coverage import gaps


def findings(
    meter: Meter | None = None, state: str | None = None, *, rule: str | None = None
) -> QuerySet[ValidationFinding]:
    """Findings, the newest first; of one meter, state ("open", "accepted", "rejected") or rule where given."""
    found = ValidationFinding.objects.select_related("meter__site", "decided_by")
    if meter is not None:
        found = found.filter(meter=meter)
    if state is not None:
        found = found.filter(state=state)
    if rule is not None:
        found = found.filter(rule=rule)
    return found


def count_findings(meter: Meter | None = None, *, state: str | None = "open") -> dict[str, int]:
    """How many findings each rule has; rules without any are left out."""
    counted = findings(meter, state).order_by().values_list("rule").annotate(n=Count("id"))
    return dict(counted.order_by("rule"))


def rule_titles() -> dict[str, str]:
    """Key to title of every validation rule that loads."""
    return {key: rule.title for key, rule in rules.all().items()}


def suspect_readings(finding: ValidationFinding) -> QuerySet[Reading]:
    """The readings that begin in the finding's span, oldest first."""
    return Reading.objects.filter(
        meter=finding.meter, start_at__gte=finding.start_at, start_at__lt=finding.end_at
    ).order_by("start_at")


def open_gaps(meter: Meter, start: datetime | None = None, end: datetime | None = None) -> list[Span]:
    """The gaps of `[start, end)` less those that a person ignores; a time with suspect readings only is one too."""
    ignored = findings(meter, ValidationFinding.State.ACCEPTED, rule="gap").order_by("start_at")
    spans = [(one.start_at.astimezone(UTC), one.end_at.astimezone(UTC)) for one in ignored]
    found: list[Span] = []
    for begins, ends in gaps(meter, start, end):
        touching = [(a, b) for a, b in spans if b > begins and a < ends]
        found += gaps_between(touching, start=begins, end=ends)
    return found


def exchanges(meter: Meter) -> QuerySet[MeterExchange]:
    """The meter's exchanges, the newest first."""
    return MeterExchange.objects.filter(meter=meter).select_related("recorded_by")


def revisions(
    meter: Meter, start: datetime | None = None, end: datetime | None = None, *, edits_only: bool = False
) -> QuerySet[ReadingRevision]:
    """What readings that begin in `[start, end)` said before, the latest change first."""
    found = ReadingRevision.objects.filter(meter=meter).select_related("replaced_by", "source")
    if start is not None:
        found = found.filter(start_at__gte=start)
    if end is not None:
        found = found.filter(start_at__lt=end)
    if edits_only:
        found = found.exclude(reason="")
    return found.order_by("-replaced_at", "-start_at")


def register_reads(meter: Meter) -> QuerySet[RegisterRead]:
    """The meter's register reads, oldest first."""
    return RegisterRead.objects.filter(meter=meter).order_by("read_at")


def quality_summary(meter: Meter, *, now: datetime, days: int = 30) -> dict[str, Any]:
    """For one card: `open_findings` by rule, `open_gaps` and their `gap_hours` in the last days."""
    spans = open_gaps(meter, now - timedelta(days=days), now)
    hours = sum((end - start).total_seconds() for start, end in spans) / 3600
    return {"open_findings": count_findings(meter), "open_gaps": len(spans), "gap_hours": hours}
