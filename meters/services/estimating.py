"""Estimates for gaps: stored as readings of quality "estimated", with the method as their source."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd
from django.db import transaction

from meters.domain.estimation import LONGEST, REACH, estimate
from meters.domain.gaps import Span, total
from meters.domain.intervals import ESTIMATED
from meters.models import Meter
from meters.selectors.coverage import gaps
from meters.selectors.series import load_series
from meters.services.register import ensure_source
from meters.services.store import store_readings


@dataclass(frozen=True)
class EstimateReport:
    """How many readings each method gave, and what is still missing."""

    by_method: dict[str, int] = field(default_factory=dict)
    left: list[Span] = field(default_factory=list)

    @property
    def left_hours(self) -> float:
        """How long what is left is together."""
        return total(self.left).total_seconds() / 3600


def estimate_gaps(
    *, meter: Meter, now: datetime, start: datetime | None = None, end: datetime | None = None, dry_run: bool = False
) -> EstimateReport:
    """Fill the gaps of `[start, end)`, by default of all, that are not longer than seven days.

    Nothing that was measured is touched, not even where it is suspect; a reading that comes later takes the place
    of its estimate, which is kept as a revision.
    """
    found = gaps(meter, start, end, suspect_counts=True)
    short = [(a, b) for a, b in found if b - a <= LONGEST]
    if not short:
        return EstimateReport(left=found)
    power = load_series(meter=meter, start=short[0][0] - REACH, end=short[-1][1] + REACH)
    values = estimate(power, [(pd.Timestamp(a), pd.Timestamp(b)) for a, b in short], meter.site.zone)
    counts: dict[str, int] = {}
    with transaction.atomic():
        for method, some in values.groupby("method"):
            source = ensure_source(kind="estimate", label=str(method), now=now)
            frame = some[["start_at", "power_kw"]].assign(interval_s=meter.interval_s, quality=np.int16(ESTIMATED))
            counts[str(method)] = store_readings(meter=meter, readings=frame, source=source, now=now).new
        left = gaps(meter, start, end, suspect_counts=True)
        if dry_run:
            transaction.set_rollback(True)
    return EstimateReport(counts, left)
