"""Tables as a document holds them, whatever its kind: texts and numbers under names, nothing understood yet. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Cell = str | int | float | bool | None
CHARTS_TYPE = "application/x-twin-charts+json"  # what Browser.charts gives
PARTS_TYPE = "application/x-twin-parts+json"  # several answers kept as one document
GRID_TYPE = "application/x-twin-grid+json"  # rows gathered from a grid that shows a few at a time


class NotThisKind(ValueError):
    """The body is not what a reader can read; the message says why in a sentence."""


@dataclass(frozen=True)
class RawTable:
    """One table. Every row has a cell for each column; None is a cell that is not there.

    `name` says where it stands: "$.data.rows", "sheet Readings", a caption. `facts` are texts that stand beside it
    and may say its unit, zone, meter or interval, by their own name. `claimed_rows` is how many rows the document
    says that there are, None where it does not.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = field(repr=False)
    claimed_rows: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def fact(self, name: str) -> str | None:
        """What is said under a name, or under the only longer one that ends with it: `unit` of `meta.unit`."""
        if name in self.facts:
            return self.facts[name]
        ends = [text for known, text in self.facts.items() if known.endswith(f".{name}")]
        return ends[0] if len(ends) == 1 else None

    def column(self, name: str) -> list[Cell]:
        """The cells under one name; raises KeyError."""
        try:
            at = self.columns.index(name)
        except ValueError:
            raise KeyError(name) from None
        return [row[at] for row in self.rows]
