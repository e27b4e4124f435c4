"""What Chrome's log says of a page's requests, and how long a portal asks us to stay away."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scraping.domain.network_log import NetworkLog, retry_after
from scraping.domain.piercing import inside, path_of
from scraping.page_scripts.watching import NetworkWatch

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://portal.example/api?token=abc&day=1"


def entry(method: str, **params: Any) -> dict[str, Any]:
    return {"message": json.dumps({"message": {"method": method, "params": params}})}


def asked(number: str = "1", *, url: str = URL, kind: str = "XHR", at: float = 10.0, **more: Any) -> dict[str, Any]:
    request = {"method": "GET", "url": url}
    told = {"requestId": number, "request": request, "type": kind, "timestamp": at, "wallTime": NOW.timestamp() + at}
    return entry("Network.requestWillBeSent", **told, **more)


def answered(number: str = "1", *, status: int = 200, kind: str = "application/json", **headers: str) -> dict[str, Any]:
    response = {"status": status, "mimeType": kind, "headers": headers}
    return entry("Network.responseReceived", requestId=number, response=response)


def ended(number: str = "1", *, at: float = 10.25, size: int = 99) -> dict[str, Any]:
    return entry("Network.loadingFinished", requestId=number, timestamp=at, encodedDataLength=size)


def test_an_answer_is_handed_out_once_it_is_whole() -> None:
    log = NetworkLog()
    assert log.take([asked(), answered()]) == []
    assert log.is_waiting(since=NOW)
    (whole,) = log.take([ended()])
    assert (whole.url, whole.kind, whole.status, whole.size, whole.ms) == (URL, "xhr", 200, 99, 250)
    assert not log.is_waiting(since=NOW)
    assert log.take([ended()]) == []


@pytest.mark.parametrize(
    ("kind", "mime"), [("Image", "image/png"), ("XHR", "image/png"), ("Script", "text/javascript")]
)
def test_pictures_and_scripts_are_noted_and_not_kept(kind: str, mime: str) -> None:
    log = NetworkLog()
    assert log.take([asked(kind=kind), answered(kind=mime), ended()]) == []
    assert len(log.notes()) == 1


def test_notes_hold_no_secret_and_stand_in_order() -> None:
    log = NetworkLog()
    log.take([asked("2", at=20.0), asked("1", at=10.0), answered("1"), ended("1")])
    first, second = log.notes()
    assert first.url == "https://portal.example/api?day=1"
    assert (first.status, second.status) == (200, 0)


def test_each_step_of_a_redirect_is_a_request() -> None:
    log = NetworkLog()
    there = {"status": 302, "mimeType": "", "headers": {}}
    log.take([asked(), asked(url="https://portal.example/in", redirectResponse=there), answered(), ended()])
    assert [(note.status, note.url.rpartition("/")[2]) for note in log.notes()] == [(302, "api?day=1"), (200, "in")]


def test_a_request_that_broke_off_is_none_that_is_waited_for() -> None:
    log = NetworkLog()
    log.take([asked(), entry("Network.loadingFailed", requestId="1", timestamp=11.0)])
    assert not log.is_waiting(since=NOW)
    assert log.notes()[0].status == 0


WAITS = {"120": 120, " 0 ": 0, "Mon, 01 Jun 2026 12:05:00 GMT": 300}


@pytest.mark.parametrize("said", WAITS)
def test_retry_after_is_seconds_or_a_date(said: str) -> None:
    assert retry_after({"retry-after": said}, now=NOW) == timedelta(seconds=WAITS[said])


@pytest.mark.parametrize("said", ["", "soon", "Mon, 01 Jun 2026 11:00:00 GMT", "-5"])
def test_what_is_no_wait_is_none(said: str) -> None:
    assert retry_after({"Retry-After": said}, now=NOW) is None


def test_bodies_are_taken_without_typed_secrets_but_with_their_digits() -> None:
    watch = NetworkWatch(["pass-word-9", "123456"])
    body = '{"said": "pass-word-9", "value": 0.123456}'
    watch.drain([asked(), answered(), ended()], lambda _: {"body": body, "base64Encoded": False}, NOW)
    (response,) = watch.responses()
    assert response.body == b'{"said": "[removed]", "value": 0.123456}'
    assert watch.responses() == []


def test_a_body_that_went_with_its_page_is_left_out() -> None:
    watch = NetworkWatch([])
    watch.drain([asked(), answered(), ended()], lambda _: None, NOW)
    assert watch.responses() == []


def test_a_selector_is_taken_apart_into_its_steps() -> None:
    path = path_of("iframe#data >>> my-grid >>> tr")
    assert (path.hosts, path.last, path.deep) == (("iframe#data", "my-grid"), "tr", False)
    assert path_of(">>> table").deep
    assert inside("#f", "p") == "#f >>> p"
    with pytest.raises(ValueError, match="empty step"):
        path_of("a >>> >>> b")
