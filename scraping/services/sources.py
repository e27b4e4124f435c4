"""What a portal shows becomes ours: its meters, and the source that their readings name."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from meters.services import ensure_meter, ensure_site, ensure_source
from scraping.domain.contract import MeterListing
from scraping.domain.errors import LayoutChanged
from scraping.models import PortalAccount, PortalMeter
from twin_project.kit.jobs.services import announce

if TYPE_CHECKING:
    from meters.models import Meter, Source


def source_of(*, account: PortalAccount, now: datetime) -> "Source":
    """The source of everything that this account brings."""
    return ensure_source(kind="scrape", label=f"Portal account {account.name}", now=now)


def link_meter(*, account: PortalAccount, listing: MeterListing) -> PortalMeter:
    """The meter that the portal lists, made on first sight with its site; LayoutChanged where it cannot be one."""
    known = PortalMeter.objects.select_related("meter__site").filter(account=account, reference=listing.reference)
    link = known.first()
    if link is not None:
        return link
    try:
        meter = _make_meter(account, listing)
    except ValidationError as error:
        said = "; ".join(error.messages)
        raise LayoutChanged(f"What the portal says of its meter {listing.reference} cannot be used: {said}") from error
    return PortalMeter.objects.create(account=account, reference=listing.reference, meter=meter)


def tell_news(*, account: PortalAccount) -> int:
    """Announce `readings_stored` for each meter with readings that nobody was told of; returns how many.

    The mark is set where readings are stored and cleared where they are announced, each in one transaction,
    so that a visit that dies between the two leaves the telling to the next.
    """
    with transaction.atomic():
        news = list(account.meters.select_for_update().filter(has_news=True))
        for link in news:
            announce(announcement="readings_stored", params={"meter_id": link.meter_id})
        account.meters.filter(pk__in=[link.pk for link in news]).update(has_news=False)
    return len(news)


def _make_meter(account: PortalAccount, listing: MeterListing) -> "Meter":
    site = ensure_site(
        name=listing.place or account.name,
        zone=listing.zone,
        country=listing.country,
        latitude=listing.latitude,
        longitude=listing.longitude,
        nominal_voltage_v=listing.nominal_voltage_v,
    )
    return ensure_meter(
        site=site,
        reference=listing.reference,
        name=listing.name,
        interval_s=listing.interval_s,
        is_simulated=listing.simulated,
        data_note=listing.note,
    )
