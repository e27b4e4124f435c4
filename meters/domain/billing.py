"""From pieces of energy and the versions of a tariff to a bill. Pure.

A period is billed month by month (local months), and a month version by version. Each line is rounded to the
coin, halves away from zero, and a tax is taken of rounded lines: the sum of the printed lines is the total.

- Slabs count from the first of the local month, also where the period or the version begins later.
- Charges by the month are counted by days where only part of the month is billed.
- The demand of a month is the highest interval of its part in the period; a ratchet looks at the months before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np

from meters.domain.bills import Bill, Line
from meters.domain.demand_charges import demand_lines
from meters.domain.energy_pieces import Pieces
from meters.domain.months import kwh_of, month_after, month_of
from meters.domain.tariff import Fixed, Tax, Version, rounded
from meters.domain.windows import Mask

HUNDRED = Decimal(100)


class CannotBill(ValueError):
    """The period cannot be billed; the message says why and what to do."""


@dataclass(frozen=True)
class Segment:
    """The days `[first, after)` of one month under one version."""

    month: date
    first: date
    after: date
    version: Version

    @property
    def month_share(self) -> Decimal:
        """The billed days over the days of the month."""
        return Decimal((self.after - self.first).days) / Decimal((month_after(self.month) - self.month).days)


def bill_of(
    pieces: Pieces, versions: Sequence[Version], *, first: date, after: date, elapsed_s: float, zone: str
) -> Bill:
    """The bill of the local days `[first, after)`, of which `elapsed_s` seconds are over.

    `pieces` reach back to `needed_from`; `versions` are ordered by `valid_from`. Raises CannotBill for two
    currencies in one bill, and for a version with a problem.
    """
    segments = list(segments_of(versions, first, after))
    currencies = {segment.version.currency for segment in segments}
    if len(currencies) > 1:
        raise CannotBill(f"The tariff changes its currency ({', '.join(sorted(currencies))}); bill each part alone.")
    for version in {id(segment.version): segment.version for segment in segments}.values():
        if problems := version.problems():
            raise CannotBill(f"{version.name} from {version.valid_from:%-d %B %Y} cannot be billed. {problems[0]}")
    lines = [line for segment in segments for line in _lines(pieces, segment, first, after, zone)]
    within = pieces.on_days(first, after)
    energy = float(pieces.kwh[within].sum())
    priced = np.zeros(len(within), dtype=bool)
    for segment in segments:
        priced |= pieces.on_days(segment.first, segment.after)
    left = kwh_of(float(pieces.kwh[within & ~priced].sum()))
    notes = [f"No tariff was in force for {left:.3f} kWh; they are not priced."] if left else []
    return Bill(
        first,
        after,
        next(iter(currencies), ""),
        lines,
        kwh_of(energy),
        left,
        measured=min(float(pieces.length_s[within].sum()) / elapsed_s, 1.0) if elapsed_s > 0 else 0.0,
        estimated=float(pieces.kwh[within & pieces.estimated].sum()) / energy if energy else 0.0,
        notes=notes,
    )


def needed_from(versions: Sequence[Version], first: date, after: date) -> date:
    """The first local day whose readings a bill needs: the month's first, or a ratchet's earliest month."""
    month = month_of(first)
    months = [d.ratchet_months for s in segments_of(versions, first, after) for d in s.version.demands if d.ratchet_pct]
    for _ in range(max(months, default=0)):
        month = month_of(month - timedelta(days=1))
    return month


def segments_of(versions: Sequence[Version], first: date, after: date) -> Iterator[Segment]:
    """The period cut at months and at new versions; days before the first version are in none."""
    changes = {version.valid_from for version in versions if first < version.valid_from < after}
    month = month_after(month_of(first))
    while month < after:
        changes.add(month)
        month = month_after(month)
    for begins, ends in pairwise(sorted({first, after, *changes})):
        version = next((one for one in reversed(versions) if one.valid_from <= begins), None)
        if version is not None:
            yield Segment(month_of(begins), begins, ends, version)


def _lines(pieces: Pieces, segment: Segment, first: date, after: date, zone: str) -> list[Line]:
    version, chosen = segment.version, pieces.on_days(segment.first, segment.after)
    in_month = (max(first, segment.month), min(after, month_after(segment.month)))
    charges = [
        *_by_window(pieces, segment, chosen),
        *_by_slab(pieces, segment, chosen),
        *(_fixed(fixed, segment) for fixed in version.fixed),
        *demand_lines(pieces, version, month=segment.month, part=in_month, share=segment.month_share, zone=zone),
    ]
    energy, taxes = kwh_of(float(pieces.kwh[chosen].sum())), list[Line]()
    for tax in version.taxes:
        taxes.append(_tax(tax, charges, taxes, energy, segment))
    return [*charges, *taxes]


def _by_window(pieces: Pieces, segment: Segment, chosen: Mask) -> Iterator[Line]:
    left = chosen.copy()
    for rate in segment.version.rates:
        hit = left & rate.window.holds(pieces.local, heeds_holidays=segment.version.heeds_holidays)
        left &= ~hit
        if hit.any():
            yield _energy_line(segment, rate.name, kwh_of(float(pieces.kwh[hit].sum())), rate.per_kwh)


def _by_slab(pieces: Pieces, segment: Segment, chosen: Mask) -> Iterator[Line]:
    slabs = sorted(segment.version.slabs, key=lambda slab: slab.from_kwh)
    before = kwh_of(float(pieces.kwh[pieces.on_days(segment.month, segment.first)].sum()))
    until = before + kwh_of(float(pieces.kwh[chosen].sum()))
    for slab, upper in zip(slabs, [*(slab.from_kwh for slab in slabs[1:]), None], strict=False):
        top = until if upper is None else min(until, upper)
        part = top - max(before, slab.from_kwh)
        if part > 0:
            yield _energy_line(segment, slab.name, part, slab.per_kwh)


def _energy_line(segment: Segment, name: str, kwh: Decimal, rate: Decimal) -> Line:
    version = segment.version
    amount = rounded(kwh * rate, version.currency)
    return Line("energy", name, kwh, "kWh", rate, amount, version.valid_from, segment.month)


def _fixed(fixed: Fixed, segment: Segment) -> Line:
    version = segment.version
    if fixed.per == "day":
        quantity, unit = Decimal((segment.after - segment.first).days), "day"
    elif fixed.per == "month":
        quantity, unit = segment.month_share, "month"
    else:
        quantity, unit = (version.sanctioned_load_kw or Decimal(0)) * segment.month_share, "kW·month"
    amount = rounded(quantity * fixed.amount, version.currency)
    return Line("fixed", fixed.name, quantity, unit, fixed.amount, amount, version.valid_from, segment.month)


def _tax(tax: Tax, charges: list[Line], taxes: list[Line], energy_kwh: Decimal, segment: Segment) -> Line:
    version = segment.version
    if tax.per_kwh:
        amount = rounded(energy_kwh * tax.per_kwh, version.currency)
        return Line("tax", tax.name, energy_kwh, "kWh", tax.per_kwh, amount, version.valid_from, segment.month)
    base = [line for line in charges if tax.base != "energy" or line.kind == "energy"]
    base += taxes if tax.base == "all" else []
    sum_of = sum((line.amount for line in base), Decimal(0))
    amount = rounded(sum_of * tax.percent / HUNDRED, version.currency)
    return Line("tax", tax.name, sum_of, version.currency, tax.percent, amount, version.valid_from, segment.month, "%")
