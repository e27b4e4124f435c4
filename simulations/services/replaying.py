"""Past events of a meter told again: found, hidden, told by a twin that was trained before them, and kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from django.db import transaction

from forecasting.domain.contract import Forecaster, Known
from forecasting.domain.errors import ForecastError
from forecasting.domain.known import as_known_at
from forecasting.domain.quantiles import MEDIAN
from forecasting.registry import forecasters
from meters.selectors import data_through
from simulations.domain import past_events, replay
from simulations.domain.contract import Placed, Span
from simulations.domain.effect import effect_spread, widened
from simulations.domain.errors import CannotSimulate
from simulations.domain.past_events import PastEvent
from simulations.domain.weather_shift import Shift, shifted
from simulations.models import Replay, Scorecard
from simulations.registry import events
from simulations.services.material import Material, material_of
from simulations.services.twins import BY_DEFAULT

if TYPE_CHECKING:
    from meters.models import Meter

Progress = Callable[[int, int], None]
LOOK_BACK = timedelta(days=365)
LEAST_BEFORE = timedelta(days=56)
EACH = 5  # past events of a kind that are told again
REFIT = timedelta(days=45)
PLACEBO = "placebo"
_SERIES = ("p10", "p50", "p90")


@dataclass(frozen=True)
class Found:
    """The past events of a meter that can be told again, and what it takes."""

    material: Material
    events: list[PastEvent]


def find_past_events(*, meter: "Meter", now: datetime, each: int = EACH) -> Found:
    """Hottest and coldest spells, weekday holidays and days of shutdown of the last year with readings.

    Raises CannotSimulate where there is not enough to stand on.
    """
    through = data_through(meter)
    if through is None:
        raise CannotSimulate(f"{meter} has no readings yet. Start its scraper or import a file first.")
    material = material_of(meter=meter, period=Span(through - timedelta(days=7), through), now=now)
    first = max(through - LOOK_BACK, material.load.index[0].to_pydatetime() + LEAST_BEFORE)
    if first >= through - timedelta(days=7):
        raise CannotSimulate(f"{meter} needs two months of readings before a past event can be told again.")
    within, known = Span(first, through), material.known
    found = [
        *past_events.hottest_spells(known, within, n=each),
        *past_events.coldest_spells(known, within, n=each),
        *past_events.weekday_holidays(known, within)[-2 * each :],
        *past_events.shut_days(material.load, known, within, n=each),
        *past_events.ordinary_days(known, within, n=each),
    ]
    return Found(material, [one for one in found if _was_measured(material, one)])


def replay_past_events(
    *, meter: "Meter", now: datetime, forecaster: str = "", each: int = EACH, progress: Progress | None = None
) -> list[Scorecard]:
    """Tell each of them again and keep replays and scorecards in place of the earlier ones.

    The twin is trained on what came before the event, at most `REFIT` earlier. Raises CannotSimulate.
    """
    found = find_past_events(meter=meter, now=now, each=each)
    if not found.events:
        raise CannotSimulate(f"Nothing stood out in the last year of {meter}, so there is nothing to tell again.")
    key = forecaster or next(key for key in BY_DEFAULT if key in forecasters.all())
    twins, book = _Twins(found.material, key), _Book(meter, key, found.material, now)
    ordered = sorted(found.events, key=lambda one: one.days[0])
    told: dict[str, list[replay.Replay]] = {}
    rows: list[Replay] = []
    for place, event in enumerate(ordered):
        try:
            twin, through = twins.before(event.span(found.material.known.zone).start)
            one = tell_again(twin, found.material, event)
        except (ForecastError, CannotSimulate):
            continue  # too little before it, or a gap of weeks
        told.setdefault(event.kind, []).append(one)
        rows.append(book.row(event, one, through))
        if progress:
            progress(place + 1, len(ordered))
    if not rows:
        raise CannotSimulate(f"No past event of {meter} has enough readings before it to be told again.")
    return book.keep(rows, told)


def tell_again(twin: Forecaster, material: Material, event: PastEvent) -> replay.Replay:
    """One past event, told and not told; what it is told by is the event's own plug-in or its weather."""
    load, known = material.load, material.known
    span, title = event.span(known.zone), f"{event.kind} of {event.days[0]:%-d %B %Y}"
    if event.kind in ("heatwave", "cold_snap"):
        untold = replay.without_heat(known, span, "persistence")
        return replay.replay(twin, load, title=title, span=span, told=known, untold=untold)
    if event.kind == "holiday":
        untold = replay.without_holidays(known, list(event.days))
        return replay.replay(twin, load, title=title, span=span, told=known, untold=untold)
    if event.kind == PLACEBO:
        own = Shift(0.0, timedelta(0), "all day")
        told = shifted(known, span, own) if known.weather is not None else known
        return replay.replay(twin, load, title=title, span=span, told=told, untold=known)
    shut = [Placed(events.get("shutdown")(), span)]
    return replay.replay(twin, load, title=title, span=span, told=known, untold=known, events=shut)


