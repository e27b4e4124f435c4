"""Figures, times and spans as a person reads them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from twin_project.templatetags.twin import clock, local, num, quantity, share, since, span

MOMENT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234567.891, 1, "1 234 567.9"), (-0.5, 1, "−0.5"), (None, 2, "–"), (float("nan"), 0, "–"), (0, 0, "0")],
)
def test_figures_have_thin_spaces_and_a_dash_where_nothing_is_known(value: float, digits: int, text: str) -> None:
    assert num(value, digits).replace("\u2009", " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4, "4 s"), (250, "4 min"), (12_000, "3 h 20 min"), (7200, "2 h"), (187_200, "2 d 4 h"), (-3, "0 s"), (None, "–")],
)
def test_spans_have_the_two_words_a_person_needs(seconds: float | None, text: str) -> None:
    assert span(seconds).replace("\u2009", " ") == text


def test_a_moment_is_shown_on_the_clock_of_the_site() -> None:
    assert ">Sun 25 Oct, 02:30<" in local(MOMENT, "Europe/Paris")
    assert ">Sun 25 Oct, 06:00<" in local(MOMENT, ZoneInfo("Asia/Kolkata"))
    assert 'datetime="2026-10-25T00:30:00+00:00"' in local(MOMENT, "Europe/Paris")
    assert ">02:30:00<" in clock(MOMENT, "Europe/Paris")


def test_age_and_shares_read_as_words() -> None:
    assert since(MOMENT, datetime(2026, 10, 25, 0, 34, tzinfo=UTC)) == "4\u2009min"
    assert share(0.914) == "91\u2009%"


def test_a_unit_is_escaped_and_set_apart_from_its_figure() -> None:
    assert str(quantity(3.14159, "<V>", 2)) == (
        '<span class="quantity">3.14<span class="unit">\u2009&lt;V&gt;</span></span>'
    )
