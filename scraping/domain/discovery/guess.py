"""A guess: what is believed, how firmly, and why, in words for a person."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

SURE, LIKELY, MAYBE, UNSURE = 0.98, 0.85, 0.6, 0.35


@dataclass(frozen=True)
class Guess(Generic[T]):
    """`confidence` from 0 to 1; `because` are whole sentences."""

    value: T
    confidence: float
    because: tuple[str, ...] = ()

    def but(self, confidence: float, *because: str) -> "Guess[T]":
        """The same value with another confidence and further reasons."""
        return Guess(self.value, confidence, (*self.because, *because))
