"""Properties of the guesses: whatever the numbers and days are, what was written is what is read."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraping.domain.discovery import numbers
from scraping.domain.discovery.stamps import stamps_of

FORMS = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
    "%d-%b-%Y %H:%M",
    "%d %B %Y, %H:%M",
    "%b %d, %Y %H:%M",
    "%Y%m%d%H%M",
    "%d.%m.%y %H:%M",
)
STEPS = (15, 30, 60)


@settings(max_examples=20, deadline=None)
@given(
    form=st.sampled_from(FORMS),
    first=st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - wall times
    step=st.sampled_from(STEPS),
)
def test_two_weeks_of_stamps_are_read_as_they_were_written(form: str, first: datetime, step: int) -> None:
    first = first.replace(minute=0, second=0, microsecond=0)
    walls = [first + timedelta(minutes=step * n) for n in range(14 * 1440 // step)]
    found = stamps_of([wall.strftime(form) for wall in walls])
    assert found is not None
    assert [wall.to_pydatetime() for wall in found.wall] == walls


@settings(max_examples=40, deadline=None)
@given(
    hundredths=st.lists(st.integers(0, 9_000_000), min_size=12, max_size=40),
    decimal=st.sampled_from(".,"),
    thousands=st.sampled_from(("", " ", "\u202f", "'", "x")),
    unit=st.sampled_from(("", " kWh", " W")),
)
def test_numbers_are_read_as_they_were_written(hundredths: list[int], decimal: str, thousands: str, unit: str) -> None:
    values = [whole / 100 for whole in hundredths]
    mark = {"x": "," if decimal == "." else "."}.get(thousands, thousands)
    written = [f"{value:,.2f}".replace(",", "#").replace(".", decimal).replace("#", mark) + unit for value in values]
    style = numbers.style_of(written)
    assert style is not None
    np.testing.assert_allclose(numbers.read(written, style), values, atol=1e-9)
    assert style.unit == unit.strip()


@pytest.mark.parametrize("cell", ["", "-", "n/a", "–", "k.A."])
def test_a_blank_is_missing_and_never_nought(cell: str) -> None:
    style = numbers.style_of(["1,5", "2,25", cell])
    assert style is not None
    assert np.isnan(numbers.read([cell], style)[0])


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (["1,234", "0,512", "2,100"], ","),
        (["1,234", "512", "2,100"], "."),
        (["1.234.567", "1.234.890"], ","),
        (["1 234,5", "999,5"], ","),
        (["12,34,567", "12,34,890"], "."),
    ],
)
def test_a_comma_is_told_from_a_mark_of_thousands(cells: list[str], decimal: str) -> None:
    style = numbers.style_of(cells)
    assert style is not None
    assert style.decimal == decimal


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["1764000000", "1764003600"], "epoch_s"),
        (["1764000000000", "1764003600000"], "epoch_ms"),
        (["Mo., 03.11.2026 14:15 Uhr", "Mo., 03.11.2026 14:30 Uhr"], "%d.%m.%Y %H:%M"),
        (["3 nov. 2026 à 14h15", "4 août 2026 à 14h15"], "%d %b %Y à %Hh%M"),
        (["2026-11-03T14:15:00+05:30"], "ISO"),
    ],
)
def test_odd_stamps_are_known_by_their_shape(cells: list[str], form: str) -> None:
    found = stamps_of(cells)
    assert found is not None
    assert found.form.value == form
    assert found.wall.notna().all()


@pytest.mark.parametrize("cells", [["hello", "world"], ["12.5", "13.25"], ["1", "2", "3"], ["99.99.2026"], [""]])
def test_what_is_no_stamp_is_not_read_as_one(cells: list[str]) -> None:
    assert stamps_of(cells) is None
