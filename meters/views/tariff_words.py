"""A tariff in words, and a bill in rows, for a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from meters.domain.bills import KINDS, Bill, Kind, Line
from meters.domain.tariff import Demand, Version, digits_of
from meters.domain.windows import EVERY_DAY, Window

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FIXED = {"day": "a day", "month": "a month", "kw_month": "a month and kW of sanctioned load"}
BASES = {"charges": "of all charges", "energy": "of the energy charges", "all": "of all above it"}
THIN = "\u2009"


@dataclass(frozen=True)
class Part:
    """One part of a tariff: what it is called, what it costs, when it holds."""

    name: str
    price: str
    when: str


@dataclass(frozen=True)
class Row:
    """One row of a bill; `subtotal` rows sum a kind."""

    name: str
    quantity: Decimal | None
    unit: str
    rate: str
    amount: Decimal
    detail: str = ""
    subtotal: bool = False
    digits: int = 3


def parts_of(version: Version) -> Iterator[Part]:
    """Every part in words."""
    money = version.currency
    for n, rate in enumerate(version.rates):
        rest = n and rate.window == Window()
        words = "all other times" if rest else when(rate.window)
        yield Part(rate.name, f"{plain(rate.per_kwh)}{THIN}{money}/kWh", words)
    uppers = [*(slab.from_kwh for slab in version.slabs[1:]), None]
    for slab, upper in zip(version.slabs, uppers, strict=False):
        span = f"above {plain(slab.from_kwh)}{THIN}kWh"
        if upper is not None:
            span = f"{plain(slab.from_kwh)} to {plain(upper)}{THIN}kWh"
        yield Part(slab.name, f"{plain(slab.per_kwh)}{THIN}{money}/kWh", f"{span} of the month")
    for fixed in version.fixed:
        yield Part(fixed.name, f"{plain(fixed.amount)}{THIN}{money}", FIXED[fixed.per])
    for demand in version.demands:
        yield Part(demand.name, f"{plain(demand.per_kw)}{THIN}{money}/kW", _demand_when(demand))
    for tax in version.taxes:
        if tax.per_kwh:
            yield Part(tax.name, f"{plain(tax.per_kwh)}{THIN}{money}/kWh", "on every kWh")
        else:
            yield Part(tax.name, f"{plain(tax.percent)}{THIN}%", BASES[tax.base])


def _demand_when(demand: Demand) -> str:
    words = [f"highest {demand.interval_minutes}{THIN}min of the month"]
    if demand.window != Window():
        words.append(when(demand.window))
    if demand.ratchet_pct:
        words.append(f"at least {plain(demand.ratchet_pct)}{THIN}% of the {demand.ratchet_months} months before")
    if demand.least_pct:
        words.append(f"at least {plain(demand.least_pct)}{THIN}% of the sanctioned load")
    return ", ".join(words)


def when(window: Window) -> str:
    """Days, hours and season of a window."""
    words = [_days(window.days)]
    if window.begins != window.ends:
        words.append(f"{window.begins:%H:%M} to {window.ends:%H:%M}")
    if window.season:
        first, last = (date(2024, *end) for end in window.season)
        words.append(f"{first:%-d %b} to {last:%-d %b}")
    return ", ".join(word for word in words if word) or "always"


def rows_of(bill: Bill) -> list[Row]:
    """The lines, those of one price together, with the sum of each kind below it."""
    rows, digits = list[Row](), digits_of(bill.currency)
    versions_n = len({line.valid_from for line in bill.lines})
    for kind, title in KINDS.items():
        merged = _merged(bill, kind)
        rows += [_row(line, bill.currency, versions_n > 1) for line in merged]
        if len(merged) > 1:
            rows.append(Row(title, None, "", "", bill.of(kind), subtotal=True, digits=digits))
    return rows


def _merged(bill: Bill, kind: Kind) -> list[Line]:
    """Months of one price are one line, but for peaks, which cannot be added."""
    found: dict[tuple[object, ...], Line] = {}
    for line in bill.lines:
        if line.kind != kind:
            continue
        key = (line.name, line.rate, line.unit, line.valid_from, line.month if kind == "demand" else None)
        before = found.get(key)
        if before is None:
            found[key] = line
            continue
        sums = (before.quantity + line.quantity, before.amount + line.amount)
        found[key] = Line(
            kind, line.name, sums[0], line.unit, line.rate, sums[1], line.valid_from, line.month, line.detail
        )
    return list(found.values())


def _row(line: Line, currency: str, tell_version: bool) -> Row:
    rate = f"{plain(line.rate)}{THIN}%" if line.detail == "%" else f"{plain(line.rate)}"
    details = [] if line.detail in ("", "%") else [line.detail]
    if tell_version:
        details.append(f"tariff of {line.valid_from:%-d %b %Y}")
    digits = digits_of(currency) if line.unit == currency else 3
    return Row(line.name, line.quantity, line.unit, rate, line.amount, ", ".join(details), digits=digits)


def plain(value: Decimal) -> str:
    """Without the zeros that the column's precision adds."""
    text = f"{value.normalize():f}"
    return text.replace("-", "\u2212")


def _days(days: str) -> str:
    if days in (EVERY_DAY, f"{EVERY_DAY}H"):
        return ""
    numbers = [int(sign) for sign in days if sign != "H"]
    runs = {(1, 2, 3, 4, 5): "Mon to Fri", (6, 7): "Sat and Sun"}
    words = [runs.get(tuple(numbers), ", ".join(DAYS[number - 1] for number in numbers))]
    if "H" in days:
        words.append("public holidays")
    return ", ".join(word for word in words if word)
