"""The date bar."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from twin_project.kit.periods import KINDS, Period, period_of, read_period

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 19)


def read(query: str) -> Period:
    return read_period(QueryDict(query).dict(), today=TODAY, zone=PARIS)


def test_without_a_word_the_bar_shows_the_week_of_today_from_monday() -> None:
    assert (read("").first, read("").last) == (date(2026, 11, 16), date(2026, 11, 22))


@pytest.mark.parametrize("kind", KINDS)
def test_the_address_of_a_period_leads_back_to_it(kind: str) -> None:
    given = "period=custom&from=2026-02-03&to=2026-02-09" if kind == "custom" else f"period={kind}&date=2026-02-05"
    period = read(given)
    assert period.kind == kind
    assert read(period.query) == period


@pytest.mark.parametrize("kind", KINDS)
def test_next_and_previous_meet_without_a_gap(kind: str) -> None:
    period = read("period=custom&from=2026-02-03&to=2026-02-09") if kind == "custom" else read(f"period={kind}")
    assert period.moved(1).start == period.end
    assert period.moved(1).moved(-1).first == period.first


def test_now_shows_three_days_back_and_until_the_day_after_tomorrow_wherever_the_bar_was() -> None:
    period = read("period=now&date=2020-01-01")
    assert (period.first, period.last) == (date(2026, 11, 16), date(2026, 11, 21))
    assert read("period=month&date=2025-06-01").as_kind("now", TODAY) == period


@pytest.mark.parametrize(
    "query",
    [
        "period=fortnight",
        "period=custom&from=2026-02-09&to=2026-02-03",
        "period=custom&from=x&to=",
        "date=31-12-2026",
        "date=9999-12-31",
        "period=custom&from=1999-01-01&to=2026-01-01",
    ],
)
def test_what_an_address_says_wrongly_is_taken_as_not_said(query: str) -> None:
    assert read(query) == read("")


def test_changing_the_width_stays_at_today_where_today_is_shown() -> None:
    assert read("period=month").as_kind("day", TODAY).first == TODAY
    assert read("period=month&date=2025-06-01").as_kind("day", TODAY).first == date(2025, 6, 1)


@pytest.mark.parametrize(
    ("period", "title"),
    [
        (period_of("day", TODAY, PARIS), "Thursday 19 November 2026"),
        (period_of("week", TODAY, PARIS), "16 to 22 November 2026"),
        (period_of("week", date(2026, 10, 1), PARIS), "28 Sep 2026 to 4 Oct 2026"),
        (period_of("month", TODAY, PARIS), "November 2026"),
        (period_of("year", TODAY, PARIS), "2026"),
    ],
)
def test_the_title_says_the_days_in_words(period: Period, title: str) -> None:
    assert period.title == title
