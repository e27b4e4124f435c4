"""A bill: its lines, their sum, and how much of its period was measured. Pure."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["energy", "fixed", "demand", "tax"]
KINDS: dict[Kind, str] = {"energy": "Energy", "fixed": "Fixed charges", "demand": "Demand", "tax": "Taxes"}


@dataclass(frozen=True)
class Line:
    """`quantity` of `unit` at `rate` comes to `amount`, which is rounded to the coin.

    `valid_from` names the version of the tariff, `month` the local month (its first day).
    """

    kind: Kind
    name: str
    quantity: Decimal
    unit: str
    rate: Decimal
    amount: Decimal
    valid_from: date
    month: date
    detail: str = ""


@dataclass(frozen=True)
class Bill:
    """What the local days `[first, after)` cost. `measured` and `estimated` are shares of time and of energy.

    Nothing is made up for what was not measured: its energy is not in the bill. `unpriced_kwh` was measured
    and has no price; `notes` say why.
    """

    first: date
    after: date
    currency: str
    lines: list[Line]
    energy_kwh: Decimal
    unpriced_kwh: Decimal
    measured: float
    estimated: float
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal(0))

    def of(self, kind: Kind) -> Decimal:
        """The sum of the lines of one kind."""
        return sum((line.amount for line in self.lines if line.kind == kind), Decimal(0))
