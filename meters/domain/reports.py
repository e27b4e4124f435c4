"""What storing says: how many readings were new, and which were refused and why."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Refusal:
    """One row that was not stored. `row` counts from 1 in the frame that was given; `reason` is a sentence.

    `value` is the measured value that is not possible, where that is the reason.
    """

    row: int
    start_at: datetime | None
    column: str
    reason: str
    value: float | None = None
    meter_id: int | None = None


@dataclass(frozen=True)
class StoreReport:
    """Counts of readings; two rows of one start in the same frame count once."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def stored(self) -> int:
        """Readings that stand in the database because of this call or before it."""
        return self.new + self.changed + self.same
