"""Documents first, then readings: bytes are committed before anything reads them, and can be read again."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from meters.services import store_readings, store_weather
from scraping.domain.contract import Document, Window
from scraping.domain.errors import PortalError
from scraping.models import PortalAccount, PortalMeter, ScrapeRun, StoredDocument
from scraping.registry import portals
from scraping.services.sources import source_of
from twin_project.kit import params as kit_params

if TYPE_CHECKING:
    from meters.services import StoreReport


def keep_document(*, account: PortalAccount, run: ScrapeRun | None, document: Document) -> StoredDocument:
    """Commit the raw bytes; the same bytes for the same window are one row, to be read again."""
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
            "parsed_at": None,
        },
    )
    return stored


def read_document(*, stored: StoredDocument, now: datetime) -> "StoreReport":
    """Parse a kept document and store its readings and weather, all in one transaction.

    Raises PortalError where the parser is lost; the reason is kept with the document.
    """
    account = stored.account
    portal = portals.get(account.portal)(kit_params.read(portals.get(account.portal).Params, account.params))
    try:
        parsed = portal.parse(_document(stored, portal=account.portal))
    except PortalError as error:
        StoredDocument.objects.filter(pk=stored.pk).update(parse_error=str(error))
        raise
    link = PortalMeter.objects.select_related("meter__site").get(account=account, reference=stored.meter_reference)
    source = source_of(account=account, now=now)
    with transaction.atomic():
        report = store_readings(
            meter=link.meter,
            readings=parsed.frame.drop(columns="temperature_c", errors="ignore"),
            source=source,
            now=now,
        )
        if "temperature_c" in parsed.frame:
            weather = parsed.frame[["start_at", "temperature_c"]].dropna()
            store_weather(site=link.meter.site, observations=weather, source=source)
        StoredDocument.objects.filter(pk=stored.pk).update(parsed_at=now, parse_error="")
    return report


def read_pending(*, account: PortalAccount, now: datetime) -> int:
    """Read what was kept but not read when a visit broke off; returns how many documents."""
    pending = StoredDocument.objects.filter(account=account, parsed_at=None).order_by("window_start_at")
    for stored in pending:
        read_document(stored=stored, now=now)
    return len(pending)


def _document(stored: StoredDocument, *, portal: str) -> Document:
    return Document(
        portal=portal,
        meter_reference=stored.meter_reference,
        window=Window(stored.window_start_at, stored.window_end_at),
        content_type=stored.content_type,
        body=bytes(stored.body),
        fetched_at=stored.fetched_at,
        url=stored.url,
        claimed_rows=stored.claimed_rows,
    )
