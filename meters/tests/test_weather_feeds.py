"""Weather from a provider: asked on loopback, kept with its issue time, and a failure is a sentence."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from meters.domain.weather import WeatherError
from meters.models import Site, WeatherFeed, WeatherForecast, WeatherObservation
from meters.selectors import weather_state
from meters.services import enqueue_due_fetches, ensure_site, fetch_weather, save_weather_feed
from twin_project.kit.jobs.models import Job
from twin_project.kit.web import Web

NOW = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Stub:
    """Open-Meteo on loopback: hours with the hour of the day as temperature; it can be told to fail."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.failures: list[tuple[int, bytes]] = []
        self.offset = 0.0
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                stub.asked.append((parts.path, query))
                status, body = stub.failures.pop(0) if stub.failures else (200, stub.body(parts.path, query))
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://169.254.169.254/latest/meta-data")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def params(self) -> dict[str, str]:
        base = f"http://127.0.0.1:{self.server.server_port}"
        return {"forecast_url": f"{base}/forecast", "archive_url": f"{base}/archive"}

    def body(self, path: str, query: dict[str, str]) -> bytes:
        if path == "/archive":
            first = datetime.fromisoformat(query["start_date"]).replace(tzinfo=UTC)
            after = datetime.fromisoformat(query["end_date"]).replace(tzinfo=UTC) + timedelta(days=1)
        else:
            midnight = NOW.replace(hour=0, minute=0)
            first = midnight - timedelta(days=int(query["past_days"]))
            after = midnight + timedelta(days=int(query["forecast_days"]))
        hours = [first + n * HOUR for n in range(int((after - first) / HOUR))]
        late = path == "/archive" and first.year == NOW.year  # the reanalysis lacks its last days
        warm: list[float | None] = [at.hour + self.offset for at in hours]
        if late:
            warm = [None if at > NOW - timedelta(days=5) else value for at, value in zip(hours, warm, strict=True)]
        table = {
            "time": [int(at.timestamp()) for at in hours],
            "temperature_2m": warm,
            "relative_humidity_2m": [50] * len(hours),
            "shortwave_radiation": [at.hour * 10.0 for at in hours],
            "wind_speed_10m": [3.5] * len(hours),
        }
        return json.dumps({"hourly": table}).encode()


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.server.shutdown()
    server.server.server_close()
    server.thread.join()


@pytest.fixture
def feed(site: Site, stub: Stub, settings: Any) -> WeatherFeed:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    return save_weather_feed(site=site, provider="open_meteo", params=stub.params, now=NOW)


@pytest.fixture
def web(tmp_path: Path) -> Web:
    return Web(tmp_path, allow_private=True, timeout_s=2, backoff_s=0.01)


def test_a_fetch_keeps_what_was_and_what_is_forecast_with_its_time_of_issue(
    feed: WeatherFeed, web: Web, stub: Stub
) -> None:
    report = fetch_weather(feed=feed, now=NOW, web=web)
    assert (report.observations.refused, report.forecasts.refused) == ([], [])
    last = WeatherObservation.objects.latest("start_at")
    assert (last.start_at, last.temperature_c) == (datetime(2026, 6, 1, 11, tzinfo=UTC), 11.0)
    assert set(WeatherForecast.objects.values_list("issued_at", flat=True)) == {NOW}
    first = WeatherForecast.objects.earliest("start_at")
    assert first.start_at == datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert (first.relative_humidity_pct, first.wind_speed_ms) == (50.0, 3.5)
    feed.refresh_from_db()
    assert (feed.failures, feed.problem, feed.next_fetch_at) == (0, "", NOW + timedelta(hours=6))
    assert {query["wind_speed_unit"] for _, query in stub.asked} == {"ms"}


def test_irradiance_belongs_to_the_hour_before_its_stamp(feed: WeatherFeed, web: Web) -> None:
    fetch_weather(feed=feed, now=NOW, web=web)
    ten = WeatherObservation.objects.get(start_at=datetime(2026, 5, 30, 10, tzinfo=UTC))
    assert (ten.temperature_c, ten.irradiance_w_m2) == (10.0, 110.0)


def test_the_same_fetch_again_writes_nothing_and_a_later_one_adds_a_vintage(
    feed: WeatherFeed, web: Web, stub: Stub
) -> None:
    fetch_weather(feed=feed, now=NOW, web=web)
    asked = len(stub.asked)
    again = fetch_weather(feed=feed, now=NOW + timedelta(minutes=10), web=web)
    kept = [query for path, query in stub.asked[asked:] if path == "/forecast"]
    assert kept == []  # asked ten minutes ago: the answer is kept
    assert (again.observations.new, again.observations.changed, again.forecasts.new) == (0, 0, 0)
    stub.offset = 1.0
    later = fetch_weather(feed=feed, now=NOW + timedelta(hours=6), web=web)
    assert later.forecasts.new > 100
    state = weather_state(feed.site)
    assert [vintage.issued_at for vintage in state.vintages] == [NOW + timedelta(hours=6), NOW]
    assert "Open-Meteo" in state.credit


@pytest.mark.parametrize(
    ("failures", "said", "hours"),
    [
        ([(503, b"busy")] * 4, "answered with an error (503)", 0.25),
        ([(400, b'{"error": true, "reason": "Latitude must be in range"}')], "Latitude must be", 24),
        ([(200, b"<html>")], "not JSON", 0.25),
        ([(200, b'{"hourly": {"time": [1]}}')], "shape that is not understood", 24),
        ([(302, b"")], "not followed", 24),
        ([(429, b"{}")] * 4, "asks for fewer visits", 0.25),
    ],
)
def test_a_failing_provider_is_a_sentence_with_the_next_try(
    feed: WeatherFeed, web: Web, stub: Stub, *, failures: list[tuple[int, bytes]], said: str, hours: float
) -> None:
    stub.failures = list(failures)
    with pytest.raises(WeatherError):
        fetch_weather(feed=feed, now=NOW, web=web)
    feed.refresh_from_db()
    assert said in feed.problem
    assert (feed.failures, feed.next_fetch_at) == (1, NOW + hours * HOUR)
    assert not WeatherObservation.objects.exists()
    assert not any("169.254" in path for path, _ in stub.asked)


