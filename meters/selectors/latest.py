"""The newest of a meter: how far its readings go, the last one, and the state of the grid."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
from django.db import connection

from meters.domain import grid
from meters.domain.grid import GridStatus, PhaseStatus
from meters.models import Meter, Quality, Reading, Source
from meters.selectors.series import load_series, phase_series

DAY = timedelta(hours=24)


def latest_reading(meter: Meter) -> Reading | None:
    """The last reading that is not suspect."""
    return Reading.objects.filter(meter=meter).exclude(quality=Quality.SUSPECT).order_by("-start_at").first()


def data_through(meter: Meter) -> datetime | None:
    """The end of the last reading that is not suspect; None without any."""
    last = latest_reading(meter)
    return None if last is None else last.start_at + timedelta(seconds=last.interval_s)


def data_through_of_many(meters: Sequence[Meter]) -> dict[int, datetime]:
    """`data_through` of a fleet in one query, by meter id; meters without a reading are missing."""
    query = """
        SELECT wanted.meter_id, last.through_at FROM unnest(%s::bigint[]) AS wanted (meter_id)
        JOIN LATERAL (
            SELECT start_at + interval_s * interval '1 second' AS through_at FROM meters_reading
            WHERE meter_id = wanted.meter_id AND quality <> %s ORDER BY start_at DESC LIMIT 1
        ) last ON true
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [[meter.pk for meter in meters], Quality.SUSPECT])
        return {pk: through.astimezone(UTC) for pk, through in cursor.fetchall()}


def has_portal(meter: Meter) -> bool:
    """Whether a portal brought any of the last thousand readings."""
    newest = Reading.objects.filter(meter=meter).order_by("-start_at").values("source_id")[:1000]
    return Source.objects.filter(kind=Source.Kind.SCRAPE, pk__in=newest).exists()


def grid_status(*, meter: Meter, now: datetime) -> GridStatus | None:
    """The supply at the last reading and the day before it; None where there is no reading yet."""
    last = latest_reading(meter)
    if last is None:
        return None
    through = last.start_at + timedelta(seconds=last.interval_s)
    start = through - DAY
    voltage = phase_series(meter=meter, start=start, end=through, quantity="voltage")
    current = phase_series(meter=meter, start=start, end=through, quantity="current")
    power = load_series(meter=meter, start=start, end=through)
    band, step = meter.site.voltage_band_v, timedelta(seconds=meter.interval_s)
    phases = [_phase(name, last, voltage, band, step) for name in sorted({*voltage, *current})]
    mean_voltage, total_current = _combined(voltage, "mean"), _combined(current, "sum")
    known = [series.notna().sum() * step.total_seconds() / 60 for series in voltage.values()]
    return GridStatus(
        at=last.start_at,
        through_at=through,
        age=now - through,
        band_v=band,
        voltage_v=_mean([phase.voltage_v for phase in phases]),
        current_a=last.current_a if last.current_a is not None else _sum([phase.current_a for phase in phases]),
        power_kw=last.power_kw,
        power_factor=_power_factor(last),
        frequency_hz=last.frequency_hz,
        word=grid.worst_word([phase.word for phase in phases if phase.word]),
        phases=phases,
        voltage_trend=grid.trend(mean_voltage, steady=grid.STEADY_V_PER_H),
        current_trend=grid.trend(total_current, steady=grid.STEADY_A_PER_H),
        power_trend=grid.trend(power, steady=grid.STEADY_KW_PER_H),
        minutes_out_24h=max((phase.minutes_out for phase in phases), default=None) if voltage else None,
        minutes_known_24h=max(known, default=None),
        voltage_24h=voltage,
        current_24h=current,
        power_24h=power,
    )


def _phase(
    name: str, last: Reading, voltage: "dict[str, pd.Series[float]]", band: tuple[float, float], step: timedelta
) -> PhaseStatus:
    suffix = "" if name == "L" else f"_{name.lower()}"
    volts: float | None = getattr(last, f"voltage{suffix}_v")
    amperes: float | None = getattr(last, f"current{suffix}_a")
    word = None if volts is None else grid.band_word(volts, band)
    minutes = grid.minutes_outside(voltage[name], band, step) if name in voltage else 0.0
    return PhaseStatus(name, volts, amperes, word, minutes)


def _power_factor(last: Reading) -> float | None:
    if last.power_factor is not None:
        return last.power_factor
    return grid.power_factor_of(last.energy_kwh, last.reactive_kvarh)


def _combined(phases: "dict[str, pd.Series[float]]", how: str) -> "pd.Series[float]":
    if not phases:
        return pd.Series(dtype="float64")
    table = pd.DataFrame(phases)
    return table.mean(axis=1) if how == "mean" else table.sum(axis=1, min_count=len(phases))


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
