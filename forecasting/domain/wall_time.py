"""The local clock of a site over a span, as arrays: UTC seconds in, wall seconds out."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from forecasting.domain.grid import DAY_S, Seconds, seconds

_FROM_S, _UNTIL_S = 631_152_000, 2_208_988_800  # 1990 and 2040
_SLOT_S = 1800  # every clock change of the zone database since 1970 falls on a half hour of UTC


@dataclass(frozen=True)
class WallTime:
    """A table of a zone's UTC offsets by half hour: a lookup instead of a search for each instant."""

    start_s: int
    offsets: Seconds

    @classmethod
    def over(cls, zone: str, first_s: int, last_s: int) -> "WallTime":
        """The clock of `zone` (IANA) from first to last; outside, the nearest offset holds."""
        first_s -= first_s % _SLOT_S
        slots = pd.to_datetime(np.arange(first_s, last_s + _SLOT_S, _SLOT_S), unit="s", utc=True)
        return cls(first_s, seconds(slots.tz_convert(zone).tz_localize(None)) - seconds(slots))

    def local(self, at_s: Seconds) -> Seconds:
        """Seconds of the local wall clock since 1970-01-01 00:00 on that clock."""
        return at_s + self._offset(at_s)

    def day(self, at_s: Seconds) -> Seconds:
        """Local date as days since 1970-01-01."""
        return self.local(at_s) // DAY_S

    def days_before(self, at_s: Seconds, days: Seconds | int) -> Seconds:
        """The UTC instant of the same wall time `days` local days earlier.

        A wall time that the spring night skips moves on by the jump; of one that comes twice in the
        autumn night, the one nearer to a whole number of 24 hours is taken.
        """
        then = at_s - np.asarray(days, dtype=np.int64) * DAY_S
        return then + self._offset(at_s) - self._offset(then)

    def _offset(self, at_s: Seconds) -> Seconds:
        slot = np.clip((at_s - self.start_s) // _SLOT_S, 0, len(self.offsets) - 1)
        return self.offsets[slot]


@lru_cache(maxsize=64)
def usual_clock(zone: str) -> WallTime:
    """The clock of a zone from 1990 to 2040, kept: for those who ask it often about a few hours."""
    return WallTime.over(zone, _FROM_S, _UNTIL_S)
