"""What the cards about one meter show: the state of the grid, and how far its data go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from meters.charts import Band, grid_sparkline
from meters.selectors import GridStatus, Lag, Trend, data_through, grid_status, usual_lag
from twin_project.kit.figures import Figure, Window

if TYPE_CHECKING:
    from meters.models import Meter

LATE = timedelta(hours=36)  # where nobody knows the usual lag yet
FORGOTTEN = timedelta(days=14)
TONES = {"in band": "good", "low": "bad", "high": "bad"}
ICONS = {"rising": "up", "falling": "down", "steady": "level"}


@dataclass(frozen=True)
class TrendWords:
    """A trend as an arrow with a word and its slope."""

    icon: str
    word: str
    slope: str


@dataclass(frozen=True)
class Gauge:
    """Where a voltage stands between its limits; percentages of the drawing's width."""

    low_v: float
    high_v: float
    word: str
    tone: str
    low_pct: float
    high_pct: float
    here_pct: float

    @property
    def width_pct(self) -> float:
        """The width of what is allowed."""
        return self.high_pct - self.low_pct


@dataclass(frozen=True)
class GridCard:
    """The grid-status card: `status` with words, a gauge and the strip of the last day."""

    status: GridStatus
    gauge: Gauge | None
    voltage_trend: TrendWords | None
    current_trend: TrendWords | None
    power_trend: TrendWords | None
    chart: Figure
    complete: float
    late: bool

    @property
    def age_s(self) -> float:
        """Seconds since the end of the last reading."""
        return self.status.age.total_seconds()


@dataclass(frozen=True)
class Freshness:
    """How far the data of a meter go, and how old they usually are."""

    through_at: datetime | None
    age_s: float | None
    late: bool
    usual_s: float | None = None


def freshness_of(meter: "Meter", *, now: datetime) -> Freshness:
    """Late means older than this meter's data ever are; a day and a half where that is not known yet."""
    through, lag = data_through(meter), usual_lag(meter)
    if through is None:
        return Freshness(None, None, late=False)
    usual_s = lag.usual.total_seconds() if lag else None
    return Freshness(through, (now - through).total_seconds(), is_late(now - through, lag), usual_s)


def is_late(age: timedelta, lag: Lag | None) -> bool:
    """Whether data of that age are older than usual."""
    return age > (lag.late_after if lag else LATE)


def last_day(fresh: Freshness, now: datetime) -> datetime:
    """Where the date bar begins: today, or the end of the data of a meter that has long been silent."""
    silent = fresh.through_at is not None and now - fresh.through_at > FORGOTTEN
    return fresh.through_at - timedelta(seconds=1) if silent and fresh.through_at else now


def grid_card(meter: "Meter", *, now: datetime) -> GridCard | None:
    """None where there is no reading of the last two weeks: what was then is no present state."""
    status = grid_status(meter=meter, now=now)
    if status is None or status.age > FORGOTTEN:
        return None
    has_voltage = status.voltage_v is not None and bool(status.voltage_24h)
    series = pd.DataFrame(status.voltage_24h).mean(axis=1) if has_voltage else status.power_24h
    step = timedelta(seconds=meter.interval_s)
    window = Window(status.through_at - timedelta(hours=24), status.through_at, ZoneInfo(meter.site.zone), step)
    band = Band(*status.band_v) if has_voltage else None
    return GridCard(
        status=status,
        gauge=_gauge(status.voltage_v, status.band_v, status.word) if has_voltage else None,
        voltage_trend=_words(status.voltage_trend, "V", 1),
        current_trend=_words(status.current_trend, "A", 1),
        power_trend=_words(status.power_trend, "kW", 2),
        chart=grid_sparkline(series, band, window, unit="V" if has_voltage else "kW"),
        complete=float(series.notna().mean()) if len(series) else 0.0,
        late=is_late(status.age, usual_lag(meter)),
    )


def _gauge(voltage_v: float | None, band_v: tuple[float, float], word: str | None) -> Gauge | None:
    if voltage_v is None or word is None:
        return None
    low, high = band_v
    room = (high - low) * 0.16

    def percent(value: float) -> float:
        return round(min(max((value - low + room) / (high - low + 2 * room), 0), 1) * 100, 2)

    return Gauge(low, high, word, TONES[word], percent(low), percent(high), percent(voltage_v))


def _words(trend: Trend | None, unit: str, digits: int) -> TrendWords | None:
    if trend is None:
        return None
    slope = f"{trend.per_hour:+.{digits}f}\u2009{unit}/h".replace("-", "\u2212")
    return TrendWords(ICONS[trend.word], trend.word, slope)
