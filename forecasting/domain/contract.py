"""What a forecaster is. One file in `forecasting/forecasters/` holds one; docs/how-to/add-a-forecaster.md shows how.

Load is mean power in kW: a float64 Series on a regular grid of interval STARTS in UTC, gaps are NaN.
"""

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import pandas as pd

from forecasting.domain import quantiles, series
from forecasting.domain.errors import CannotLoad, NotEnoughHistory, NotFitted
from forecasting.domain.quantiles import QUANTILES
from twin_project.kit import params as kit_params
from twin_project.kit.params import NoParams
from twin_project.kit.registry import Plugin

__all__ = ["QUANTILES", "CannotLoad", "Driver", "Forecaster", "Known", "NotEnoughHistory", "NotFitted", "Request"]

_MANIFEST = "forecaster.json"


@dataclass(frozen=True)
class Known:
    """What is known of a site without its load.

    `zone` is an IANA name, `holidays` are local dates. `weather` has a UTC index and a column
    `temperature_c` (NaN where missing); it covers the history and as much of the horizon as was known
    at issue time. `ahead` names what the weather of the horizon is: "actual", "forecast", "persistence" (the
    last day again) or "none"; bands depend on it. `vintages` are all forecasts of it (`start_at`, `issued_at`,
    `temperature_c`), for those who rehearse and backtest; a forecaster is never handed them.
    """

    zone: str = "UTC"
    holidays: frozenset[date] = frozenset()
    weather: pd.DataFrame | None = field(default=None, compare=False)
    latitude: float | None = None
    longitude: float | None = None
    vintages: pd.DataFrame | None = field(default=None, compare=False)
    ahead: str = "actual"


class Request(NamedTuple):
    """One question to a trained forecaster: the arguments of `predict`."""

    load: "pd.Series[float]"
    known: Known
    starts: pd.DatetimeIndex


class Driver(NamedTuple):
    """One reason behind the forecasts: what it is in plain words, and its share of all (0 to 1)."""

    words: str
    share: float


