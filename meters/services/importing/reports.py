"""What a file holds, and what storing it did or would do."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from meters.domain.reports import StoreReport
from meters.domain.tables import Fault
from meters.models import ImportBatch

MOST_FAULTS = 10_000
MOST_METERS = 2_000


@dataclass
class MeterSums:
    """What the file holds of one meter; `missing_n` counts intervals between its first and last that are not there."""

    meter: str
    is_new: bool = False
    readings_n: int = 0
    energy_kwh: float = 0.0
    first_at: datetime | None = None
    last_at: datetime | None = None
    missing_n: int = 0
    doubles_n: int = 0


@dataclass(frozen=True)
class ImportReport:
    """`reads_n` counts what registers showed.

    `stored` is None where nothing was or would be stored because of bad rows. `faults` are the first 10,000.
    """

    rows_n: int
    empty_n: int
    first_at: datetime | None
    last_at: datetime | None
    faults: list[Fault] = field(default_factory=list)
    stored: StoreReport | None = None
    faults_n: int = 0
    meters: list[MeterSums] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)
    reads_n: int = 0

    @classmethod
    def of_batch(cls, batch: ImportBatch, stored: StoreReport | None) -> Self:
        """The report that was kept when the batch was checked, with what storing it did."""
        kept = {name: batch.report[name] for name in ("rows_n", "empty_n", "faults_n", "notes")}
        kept["reads_n"] = batch.report.get("reads_n", 0)
        first, last = (_moment(batch.report[name]) for name in ("first_at", "last_at"))
        faults = [Fault(*reject) for reject in batch.rejects]
        meters = [MeterSums(**one) for one in batch.report["meters"]]
        for one in meters:
            one.first_at, one.last_at = _moment(one.first_at), _moment(one.last_at)
        return cls(first_at=first, last_at=last, faults=faults, stored=stored, meters=meters, **kept)

    @property
    def energy_kwh(self) -> float:
        """Of all meters."""
        return sum(meter.energy_kwh for meter in self.meters)

    def as_json(self) -> dict[str, Any]:
        """For the batch: without the faults, which are kept apart."""
        record = dataclasses.asdict(dataclasses.replace(self, faults=[], meters=self.meters[:MOST_METERS]))
        return {**record, "energy_kwh": self.energy_kwh, "meters_n": len(self.meters)}


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