def test_an_error_that_passes_is_tried_again_at_once(feed: WeatherFeed, web: Web, stub: Stub) -> None:
    stub.failures = [(500, b""), (502, b"")]
    assert fetch_weather(feed=feed, now=NOW, web=web).observations.new > 0


def test_without_a_network_the_delay_grows(feed: WeatherFeed, web: Web, stub: Stub) -> None:
    stub.server.shutdown()
    stub.server.server_close()
    for wait in (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24)):
        with pytest.raises(WeatherError, match="could not be reached"):
            fetch_weather(feed=feed, now=NOW, web=web)
        feed.refresh_from_db()
        assert feed.next_fetch_at == NOW + wait


def test_a_site_without_coordinates_is_told_what_to_do(stub: Stub, web: Web, settings: Any, db: None) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    bare = ensure_site(name="Nowhere", zone="Asia/Kolkata")
    made = save_weather_feed(site=bare, provider="open_meteo", params=stub.params, now=NOW)
    with pytest.raises(WeatherError, match="no coordinates") as caught:
        fetch_weather(feed=made, now=NOW, web=web)
    assert "latitude" in caught.value.advice
    assert stub.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x",
        "http://10.0.0.1/x",
        "http://[::1]/x",
        "http://[::ffff:192.168.0.1]/x",
        "http://100.64.1.1/x",
        "http://169.254.169.254/x",
        "ftp://93.184.215.14/x",
        "http://user:pw@93.184.215.14/",
        "no address",
    ],
)
def test_addresses_inside_the_house_are_refused_when_saved_and_when_fetched(site: Site, web: Web, address: str) -> None:
    params = {"forecast_url": address}
    with pytest.raises(ValidationError):
        save_weather_feed(site=site, provider="open_meteo", params=params, now=NOW)
    assert not WeatherFeed.objects.exists()
    slipped = WeatherFeed.objects.create(site=site, provider="open_meteo", params=params)
    with pytest.raises(WeatherError):
        fetch_weather(feed=slipped, now=NOW, web=Web(web.keep_in, timeout_s=2, backoff_s=0.01))


def test_a_parameter_that_the_provider_does_not_know_is_refused(site: Site) -> None:
    with pytest.raises(ValidationError, match="is unknown"):
        save_weather_feed(site=site, provider="open_meteo", params={"colour": "red"}, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_feed_that_is_due_becomes_one_job(feed: WeatherFeed) -> None:
    assert enqueue_due_fetches(now=NOW - timedelta(minutes=1)) == 0
    assert enqueue_due_fetches(now=NOW) == 1
    enqueue_due_fetches(now=NOW)
    assert Job.objects.filter(kind="fetch_weather").count() == 1


def test_the_command_reads_a_file_with_vintages_and_refuses_a_bad_one(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "station.csv"
    good.write_text("timestamp,temperature_c,issued_at\n2026-05-01 00:00,9.5,2026-04-30 18:00\n2026-05-01 01:00,,\n")
    with pytest.raises(CommandError, match="column issued_at"):
        call_command("fetch_weather", site=site.slug, file=good)
    good.write_text("timestamp,temperature_c\n2026-03-29 01:30,9.5\n2026-03-29 03:30,8\n2026-05-01T00:00,7\n")
    call_command("fetch_weather", site=site.slug, file=good, json=True)
    assert json.loads(capsys.readouterr().out)["new"] == 3
    hours = [at.hour for at in WeatherObservation.objects.order_by("start_at").values_list("start_at", flat=True)]
    assert hours == [0, 1, 22]
    bad = tmp_path / "bad.csv"
    bad.write_text("timestamp,temperature_c\n2026-03-29 02:30,9.5\n")
    with pytest.raises(CommandError, match="does not exist in Europe/Paris"):
        call_command("fetch_weather", site=site.slug, file=bad)
    bad.write_text("timestamp,temperature_c\n2026-03-29 01:30,999\n")
    with pytest.raises(CommandError, match=r"no number between -90 and 60: row 2: '999'.*Nothing was stored"):
        call_command("fetch_weather", site=site.slug, file=bad)


def test_the_command_says_how_to_choose_a_provider(site: Site) -> None:
    with pytest.raises(CommandError, match="--provider open_meteo"):
        call_command("fetch_weather")


def test_the_file_provider_reads_only_its_own_folder(
    site: Site, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from meters.weather_providers import weather_file

    monkeypatch.setattr(weather_file, "FOLDER", tmp_path / "weather")
    (tmp_path / "weather").mkdir()
    (tmp_path / "secret.csv").write_text("timestamp,temperature_c\n2026-05-01T00:00Z,1\n")
    made = save_weather_feed(site=site, provider="weather_file", params={"name": "../secret.csv"}, now=NOW)
    with pytest.raises(WeatherError, match="There is no file"):
        fetch_weather(feed=made, now=NOW, web=web)
    (tmp_path / "weather" / "secret.csv").write_text("timestamp,temperature_c\n2026-05-01T00:00Z,1\n")
    assert fetch_weather(feed=made, now=NOW, web=web).observations.new == 1
