"""What a search proposes to a person: a series, its recipe, what that recipe read, how firmly and why. Pure."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from scraping.domain.discovery.guess import Guess
from scraping.domain.discovery.series import Series
from scraping.domain.records import Document

PREVIEW_ROWS = 400
UNTRIED = 0.6  # a recipe that could not read another period is worth less than its guesses


@dataclass(frozen=True)
class Ignored:
    """Something that was seen and left."""

    name: str
    why: str


@dataclass(frozen=True)
class Proposal:
    """`frame` has `start_at` (UTC) and the quantities in their stored units, read by the recipe itself where it was
    tried well; `trouble` says why not, "" where all is well. `place` is the way there in the portal's own words.
    """

    title: str
    place: str
    recipe: str
    series: Series = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    told: tuple[str, ...] = ()
    trouble: str = ""
    also: tuple[str, ...] = ()
    weight: float = 0.0
    document: Document | None = field(default=None, repr=False)

    @property
    def confidence(self) -> float:
        """0 to 1."""
        return round(self.series.confidence * (UNTRIED if self.trouble else 1.0), 2)

    @property
    def guesses(self) -> dict[str, Guess[Any]]:
        """What a person may want to check or correct, by its name."""
        return {
            "interval_s": self.series.interval_s,
            "zone": self.series.zone,
            "stamp_at": self.series.stamp_at,
            "stamp": self.series.clock.stamps.form,
        }

    def as_json(self) -> dict[str, Any]:
        """Everything that a page, a row or a program wants of it."""
        series = self.series
        return {
            "title": self.title,
            "place": self.place,
            "confidence": self.confidence,
            "guesses": {name: _told(guess) for name, guess in self.guesses.items()},
            "columns": [
                {
                    "title": column.title,
                    "quantity": column.quantity.value,
                    "unit": column.unit.value,
                    "register": column.register.value,
                    "confidence": round(column.confidence, 2),
                    "because": list(
                        dict.fromkeys(
                            [
                                *column.quantity.because,
                                *column.unit.because,
                                *(column.register.because if column.register.value else ()),
                            ]
                        )
                    ),
                }
                for column in series.columns
            ],
            "ignored": [{"name": one.title, "why": one.why} for one in series.refused],
            "how": list(self.told),
            "also": list(self.also),
            "trouble": self.trouble,
            "rows": len(self.frame),
            "preview": preview_of(self.frame),
            "recipe": self.recipe,
        }


def preview_of(frame: pd.DataFrame) -> dict[str, Any]:
    """The last rows as lists, NaN as None."""
    last = frame.tail(PREVIEW_ROWS)
    names = [str(name) for name in last.columns if name not in ("start_at", "interval_s")]
    return {
        "start_at": [at.isoformat() for at in last["start_at"]],
        **{name: [None if pd.isna(value) else round(float(value), 6) for value in last[name]] for name in names},
    }


def _told(guess: Guess[Any]) -> dict[str, Any]:
    return {"value": guess.value, "confidence": round(guess.confidence, 2), "because": list(guess.because)}
