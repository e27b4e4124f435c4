"""The contract of every portal plug-in: recorded documents in, expected readings out, and a word for what is lost.

A new plug-in needs no line here: a folder `recordings/<key>/` with NAME.csv (the document's bytes) and NAME.json (the
document's facts and what is expected) is enough.
"""

import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
import time_machine

from scraping.domain.contract import Browser, Credentials, Document, Download, Portal, PortalParams, Window
from scraping.domain.errors import LayoutChanged
from scraping.registry import portals

RECORDINGS = Path(__file__).parent / "recordings"
KEYS = portals.keys()
CASES = [(key, path.stem) for key in KEYS for path in sorted((RECORDINGS / key).glob("*.json"))]
every_recording = pytest.mark.parametrize(("key", "name"), CASES)
every_portal = pytest.mark.parametrize("key", KEYS)


def recorded(key: str, name: str) -> tuple[Document, dict[str, Any]]:
    about = json.loads((RECORDINGS / key / f"{name}.json").read_text())
    facts = about["document"]
    window = Window(datetime.fromisoformat(facts["window_start"]), datetime.fromisoformat(facts["window_end"]))
    document = Document(
        portal=key,
        meter_reference=facts["meter_reference"],
        window=window,
        content_type=facts["content_type"],
        body=(RECORDINGS / key / f"{name}.csv").read_bytes(),
        fetched_at=datetime.fromisoformat(facts["fetched_at"]),
        url=facts["url"],
        claimed_rows=facts["claimed_rows"],
    )
    return document, about["expected"]


def portal(key: str) -> Portal:
    return portals.get(key)()


@dataclass
class Sheet:
    """A recorded CSV, taken apart: the lines before the header, the header, the rows."""

    before: list[str]
    header: list[str]
    rows: list[list[str]]

    @classmethod
    def of(cls, body: bytes) -> "Sheet":
        lines = body.decode().splitlines()
        at = next(n for n, line in enumerate(lines) if not line.startswith("#"))
        return cls(lines[:at], lines[at].split(","), [line.split(",") for line in lines[at + 1 :]])

    def body(self) -> bytes:
        table = [",".join(cells) for cells in (self.header, *self.rows)]
        return "\r\n".join([*self.before, *table, ""]).encode()

    def without(self, column: int) -> bytes:
        rows = [cells[:column] + cells[column + 1 :] for cells in self.rows]
        return Sheet(self.before, self.header[:column] + self.header[column + 1 :], rows).body()

    def renamed(self, column: int) -> bytes:
        header = [f"New {name}" if n == column else name for n, name in enumerate(self.header)]
        return Sheet(self.before, header, self.rows).body()


@every_portal
def test_a_portal_has_a_title_a_summary_and_parameters(key: str) -> None:
    plugin = portals.get(key)
    assert plugin.title
    assert plugin.summary
    assert issubclass(plugin.Params, PortalParams)
    assert plugin().params.base_url


