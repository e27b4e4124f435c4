"""The worked example of docs/how-to/tariffs.md, read off the page and billed out of the database."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd

from meters.domain.tariff import Fixed, Slab, Tax, Version
from meters.models import Meter, Source
from meters.selectors import bill
from meters.services import save_tariff, store_readings

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "tariffs.md").read_text(encoding="utf-8")
D = Decimal


def written() -> tuple[Version, dict[str, Decimal]]:
    """The tariff of the indented lines, and the amounts of the table."""
    slabs = re.search(r"slabs:(.*)", PAGE)
    assert slabs
    steps = [(D(start), D(price)) for start, price in re.findall(r"(\d+) kWh (\d+\.\d+)", slabs[1])]
    table = {
        name.strip("* "): D(value.strip("* "))
        for name, value in re.findall(r"\| ([^|]+) \|[^|]*\| (\S+\d\S*) \|", PAGE)
    }
    names = ("to 100", "to 300", "above 300")
    load = re.search(r"sanctioned load: (\d+) kW", PAGE)
    fixed = re.search(r"fixed:\s+(\d+) for each kW", PAGE)
    taxes = re.search(r"Wheeling (\d+\.\d+) per kWh;\s+Duty (\d+) %", PAGE)
    assert load
    assert fixed
    assert taxes
    version = Version(
        "LT I(B)",
        date(2025, 4, 1),
        "INR",
        slabs=tuple(Slab(name, start, price) for name, (start, price) in zip(names, steps, strict=True)),
        fixed=(Fixed("Fixed", D(fixed[1]), "kw_month"),),
        taxes=(Tax("Wheeling", per_kwh=D(taxes[1])), Tax("Duty", percent=D(taxes[2]), base="all")),
        sanctioned_load_kw=D(load[1]),
    )
    return version, table


def test_the_example_of_the_page_is_the_bill_to_the_coin(indian_meter: Meter, source: Source) -> None:
    version, table = written()
    starts = pd.date_range("2025-05-31", "2025-07-01", freq="h", tz="UTC", inclusive="left")
    frame = pd.DataFrame({"start_at": starts, "interval_s": 3600, "power_kw": 0.5})
    now = datetime(2026, 1, 1, tzinfo=UTC)
    store_readings(meter=indian_meter, readings=frame, source=source, now=now)
    save_tariff(site=indian_meter.site, version=version)
    made = bill(meter=indian_meter, start=date(2025, 6, 1), end=date(2025, 7, 1), now=now)
    assert made is not None
    assert made.measured == 1.0
    assert {line.name: line.amount for line in made.lines} | {"Total": made.total} == table
    assert made.total == D("4521.91")
