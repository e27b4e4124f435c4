"""Documents are kept before they are read, read again when they must be, and never lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from meters.models import Reading, WeatherObservation
from scraping.domain.contract import Document, MeterListing, Portal, Window
from scraping.domain.errors import LayoutChanged
from scraping.models import PortalAccount, PortalMeter, StoredDocument
from scraping.services import PluginFailed, keep_document, portal_of, read_document, read_pending
from scraping.services.sources import link_meter
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import Notes, sheet

DAY = timedelta(days=1)


@pytest.fixture
def link(paper_account: PortalAccount) -> PortalMeter:
    listing = MeterListing("m1", "Meter m1", "Europe/Paris", 3600, ("energy_kwh",))
    return link_meter(account=paper_account, listing=listing)


@pytest.fixture
def portal(paper_account: PortalAccount) -> Portal:
    return portal_of(account=paper_account)


def keep(link: PortalMeter, body: bytes, *, at: datetime = NOW, days: float = 1) -> StoredDocument:
    window = Window(NOW - days * DAY, NOW)
    document = Document("paper_portal", link.reference, window, "text/csv", body, at, "http://127.0.0.1:1/x")
    return keep_document(account=link.account, run=None, document=document)


def energies() -> list[float | None]:
    return list(Reading.objects.order_by("start_at").values_list("energy_kwh", flat=True))


def pending(link: PortalMeter, portal: Portal, notes: Notes) -> int:
    return read_pending(account=link.account, portal=portal, now=NOW, watcher=notes)


def test_the_same_bytes_of_a_window_are_kept_once(link: PortalMeter) -> None:
    assert keep(link, b"x").pk == keep(link, b"x", at=NOW + DAY).pk
    assert keep(link, b"x").pk != keep(link, b"y").pk
    assert bytes(StoredDocument.objects.order_by("pk")[0].body) == b"x"


def test_reading_a_document_twice_stores_its_readings_once(link: PortalMeter, portal: Portal) -> None:
    stored = keep(link, sheet(1.0, 2.0))
    reports = [read_document(stored=stored, portal=portal, now=NOW) for _ in range(2)]
    assert [(report.new, report.same) for report in reports] == [(2, 0), (0, 2)]
    stored.refresh_from_db()
    assert stored.parsed_at == NOW


def test_an_interval_without_energy_goes_in_with_what_it_has(link: PortalMeter, portal: Portal) -> None:
    body = sheet(1.0, None, voltage_v=[230.0, 231.5], current_a=[4.0, 4.5])
    report = read_document(stored=keep(link, body), portal=portal, now=NOW)
    assert (report.new, report.refused) == (2, [])
    partial = Reading.objects.order_by("start_at")[1]
    assert (partial.energy_kwh, partial.voltage_v, partial.current_a) == (None, 231.5, 4.5)


def test_the_temperature_is_weather_and_an_hour_with_nothing_else_is_no_reading(
    link: PortalMeter, portal: Portal
) -> None:
    body = sheet(1.0, None, temperature_c=[20.5, 21.0])
    report = read_document(stored=keep(link, body), portal=portal, now=NOW)
    assert (report.new, report.refused) == (1, [])
    weather = WeatherObservation.objects.filter(site=link.meter.site).order_by("start_at")
    assert [row.temperature_c for row in weather] == [20.5, 21.0]


def test_an_impossible_temperature_is_refused_with_its_reason(link: PortalMeter, portal: Portal) -> None:
    report = read_document(stored=keep(link, sheet(1.0, temperature_c=[900.0])), portal=portal, now=NOW)
    assert (report.new, len(report.refused)) == (1, 1)
    assert "900" in report.refused[0].reason


@pytest.mark.parametrize(("body", "error"), [(b"<html>", LayoutChanged), (b"stumble", PluginFailed)])
def test_what_cannot_be_read_keeps_the_reason_and_stores_nothing(
    link: PortalMeter, portal: Portal, body: bytes, error: type[Exception]
) -> None:
    stored = keep(link, body)
    with pytest.raises(error):
        read_document(stored=stored, portal=portal, now=NOW)
    stored.refresh_from_db()
    assert stored.parsed_at is None
    assert stored.parse_error
    assert not Reading.objects.exists()


def test_garbage_in_between_holds_up_no_other_document(link: PortalMeter, portal: Portal, notes: Notes) -> None:
    keep(link, b"<html>", at=NOW - 3 * DAY, days=9)
    keep(link, sheet(1.0), at=NOW - 2 * DAY)
    keep(link, b"stumble", at=NOW - DAY, days=8)
    keep(link, sheet(2.0, start=NOW - 2 * timedelta(hours=1)), at=NOW)
    assert pending(link, portal, notes) == 2
    assert energies() == [1.0, 2.0]
    assert len(notes.warned) == 2
    assert "no column start_at" in notes.warned[0]
    assert StoredDocument.objects.filter(parsed_at=None).count() == 2


def test_a_document_that_was_read_is_not_read_again(link: PortalMeter, portal: Portal, notes: Notes) -> None:
    keep(link, sheet(1.0))
    assert [pending(link, portal, notes) for _ in range(2)] == [1, 0]


def test_a_mended_parser_does_not_put_old_values_over_new_ones(
    link: PortalMeter, portal: Portal, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = type(portal).parse

    def lost(self: Portal, document: Document) -> Any:
        raise LayoutChanged("Not yet.")

    old = keep(link, sheet(1.0, 1.0, 1.0), at=NOW - 2 * DAY, days=2)
    monkeypatch.setattr(type(portal), "parse", lost)
    assert pending(link, portal, notes) == 0
    monkeypatch.setattr(type(portal), "parse", right)
    new = keep(link, sheet(5.0, start=NOW - 5 * timedelta(hours=1)), at=NOW - DAY)
    read_document(stored=new, portal=portal, now=NOW)
    assert pending(link, portal, notes) == 2
    assert energies() == [1.0, 5.0, 1.0]
    old.refresh_from_db()
    assert old.parsed_at == NOW


def test_a_lost_document_whose_days_came_again_is_left_in_peace(
    link: PortalMeter, portal: Portal, notes: Notes
) -> None:
    keep(link, b"<html>", at=NOW - DAY)
    read_document(stored=keep(link, sheet(1.0), at=NOW), portal=portal, now=NOW)
    assert pending(link, portal, notes) == 0
    assert notes.warned == []
    assert StoredDocument.objects.count() == 2


def test_a_value_that_the_portal_takes_back_is_taken_back_here_too(link: PortalMeter, portal: Portal) -> None:
    for day, value in enumerate((1.0, 9.0, 1.0)):
        stored = keep(link, sheet(value), at=NOW + day * DAY)
        read_document(stored=stored, portal=portal, now=NOW + day * DAY)
    assert energies() == [1.0]


def test_a_document_of_a_meter_that_is_gone_waits(link: PortalMeter, portal: Portal, notes: Notes) -> None:
    keep(link, sheet(1.0))
    link.delete()
    assert pending(link, portal, notes) == 0
    assert StoredDocument.objects.filter(parsed_at=None).count() == 1