@every_portal
def test_a_portal_has_recordings_of_both_clock_changes(key: str) -> None:
    hours = {
        document.window.end - document.window.start for document, _ in (recorded(*c) for c in CASES if c[0] == key)
    }
    odd = {span.total_seconds() // 3600 % 24 for span in hours}
    assert {1.0, 23.0} <= odd


@every_recording
def test_a_recorded_document_gives_the_expected_readings(key: str, name: str) -> None:
    document, expected = recorded(key, name)
    parsed = portal(key).parse(document)
    frame = parsed.frame
    assert parsed.meter_reference == document.meter_reference
    assert len(frame) == expected["rows"]
    assert frame["start_at"].iloc[0] == pd.Timestamp(expected["first_start_at"])
    assert frame["start_at"].iloc[-1] == pd.Timestamp(expected["last_start_at"])
    assert set(frame["interval_s"]) == {expected["interval_s"]}
    assert frame["start_at"].between(document.window.start, document.window.end, inclusive="left").all()
    for quantity, total in expected["sums"].items():
        assert frame[quantity].sum() == pytest.approx(total), quantity
        assert frame[quantity].isna().sum() == expected["missing"][quantity], quantity


@every_recording
def test_parsing_is_pure(key: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    document, _ = recorded(key, name)
    monkeypatch.setattr(socket, "socket", None)
    with time_machine.travel(datetime(2001, 1, 1, tzinfo=UTC), tick=False):
        once = portal(key).parse(document).frame
    same = portal(key)
    again = [same.parse(document).frame for _ in range(2)][-1]
    pd.testing.assert_frame_equal(once, again)
    assert document == recorded(key, name)[0]


@every_recording
def test_a_missing_or_renamed_column_is_named(key: str, name: str) -> None:
    document, _ = recorded(key, name)
    sheet = Sheet.of(document.body)
    for column, heading in enumerate(sheet.header):
        for body in (sheet.without(column), sheet.renamed(column)):
            with pytest.raises(LayoutChanged) as caught:
                portal(key).parse(replace(document, body=body))
            assert heading in str(caught.value)


LOST = {
    "nothing": b"",
    "a page": b"<!doctype html><title>Sign in</title>",
    "bytes": bytes(range(256)),
    "only line ends": b"\r\n\r\n",
}


@every_recording
@pytest.mark.parametrize("lost", LOST)
def test_what_is_no_table_is_never_an_empty_list(key: str, name: str, lost: str) -> None:
    document, _ = recorded(key, name)
    for claimed in (None, document.claimed_rows):
        with pytest.raises(LayoutChanged):
            portal(key).parse(replace(document, body=LOST[lost], claimed_rows=claimed))


@every_recording
def test_a_header_without_rows_is_an_empty_period_only_where_the_page_said_so(key: str, name: str) -> None:
    document, _ = recorded(key, name)
    sheet = Sheet.of(document.body)
    empty = replace(document, body=Sheet(sheet.before, sheet.header, []).body())
    with pytest.raises(LayoutChanged):
        portal(key).parse(replace(empty, claimed_rows=None))
    assert len(portal(key).parse(replace(empty, claimed_rows=0)).frame) == 0


@every_recording
def test_a_file_shorter_than_the_page_announced_is_refused(key: str, name: str) -> None:
    document, _ = recorded(key, name)
    sheet = Sheet.of(document.body)
    short = Sheet(sheet.before, sheet.header, sheet.rows[:40]).body()
    with pytest.raises(LayoutChanged, match=str(document.claimed_rows)):
        portal(key).parse(replace(document, body=short))


@every_recording
def test_a_word_in_the_place_of_a_number_is_refused(key: str, name: str) -> None:
    document, _ = recorded(key, name)
    sheet = Sheet.of(document.body)
    for column in range(len(sheet.header)):
        rows = [list(cells) for cells in sheet.rows]
        rows[3][column] = "oops"
        with pytest.raises(LayoutChanged):
            portal(key).parse(replace(document, body=Sheet(sheet.before, sheet.header, rows).body()))


class RecordingBrowser:
    """Finds whatever it is asked for and notes each call; no browser behind it."""

    current_url = "http://portal.example/"

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[object, ...], dict[str, object]]] = []

    def __getattribute__(self, name: str) -> Any:
        if name in {"calls", "current_url", "__class__"}:
            return object.__getattribute__(self, name)

        def note(*arguments: object, **named: object) -> object:
            self.calls.append((name, arguments, named))
            return ANSWERS.get(name, lambda *_: None)(*arguments)

        return note


ANSWERS: dict[str, Any] = {
    "wait_for": lambda *selectors: selectors[0],
    "exists": lambda _: False,
    "text": lambda _: "",
    "download": lambda _: Download("file.csv", b""),
    "redact": lambda text: text,
}


@pytest.fixture
def all_logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


@every_portal
def test_the_password_goes_into_one_secret_field_and_nowhere_else(
    key: str, all_logs: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    credentials = Credentials("someone", "pass-word-9")
    browser = RecordingBrowser()
    visit = portal(key)
    visit.log_in(cast("Browser", browser), credentials)
    told = [(name, args, named) for name, args, named in browser.calls if "pass-word-9" in repr((args, named))]
    assert [(name, named) for name, _, named in told] == [("fill", {"secret": True})]
    assert "pass-word-9" not in repr(credentials) + repr(visit) + all_logs.text + "".join(capfd.readouterr())
