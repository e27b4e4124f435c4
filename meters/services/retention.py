"""Retention: old single readings go, their sums by hour, day and month stay for ever; old weather forecasts go."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from meters.models import Meter, Reading, Retention, Site, WeatherForecast
from meters.services.locks import lock_meters
from meters.services.rollups import roll_up_spans


@dataclass(frozen=True)
class PruneReport:
    """How many readings went (or would go), and from when on they are kept."""

    deleted: int
    kept_from_at: datetime


def prune_readings(*, meter: Meter, before: datetime, dry_run: bool = False) -> PruneReport:
    """Delete the readings before the local month in which `before` lies, so that no month is left half.

    Roll-ups are brought up to date first and then never change: store_readings refuses readings of that time.
    Revisions and findings stay.
    """
    local = before.astimezone(ZoneInfo(meter.site.zone))
    cut = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with transaction.atomic(), connection.cursor() as cursor:
        lock_meters(cursor, [meter.pk])
        old = Reading.objects.filter(meter=meter, start_at__lt=cut)
        first = old.order_by("start_at").values_list("start_at", flat=True).first()
        kept = Retention.objects.filter(meter=meter).first()
        if first is None:
            return PruneReport(0, kept.kept_from_at if kept else cut)
        roll_up_spans(cursor, meter=meter, spans=[(first, cut)])
        deleted = old._raw_delete(old.db)
        if kept is None or kept.kept_from_at < cut:
            Retention.objects.update_or_create(meter=meter, defaults={"kept_from_at": cut})
        if dry_run:
            transaction.set_rollback(True)
    return PruneReport(deleted, cut)


def prune_vintages(*, site: Site, before: datetime, dry_run: bool = False) -> int:
    """Delete the weather forecasts of the site that were issued before that; returns how many. Observations stay.

    A backtest over that time has no forecast weather any more, so keep as many days as backtests go back.
    """
    old = WeatherForecast.objects.filter(site=site, issued_at__lt=before)
    return old.count() if dry_run else old._raw_delete(old.db)
