"""How wrong the direct model has lately been: what the load's own past adds to calendar and weather."""

import numpy as np

from forecasting.domain import lags
from forecasting.domain.grid import Floats, Grid, Seconds, Trailing
from forecasting.domain.local_calendar import LocalCalendar
from forecasting.domain.wall_time import WallTime

_WINDOWS_H = (1, 3, 6, 12, 24, 72, 168, 336)
_FADES_H = ((0, 2.0), (1, 4.0), (2, 8.0), (4, 24.0))  # number of the window, hours in which its news fades


class RecentErrors:
    """A grid of errors (load less what the direct model said, NaN unknown), ready to be asked."""

    def __init__(self, errors: Grid, wall: WallTime, holidays: Seconds) -> None:
        self._trailing = Trailing.of(errors)
        self._past = lags.Past(errors, self._trailing, self._trailing, self._trailing, LocalCalendar(wall, holidays))

    def columns(self, at_s: Seconds, cutoff_s: Seconds) -> Floats:
        """(rows, columns) as known at the cut-offs, in the unit of the errors; 0 where nothing is known."""
        _, same = self._past.same_time(at_s, cutoff_s)
        week = lags.mean_where(same[:, :7])
        parts = [same[:, 0], same[:, 1], lags.mean_where(same[:, :3]), week, same[:, 6], lags.mean_where(same)]
        recent = [self._trailing.mean(cutoff_s, hours * 3600, share=0.5) for hours in _WINDOWS_H]
        lead_h = (at_s - cutoff_s) / 3600
        fading = [recent[number] * np.exp(-lead_h / hours) for number, hours in _FADES_H]
        # How the last day stood out at this hour says less the further off it is.
        parts += [*recent, *fading, (same[:, 0] - recent[4]) * np.exp(-lead_h / 24)]
        return np.nan_to_num(np.stack(parts, axis=1))
