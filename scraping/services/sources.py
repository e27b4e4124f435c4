"""What a portal shows becomes ours: its meters, and the source that their readings name."""

from datetime import datetime
from typing import TYPE_CHECKING

from meters.services import ensure_meter, ensure_site, ensure_source
from scraping.domain.contract import MeterListing
from scraping.models import PortalAccount, PortalMeter

if TYPE_CHECKING:
    from meters.models import Source


def source_of(*, account: PortalAccount, now: datetime) -> "Source":
    """The source of everything that this account brings."""
    return ensure_source(kind="scrape", label=f"Portal account {account.name}", now=now)


def link_meter(*, account: PortalAccount, listing: MeterListing) -> PortalMeter:
    """The meter that the portal lists, made on first sight together with its site."""
    known = PortalMeter.objects.select_related("meter__site").filter(account=account, reference=listing.reference)
    link = known.first()
    if link is not None:
        return link
    site = ensure_site(
        name=listing.place or account.name,
        zone=listing.zone,
        country=listing.country,
        latitude=listing.latitude,
        longitude=listing.longitude,
        nominal_voltage_v=listing.nominal_voltage_v,
    )
    meter = ensure_meter(
        site=site,
        reference=listing.reference,
        name=listing.name,
        interval_s=listing.interval_s,
        is_simulated=listing.simulated,
        data_note=listing.note,
    )
    return PortalMeter.objects.create(account=account, reference=listing.reference, meter=meter)
