"""Windows, documents, readings and addresses."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraping.domain.contract import POLITE_PAUSE_S, Credentials, ParsedReadings, Window, public_url
from scraping.domain.errors import InvalidCredentials, PortalError
from scraping.portals.demo_utility import DemoUtility

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants them bare
ZONES = st.sampled_from(["Europe/Paris", "America/Chicago", "Asia/Kolkata"])


@given(start=MOMENTS, hours=st.integers(1, 3000), zone=ZONES, days=st.integers(1, 40))
def test_chunks_cover_the_window_without_overlap(start: datetime, hours: int, zone: str, days: int) -> None:
    window = Window(start, start + timedelta(hours=hours))
    chunks = list(window.chunks(zone, days=days))
    whole = [Window.of_local_days(first, last, zone) for first, last in chunks]
    assert whole[0].start <= window.start
    assert whole[-1].end >= window.end
    assert all(a.end == b.start for a, b in pairwise(whole))
    assert all((last - first).days < days for first, last in chunks)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)])
def test_a_local_day_is_as_long_as_the_clock_makes_it(day: date, hours: int) -> None:
    window = Window.of_local_days(day, day, "Europe/Paris")
    assert window.end - window.start == timedelta(hours=hours)
    assert window.local_days("Europe/Paris") == (day, day)


def test_a_window_is_aware_and_has_a_length() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="ends after it starts"):
        Window(now, now)
    with pytest.raises(ValueError, match="aware"):
        Window(now.replace(tzinfo=None), now)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://me:pw@power.example:8443/a?from=1&token=abc#x", "https://power.example:8443/a?from=1"),
        ("http://power.example/a?sessionid=1&api_key=2", "http://power.example/a"),
    ],
)
def test_a_public_address_has_no_secret(url: str, public: str) -> None:
    assert public_url(url) == public


def test_parsed_readings_refuse_what_the_contract_does_not_know() -> None:
    starts = pd.to_datetime(["2026-01-01T00:00Z", "2026-01-01T01:00Z"])
    good = pd.DataFrame({"start_at": starts, "interval_s": 3600, "energy_kwh": [1.0, None]})
    assert len(ParsedReadings("m", good).frame) == 2
    for bad, words in (
        (good.drop(columns="interval_s"), "interval_s"),
        (good.assign(colour="red"), "colour"),
        (good.iloc[::-1], "increasing"),
        (good.assign(start_at=starts.tz_localize(None)), "UTC"),
    ):
        with pytest.raises(ValueError, match=words):
            ParsedReadings("m", bad)


def test_a_password_is_in_no_repr() -> None:
    assert "hush" not in repr(Credentials("me", "hush"))


def test_an_error_says_what_happened_and_what_to_do() -> None:
    error = InvalidCredentials("The portal says: no.")
    assert isinstance(error, PortalError)
    assert str(error) == f"The portal says: no. {error.advice}"
    assert not error.retryable


@pytest.mark.parametrize(
    ("address", "pause_s"),
    [("http://127.0.0.1:8600/", 0.0), ("http://localhost/", 0.0), ("https://power.example/", POLITE_PAUSE_S)],
)
def test_only_a_portal_on_this_machine_is_visited_without_a_pause(address: str, pause_s: float) -> None:
    assert DemoUtility(DemoUtility.Params(base_url=address, pause_s=0)).pause_s == pause_s
