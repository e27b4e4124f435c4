"""What a weather provider is, and what it gives. One file in `meters/weather_providers/` holds one.

Frames have `start_at` (UTC, the start of the interval), `temperature_c` and perhaps the other QUANTITIES;
a forecast has `issued_at` beside it: the instant from which on it was known.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import pandas as pd

from twin_project.kit.params import NoParams
from twin_project.kit.registry import Plugin

QUANTITIES: dict[str, tuple[float, float]] = {  # the records of the Earth, rounded outwards
    "temperature_c": (-90.0, 60.0),
    "relative_humidity_pct": (0.0, 110.0),
    "irradiance_w_m2": (0.0, 1500.0),
    "wind_speed_ms": (0.0, 120.0),
}
COLUMNS = tuple(QUANTITIES)


class WeatherError(Exception):
    """The provider gave nothing. The message says what happened, `advice` what to do.

    Where `retryable` is False, asking again changes nothing until a person does something.
    """

    def __init__(self, message: str, *, advice: str = "", retryable: bool = True) -> None:
        super().__init__(message)
        self.advice = advice
        self.retryable = retryable


@dataclass(frozen=True)
class Place:
    """Where the weather is wanted."""

    latitude: float | None
    longitude: float | None
    zone: str


@dataclass(frozen=True)
class Answer:
    """A JSON document, and when the other side gave it (earlier than now where it was kept)."""

    document: Any
    given_at: datetime


Get = Callable[[str, Mapping[str, Any]], Answer]  # an address and its query; raises WeatherError


def _empty() -> pd.DataFrame:
    return pd.DataFrame({"start_at": pd.DatetimeIndex([], tz="UTC"), "temperature_c": pd.Series(dtype=float)})


@dataclass(frozen=True)
class Weather:
    """What a provider gave; either frame may be empty."""

    observations: pd.DataFrame = field(default_factory=_empty)
    forecasts: pd.DataFrame = field(default_factory=_empty)


class WeatherProvider(Plugin, ABC):
    """Base of every provider. Give it `get` for JSON over the web: checked, retried, cached and polite."""

    credit: ClassVar[str]  # the line that its licence asks for, shown where its weather is shown
    Params: ClassVar[type] = NoParams

    def __init__(self, params: Any, *, get: Get) -> None:
        self.params = params
        self.get = get

    def addresses(self) -> list[str]:
        """The addresses that it will ask: they are checked when a person saves them, and again at each fetch."""
        return []

    @abstractmethod
    def fetch(self, place: Place, *, since: datetime, now: datetime) -> Weather:
        """Observations from `since` on, and the newest forecast. Raises WeatherError."""
