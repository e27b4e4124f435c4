"""Energy times the carbon factor of its hour. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from meters.domain.energy_pieces import Pieces

HOURS = 24


@dataclass(frozen=True)
class CarbonFactor:
    """kg of CO2 per kWh from a local day on: one figure, or one for each hour of the site's clock."""

    valid_from: date
    kg_per_kwh: tuple[float, ...]


def carbon_kg(pieces: Pieces, factors: Sequence[CarbonFactor], *, first: date, after: date) -> float | None:
    """kg of CO2 over the local days `[first, after)`; None where no factor holds on the first of them.

    `factors` are ordered by `valid_from`.
    """
    if not factors or factors[0].valid_from > first:
        return None
    bounds = [*(min(max(factor.valid_from, first), after) for factor in factors), after]
    total = 0.0
    for factor, (begins, ends) in zip(factors, pairwise(bounds), strict=True):
        chosen = pieces.on_days(begins, ends)
        per_hour = np.resize(np.asarray(factor.kg_per_kwh, dtype=float), HOURS)
        total += float((pieces.kwh[chosen] * per_hour[pieces.local.minute[chosen] // 60]).sum())
    return total
