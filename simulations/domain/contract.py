"""What an event is. One file in `simulations/events/` holds one; docs/how-to/add-an-event.md shows how.

An event changes what the forecaster knows (weather, holidays), the load that it told, or the prices that it is
billed by, and only within its `reach`. Of zero strength it changes nothing.
"""

from abc import ABC
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum
from itertools import combinations
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.domain.contract import Known
from meters.domain.price_book import PriceBook
from simulations.domain.errors import BadScenario
from simulations.domain.span import Span
from twin_project.kit.params import NoParams
from twin_project.kit.registry import Plugin

__all__ = ["Effect", "Event", "Floats", "Known", "Load", "Placed", "PriceBook", "Span", "Stage"]

Floats = NDArray[np.float64]
Effect = Literal["learned", "assumed"]


class Stage(IntEnum):
    """The order in which a scenario's events take effect, whatever order they were written in.

    Within one stage the one that begins first comes first, then by key. Two of one kind may overlap where they commute.
    """

    WEATHER = 1
    CALENDAR = 2
    DEMAND = 3
    GENERATION = 4
    STORAGE = 5
    PRICE = 6


@dataclass(frozen=True)
class Load:
    """The load of a period as paths: `kw` is (draws, steps), the mean power of each interval; export is below zero.

    `starts` are the interval starts in UTC, `known` is what holds in this world, `base_kw` (steps) what the meter
    takes at its quietest at each hour, for events that leave the base load on. `price_per_kwh` (steps) is the energy
    price where a tariff is known, `seed` that of an event's own chances.
    """

    starts: pd.DatetimeIndex
    step: timedelta
    known: Known
    kw: Floats
    base_kw: Floats
    price_per_kwh: Floats | None = None
    seed: int = 0

    @property
    def hours(self) -> float:
        """Length of an interval in hours."""
        return self.step / timedelta(hours=1)

    def with_kw(self, kw: Floats) -> "Load":
        """The same period with other paths."""
        return replace(self, kw=kw)


class Event(Plugin, ABC):
    """Base of every event. Override one or more of the three `change_` methods; none may change what it is given."""

    effect: ClassVar[Effect]
    stage: ClassVar[Stage]
    commutes: ClassVar[bool] = True
    version: ClassVar[int] = 1
    Params: ClassVar[type] = NoParams

    def __init__(self, params: Any = None) -> None:
        self.params = self.Params() if params is None else params

    def check(self, span: Span) -> None:
        """Refuse parameters that cannot be, beyond their bounds: raises BadScenario naming the field."""

    def may_overlap(self) -> bool:
        """Whether another of its kind may hold at the same time: where their order makes no difference."""
        return self.commutes

    def reach(self, span: Span) -> Span:
        """Within what the event may change something: longer than `span` where it has an aftermath."""
        return span

    def change_known(self, known: Known, span: Span) -> Known:
        """What the forecaster is told instead; `known` covers the history and the period."""
        return known

    def change_load(self, load: Load, span: Span) -> Load:
        """The paths that come of it."""
        return load

    def change_prices(self, book: PriceBook, span: Span) -> PriceBook:
        """The prices that the scenario is billed by; the base keeps its own."""
        return book

    def assumptions(self) -> list[str]:
        """What is taken for granted, in sentences, for the result's page."""
        return []


@dataclass(frozen=True)
class Placed:
    """An event of a scenario and when it holds."""

    event: Event
    span: Span

    @property
    def order(self) -> tuple[int, Any, str]:
        """Stage, then start."""
        return (int(self.event.stage), self.span.start, self.event.key)


def in_order(placed: "list[Placed] | tuple[Placed, ...]", period: Span) -> list[Placed]:
    """The events in the order in which they take effect, each checked; raises BadScenario."""
    for one in placed:
        if not one.span.overlaps(period):
            told = f"{one.event.title} lies outside the period {period.start:%Y-%m-%d} to {period.end:%Y-%m-%d}."
            raise BadScenario("start", told)
        one.event.check(one.span)
    ordered = sorted(placed, key=lambda one: one.order)
    for before, after in combinations(ordered, 2):
        same = before.event.key == after.event.key
        free = before.event.may_overlap() and after.event.may_overlap()
        if same and not free and before.span.overlaps(after.span):
            raise BadScenario("start", f"Two events “{before.event.title}” overlap; join them or move one.")
    return ordered