class Forecaster(Plugin, ABC):
    """Base of every forecaster. Implement `_fit`, `_predict`, `_save`, `_restore`; checks are done here."""

    min_history: ClassVar[timedelta]
    Params: ClassVar[type] = NoParams
    pretrained: ClassVar[bool] = False  # learned on other meters: `fit` only tunes, and a week of load is all it reads
    context: ClassVar[timedelta] = timedelta(days=430)  # `predict` needs no older load than this
    format_version: ClassVar[int] = 1

    def __init__(self, params: Any = None, *, seed: int = 0) -> None:
        self.params = self.Params() if params is None else params
        self.seed = seed
        self.step: timedelta | None = None
        self._never_negative = True

    @property
    def fitted(self) -> bool:
        """Whether `predict` may be called."""
        return self.step is not None

    def fit(self, load: "pd.Series[float]", known: Known) -> Self:
        """Learn one meter from its history.

        Raises BadSeries for an index that is not regular and UTC, NotEnoughHistory ("21 of 28 days").
        """
        checked = series.checked_load(load)
        have, need = series.days_known(checked), self.min_history / timedelta(days=1)
        if have < need:
            raise NotEnoughHistory(self.title, have, int(need))
        self._never_negative = bool(checked.min() >= 0)
        self._fit(checked, known)
        self.step = series.step_of(checked)
        return self

    def predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        """Quantiles of the mean power over the intervals that begin at `starts`.

        `load` is the history up to the data cut-off, which may be younger than that of `fit`. The frame has
        the index `starts`, the columns `QUANTILES`, no NaN, and never crosses.
        """
        return self.predict_many([Request(load, known, starts)])[0]

    def predict_many(self, requests: list[Request]) -> list[pd.DataFrame]:
        """Answer many questions, of one meter or of many, each exactly as `predict` would."""
        checked = [self._checked(request) for request in requests]
        asked = [request for request in checked if not request.starts.empty]
        answers = iter(self._predict_many(asked) if asked else [])
        nothing = pd.DataFrame(columns=list(QUANTILES), dtype=float)
        return [
            nothing.set_index(request.starts)
            if request.starts.empty
            else quantiles.in_order(next(answers), request.starts, self._floor)
            for request in checked
        ]

    def _checked(self, request: Request) -> Request:
        """The request with a load as the contract promises it; raises NotFitted, BadSeries."""
        if self.step is None:
            raise NotFitted(f"{self.title} has not been trained on this meter yet; train it first.")
        checked = request._replace(load=series.checked_load(request.load))
        series.check_starts(checked.load, checked.starts, self.step)
        return checked

    @property
    def _floor(self) -> float | None:
        return 0.0 if self._never_negative else None

    @classmethod
    def predict_each(cls, trained: list[Self], requests: list[Request]) -> list[pd.DataFrame]:
        """One question (of one interval at least) to each of many trained forecasters, a fleet: as `predict` would."""
        asked = [one._checked(request) for one, request in zip(trained, requests, strict=True)]
        answers = cls._predict_each(trained, asked)
        return [
            quantiles.in_order(answer, request.starts, one._floor)
            for one, request, answer in zip(trained, asked, answers, strict=True)
        ]

    def drivers(self) -> list[Driver]:
        """What moves the forecasts most, the strongest first; empty where the forecaster cannot say."""
        return []

    def save(self, folder: Path) -> None:
        """Write the trained forecaster into a folder, which is made."""
        if self.step is None:
            raise NotFitted(f"{self.title} has not been trained yet, so there is nothing to save.")
        folder.mkdir(parents=True, exist_ok=True)
        self._save(folder)
        manifest = {
            "forecaster": self.key,
            "format_version": self.format_version,
            "params": kit_params.dump(self.params),
            "seed": self.seed,
            "step_s": int(self.step.total_seconds()),
            "never_negative": self._never_negative,
        }
        (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The forecaster that `save` wrote. Raises CannotLoad with a sentence."""
        try:
            manifest = json.loads((folder / _MANIFEST).read_text())
        except (OSError, ValueError) as error:
            raise CannotLoad(f"There is no saved forecaster in {folder.name}; train it again.") from error
        wanted = (cls.key, cls.format_version)
        found = (manifest.get("forecaster"), manifest.get("format_version"))
        if found != wanted:
            raise CannotLoad(
                f"The saved forecaster is {found[0]} format {found[1]}, not {wanted[0]} {wanted[1]}; train it again."
            )
        forecaster = cls(kit_params.read(cls.Params, manifest["params"]), seed=manifest["seed"])
        try:
            forecaster._restore(folder)
        except (OSError, ValueError, KeyError) as error:
            raise CannotLoad(f"The saved forecaster in {folder.name} is damaged; train it again.") from error
        forecaster._never_negative = manifest["never_negative"]
        forecaster.step = timedelta(seconds=manifest["step_s"])
        return forecaster

    @abstractmethod
    def _fit(self, load: "pd.Series[float]", known: Known) -> None:
        """Learn; `load` begins and ends with a known value and is a copy."""

    @abstractmethod
    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        """Quantiles for `starts`; order and the zero floor are mended afterwards, NaN is not."""

    def _predict_many(self, requests: list[Request]) -> list[pd.DataFrame]:
        """`_predict` for each; one that works in batches overrides this. Loads are checked, no `starts` is empty."""
        return [self._predict(*request) for request in requests]

    @classmethod
    def _predict_each(cls, trained: list[Self], requests: list[Request]) -> list[pd.DataFrame]:
        """The same over many trained forecasters of one class; one that works in batches overrides this too."""
        return [one._predict_many([request])[0] for one, request in zip(trained, requests, strict=True)]

    @abstractmethod
    def _save(self, folder: Path) -> None:
        """Write what `_fit` learned, in files of your own naming."""

    @abstractmethod
    def _restore(self, folder: Path) -> None:
        """Read what `_save` wrote."""
