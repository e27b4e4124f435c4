"""Bring the past of a portal account, in this process; the same command again goes on where it stopped."""

import json
import math
from argparse import ArgumentParser
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scraping.domain.errors import PortalError
from scraping.management.visiting import Printer, account_or_error, told_as_sentences
from scraping.models import Backfill, PortalAccount
from scraping.services import (
    BackfillErrand,
    BadPeriod,
    ask_backfill,
    end_backfill,
    resume_backfill,
    visit_alone,
    visit_folder,
)


class Command(BaseCommand):
    """Exit 0 when every window has come, 1 with a sentence otherwise, 130 where somebody stopped it."""

    help = "Bring the readings of a portal account from a day on, month by month, the newest first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which account, from when on."""
        parser.add_argument("account", help="its name in the panel")
        parser.add_argument("--from", dest="since", type=date.fromisoformat, required=True, help="like 2020-01-31")
        parser.add_argument("--until", type=date.fromisoformat, help="the day before which it ends; today if left out")
        parser.add_argument("--meter", default="", help="only this one, by its number at the portal")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work on its windows until none is left."""
        account, now = account_or_error(options["account"]), timezone.now()
        zone = _zone(account, options["meter"])
        until = options["until"]
        start, end = _midnight(options["since"], zone), now if until is None else _midnight(until, zone)
        try:
            backfill = ask_backfill(account=account, start=start, end=end, now=now, reference=options["meter"])
        except BadPeriod as error:
            raise CommandError(str(error)) from error
        resume_backfill(backfill=backfill)
        run = self._visit(account, backfill, options["json"])
        told = {"windows": backfill.windows.exclude(done_at=None).count(), "of": backfill.windows.count()}
        told |= {"documents": run.documents_n, "new": run.new_n, "changed": run.changed_n, "same": run.same_n}
        self.stdout.write(json.dumps(told) if options["json"] else ", ".join(f"{n} {what}" for what, n in told.items()))

    def _visit(self, account: PortalAccount, backfill: Backfill, as_json: bool) -> Any:
        watcher = Printer(visit_folder(account.pk), (lambda _text: None) if as_json else self.stdout.write)
        errand = BackfillErrand(backfill=backfill, slice_s=math.inf)
        state, words = Backfill.State.STOPPED, {"message": "", "advice": ""}
        with told_as_sentences():
            try:
                run = visit_alone(account=account, watcher=watcher, now=timezone.now(), errand=errand)
                state = Backfill.State.DONE if errand.is_complete else Backfill.State.FAILED
            except PortalError as error:
                state, words = Backfill.State.FAILED, {"message": error.what, "advice": error.advice}
                raise
            finally:
                end_backfill(backfill=backfill, state=state, now=timezone.now(), **words)
        if not errand.is_complete:
            raise CommandError("Not all of it came: it was stopped on the page, or the portal does not list the meter.")
        return run


def _zone(account: PortalAccount, reference: str) -> ZoneInfo:
    links = account.meters.select_related("meter__site").order_by("pk")
    link = (links.filter(reference=reference) if reference else links).first()
    return ZoneInfo(link.meter.site.zone) if link else ZoneInfo("UTC")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