class _Twins:
    """The forecaster trained on what came before an instant, at most `REFIT` ago; events come in their order."""

    def __init__(self, material: Material, key: str) -> None:
        self.material, self.key = material, key
        self._newest: tuple[Forecaster, datetime] | None = None

    def before(self, start: datetime) -> tuple[Forecaster, datetime]:
        """A twin, and the end of what it was trained on."""
        if self._newest is None or start - self._newest[1] > REFIT:
            load = self.material.load.loc[self.material.load.index < start]
            past: Known = as_known_at(self.material.known, pd.Timestamp(start), pd.Timestamp(start), "actual")
            self._newest = (forecasters.get(self.key)().fit(load, past), start)
        return self._newest


def _was_measured(material: Material, event: PastEvent) -> bool:
    span = event.span(material.known.zone)
    inside = material.load.loc[span.holds(pd.DatetimeIndex(material.load.index))]
    return bool(len(inside)) and float(inside.notna().mean()) > 0.9


@dataclass(frozen=True)
class _Book:
    """Where replays of one meter are written down."""

    meter: "Meter"
    forecaster: str
    material: Material
    now: datetime

    @property
    def zone(self) -> str:
        return self.material.known.zone

    def row(self, event: PastEvent, one: replay.Replay, through: datetime) -> Replay:
        """One replay."""
        errors, peaks = one.errors.mean(), one.peak_errors_pct(self.zone).abs()
        return Replay(
            meter=self.meter, kind=event.kind, words=event.words, start_at=one.span.start, end_at=one.span.end,
            forecaster=self.forecaster, trained_through_at=through, made_at=self.now,
            told_mae_kw=float(errors["told"]), untold_mae_kw=float(errors["untold"]),
            peak_error_pct=float(peaks.mean()) if len(peaks) else None, coverage80_pct=100 * float(one.inside.mean()),
            intervals_n=len(one.errors), series=_series(one),
            placebo_pct=_placebo(one) if event.kind == PLACEBO else None,
        )  # fmt: skip

    def card(self, kind: str, some: list[replay.Replay]) -> Scorecard:
        """What the replays of one kind add up to, their bands as wide as a simulation's would be."""
        learned = kind not in ("shutdown", PLACEBO)
        spread = effect_spread(some, self.material.step) if learned else 0.0
        shown = [widened(one, self.material.step, spread) for one in some] if learned else some
        score = replay.scorecard(shown, self.zone)
        return Scorecard(
            meter=self.meter, kind=kind, forecaster=self.forecaster, made_at=self.now, replays_n=score.replays,
            told_mae_kw=score.told_mae_kw, untold_mae_kw=score.untold_mae_kw, peak_error_pct=score.peak_error_pct,
            coverage80_pct=score.coverage80_pct, spread=spread,
        )  # fmt: skip

    def keep(self, rows: list[Replay], told: dict[str, list[replay.Replay]]) -> list[Scorecard]:
        """In place of what was there, at once."""
        cards = [self.card(kind, some) for kind, some in told.items()]
        with transaction.atomic():
            for model in (Replay, Scorecard):
                model.objects.filter(meter=self.meter, forecaster=self.forecaster).delete()
            Replay.objects.bulk_create(rows)
            Scorecard.objects.bulk_create(cards)
        return cards


def _series(one: replay.Replay) -> dict[str, Any]:
    told = dict(zip(_SERIES, one.told[[0.1, MEDIAN, 0.9]].round(4).to_numpy().T.tolist(), strict=True))
    actual = [None if np.isnan(value) else round(float(value), 4) for value in one.actual]
    starts = [at.isoformat() for at in one.told.index]
    return {"start_at": starts, "told": told, "untold": one.untold[MEDIAN].round(4).tolist(), "actual": actual}


def _placebo(one: replay.Replay) -> float:
    """Change of the energy, in % of the untold, by a day's own temperature told as if it were an event."""
    untold = float(one.untold[MEDIAN].sum())
    return 100 * (float(one.told[MEDIAN].sum()) - untold) / untold if untold else 0.0
