"""How past runs turned out: the leaderboard, one forecaster against another, the error of the last days."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from forecasting.domain.ladder import NAIVE
from forecasting.registry import forecasters

if TYPE_CHECKING:
    from meters.models import Meter

ENOUGH_POINTS = 24  # below, a leaderboard is luck

# One score of the naive for each cut-off; a truly issued run before a rehearsed one.
_BOARD = """
WITH scored AS (
    SELECT r.forecaster, r.data_cutoff_at, r.rehearsed, s.*
    FROM forecasting_forecastscore s JOIN forecasting_forecastrun r ON r.id = s.run_id
    WHERE r.meter_id = %(meter)s AND (%(since)s::timestamptz IS NULL OR r.data_cutoff_at >= %(since)s)
), naive AS (
    SELECT DISTINCT ON (data_cutoff_at) data_cutoff_at, pinball_kw FROM scored
    WHERE forecaster = %(naive)s ORDER BY data_cutoff_at, rehearsed, run_id DESC
)
SELECT a.forecaster, count(*), count(*) FILTER (WHERE a.rehearsed), sum(a.points_n),
    sum(a.mae_kw * a.points_n) / sum(a.points_n),
    sqrt(sum(a.rmse_kw ^ 2 * a.points_n) / sum(a.points_n)),
    sqrt(sum(a.rmse_kw ^ 2 * a.points_n) FILTER (WHERE a.mean_kw IS NOT NULL)
        / nullif(sum(a.points_n) FILTER (WHERE a.mean_kw IS NOT NULL), 0))
        / nullif(sum(a.mean_kw * a.points_n) / nullif(sum(a.points_n) FILTER (WHERE a.mean_kw IS NOT NULL), 0), 0),
    sum(a.mae_kw * a.points_n) FILTER (WHERE a.scale_kw IS NOT NULL) / nullif(sum(a.scale_kw * a.points_n), 0),
    sum(a.pinball_kw * a.points_n) / sum(a.points_n),
    sum(a.coverage80 * a.points_n) / sum(a.points_n),
    sum(a.coverage90 * a.points_n) / nullif(sum(a.points_n) FILTER (WHERE a.coverage90 IS NOT NULL), 0),
    sum(a.peaks_n), sum(a.peak_hits_n)::float8 / nullif(sum(a.peaks_n), 0),
    sum(a.peak_error_kw * a.peaks_n) / nullif(sum(a.peaks_n) FILTER (WHERE a.peak_error_kw IS NOT NULL), 0),
    sum(a.bias_kw * a.points_n) FILTER (WHERE a.mean_kw IS NOT NULL) / nullif(sum(a.mean_kw * a.points_n), 0),
    1 - sum(a.pinball_kw * a.points_n) FILTER (WHERE n.pinball_kw IS NOT NULL)
        / nullif(sum(n.pinball_kw * a.points_n), 0)
FROM scored a LEFT JOIN naive n USING (data_cutoff_at)
GROUP BY a.forecaster ORDER BY 9
"""

_DUEL = """
SELECT count(DISTINCT (a.data_cutoff_at AT TIME ZONE %(zone)s)::date), sum(x.points_n),
    sum(x.pinball_kw * x.points_n) / sum(x.points_n), sum(y.pinball_kw * x.points_n) / sum(x.points_n)
FROM forecasting_forecastrun a
JOIN forecasting_forecastscore x ON x.run_id = a.id
JOIN LATERAL (
    SELECT s.pinball_kw FROM forecasting_forecastrun b JOIN forecasting_forecastscore s ON s.run_id = b.id
    WHERE b.meter_id = a.meter_id AND b.forecaster = %(other)s AND b.data_cutoff_at = a.data_cutoff_at
        AND NOT b.rehearsed AND s.points_n = x.points_n ORDER BY b.id DESC LIMIT 1
) y ON true
WHERE a.meter_id = %(meter)s AND a.forecaster = %(one)s AND NOT a.rehearsed AND a.issued_at >= %(since)s
"""

_ROLLING = """
SELECT sum(s.points_n), sum(s.mae_kw * s.points_n) / sum(s.points_n), sum(s.coverage80 * s.points_n) / sum(s.points_n)
FROM forecasting_forecastscore s JOIN forecasting_forecastrun r ON r.id = s.run_id
WHERE r.meter_id = %(meter)s AND r.forecaster = %(one)s AND NOT r.rehearsed AND r.issued_at >= %(since)s
"""


@dataclass(frozen=True)
class Accuracy:
    """How the past runs of one forecaster turned out, weighted by their intervals; shares are 0 to 1.

    `skill` is 1 - pinball loss / that of the naive, over the cut-offs that both have.
    """

    forecaster: str
    title: str
    runs_n: int
    rehearsed_n: int
    points_n: int
    mae_kw: float
    rmse_kw: float
    nrmse: float | None
    mase: float | None
    pinball_kw: float
    coverage80: float
    coverage90: float | None
    peaks_n: int
    peak_hits: float | None
    peak_error_kw: float | None
    energy_bias: float | None
    skill: float | None


@dataclass(frozen=True)
class Duel:
    """Two forecasters over the cut-offs at which both truly issued a run; losses in kW."""

    days: int
    points_n: int
    pinball_kw: float
    other_kw: float

    @property
    def other_better_by(self) -> float:
        """Share by which the other's loss is smaller; negative where it is larger."""
        return 1 - self.other_kw / self.pinball_kw if self.pinball_kw > 0 else 0.0


def accuracy(meter: "Meter", *, since: datetime | None = None) -> list[Accuracy]:
    """The leaderboard of past runs, the best (by pinball loss) first; rehearsed ones are counted apart."""
    rows = _ask(_BOARD, {"meter": meter.pk, "since": since, "naive": NAIVE})
    titles = {key: plugin.title for key, plugin in forecasters.all().items()}
    return [Accuracy(row[0], titles.get(row[0], row[0]), *row[1:]) for row in rows]


def duel(meter: "Meter", one: str, other: str, *, since: datetime) -> Duel | None:
    """`one` against `other` since a moment, run by run; None where they never stood at one cut-off."""
    asked = {"meter": meter.pk, "one": one, "other": other, "since": since, "zone": meter.site.zone}
    days, points, own, others = _ask(_DUEL, asked)[0]
    return Duel(days, points, own, others) if points else None


def rolling_error(meter: "Meter", forecaster: str, *, since: datetime) -> tuple[int, float, float] | None:
    """Intervals, MAE in kW and 80 % coverage of the truly issued runs since a moment; None without any."""
    points, mae_kw, coverage80 = _ask(_ROLLING, {"meter": meter.pk, "one": forecaster, "since": since})[0]
    return (int(points), float(mae_kw), float(coverage80)) if points else None


def _ask(query: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return list(cursor.fetchall())
