"""Documents first, then readings: bytes are committed before anything reads them, and can be read again."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Max, QuerySet

from meters.services import StoreReport, store_readings, store_weather
from scraping.domain.contract import Document, ParsedReadings, Portal, Window
from scraping.domain.errors import PortalError
from scraping.models import PortalAccount, PortalMeter, ScrapeRun, StoredDocument
from scraping.services.plugins import of_plugin
from scraping.services.sources import source_of


class Warned(Protocol):
    """Who is told of what could not be read."""

    def warn(self, text: str) -> None:
        """One line that matters."""


def keep_document(*, account: PortalAccount, run: ScrapeRun | None, document: Document) -> StoredDocument:
    """Commit the raw bytes; the same bytes for the same window are one row, which is to be read again.

    Again, because a portal that corrects a value and takes it back sends the first bytes a second time.
    """
    last = StoredDocument.objects.filter(account=account).aggregate(last=Max("seq"))["last"]
    stored, _ = StoredDocument.objects.update_or_create(
        account=account,
        meter_reference=document.meter_reference,
        window_start_at=document.window.start,
        window_end_at=document.window.end,
        sha256=document.sha256,
        defaults={
            "run": run,
            "content_type": document.content_type,
            "url": document.url,
            "body": document.body,
            "claimed_rows": document.claimed_rows,
            "fetched_at": document.fetched_at,
            "seq": (last or 0) + 1,
            "parsed_at": None,
            "parse_error": "",
        },
    )
    return stored


def read_document(*, stored: StoredDocument, portal: Portal, now: datetime) -> StoreReport:
    """Parse a kept document and store its readings and weather, all in one transaction.

    Raises LayoutChanged where the parser is lost; the reason is kept with the document. Later documents of the
    same days become unread, for the portal's last word on them must be stored last.
    """
    try:
        with of_plugin(portal):
            parsed = portal.parse(document_of(stored))
    except PortalError as error:
        StoredDocument.objects.filter(pk=stored.pk).update(parse_error=str(error))
        raise
    links = PortalMeter.objects.select_related("meter__site", "account")
    link = links.get(account_id=stored.account_id, reference=stored.meter_reference)
    with transaction.atomic():
        report = store_parsed(link=link, parsed=parsed, now=now)
        _later(stored).update(parsed_at=None)
        StoredDocument.objects.filter(pk=stored.pk).update(parsed_at=now, parse_error="")
    return report


def read_pending(*, account: PortalAccount, portal: Portal, now: datetime, watcher: Warned) -> int:
    """Read what was kept but not read, in the order in which it came; returns how many documents were read.

    What cannot be read is told, stays kept with its reason, and holds nothing up.
    """
    known = account.meters.values("reference")
    unread = StoredDocument.objects.filter(account=account, parsed_at=None, meter_reference__in=known)
    read, tried = 0, set[int]()
    while (stored := unread.exclude(pk__in=tried).order_by("seq", "pk").first()) is not None:
        tried.add(stored.pk)
        if _is_superseded(stored):
            continue
        try:
            read_document(stored=stored, portal=portal, now=now)
        except PortalError as error:
            watcher.warn(f"The document {stored}, kept by an earlier visit, still cannot be read: {error.what}")
        except ObjectDoesNotExist as error:
            watcher.warn(f"The document {stored} belongs to no meter any more: {error}")
        else:
            read += 1
    return read


def store_parsed(*, link: PortalMeter, parsed: ParsedReadings, now: datetime, reason: str = "") -> StoreReport:
    """Store what a parser gave, and mark the meter as having news where something is new or changed.

    An interval with only a temperature is weather and no reading; one with only a voltage is a reading.
    """
    report, weather = StoreReport(), StoreReport()
    source = source_of(account=link.account, now=now)
    readings = parsed.frame.drop(columns="temperature_c", errors="ignore")
    quantities = [name for name in readings.columns if name not in {"start_at", "interval_s"}]
    with transaction.atomic():
        if quantities:
            readings = readings.dropna(subset=quantities, how="all")
            report = store_readings(meter=link.meter, readings=readings, source=source, now=now, reason=reason)
        if "temperature_c" in parsed.frame:
            observations = parsed.frame[["start_at", "temperature_c"]].dropna()
            weather = store_weather(site=link.meter.site, observations=observations, source=source)
        if report.new or report.changed:
            PortalMeter.objects.filter(pk=link.pk).update(has_news=True)
    return replace(report, refused=[*report.refused, *weather.refused])


def _later(stored: StoredDocument) -> QuerySet[StoredDocument]:
    """Documents of the same meter and of the same days that came after this one, and were read."""
    same = StoredDocument.objects.filter(account_id=stored.account_id, meter_reference=stored.meter_reference)
    return same.filter(
        seq__gt=stored.seq,
        parsed_at__isnull=False,
        window_start_at__lt=stored.window_end_at,
        window_end_at__gt=stored.window_start_at,
    )


def _is_superseded(stored: StoredDocument) -> bool:
    """Whether later documents that were read cover all of its days."""
    reached = stored.window_start_at
    for start, end in _later(stored).order_by("window_start_at").values_list("window_start_at", "window_end_at"):
        if start <= reached:
            reached = max(reached, end)
    return reached >= stored.window_end_at


def document_of(stored: StoredDocument) -> Document:
    """A kept document as the plug-in gave it."""
    return Document(
        portal=stored.account.portal,
        meter_reference=stored.meter_reference,
        window=Window(stored.window_start_at, stored.window_end_at),
        content_type=stored.content_type,
        body=bytes(stored.body),
        fetched_at=stored.fetched_at,
        url=stored.url,
        claimed_rows=stored.claimed_rows,
    )
