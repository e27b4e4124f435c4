"""The bill of a meter for some local days, part by part."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from meters.domain.billing import CannotBill
from meters.domain.bills import KINDS, Bill
from meters.selectors import UnknownMeter, cost, meter_named


class Command(BaseCommand):
    """Exit 0 with the bill, 1 with a sentence where there is none."""

    help = "What a meter's energy cost over local days, by its dated tariffs; a month with --month 2026-01."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which meter, which days."""
        parser.add_argument("--meter", required=True, help="its short name")
        when = parser.add_mutually_exclusive_group(required=True)
        when.add_argument("--month", help="2026-01")
        when.add_argument("--from", dest="first", type=date.fromisoformat, help="the first local day; with --to")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="the last local day, included")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count it."""
        first, after = _days(options)
        try:
            meter = meter_named(options["meter"])
            found = cost(meter=meter, start=first, end=after, now=timezone.now())
        except (UnknownMeter, CannotBill) as error:
            raise CommandError(str(error)) from error
        if found.bill is None:
            raise CommandError(f"{meter} has no tariff before {after:%Y-%m-%d}. Enter one in the admin, under Tariffs.")
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found.bill, found.carbon_kg), default=str))
            return
        self._tell(found.bill)
        if found.carbon_kg is not None:
            self.stdout.write(f"CO2 {found.carbon_kg:.1f} kg")

    def _tell(self, bill: Bill) -> None:
        last = bill.after - timedelta(days=1)
        self.stdout.write(f"{bill.first:%Y-%m-%d} to {last:%Y-%m-%d}, {bill.measured:.1%} measured")
        for line in bill.lines:
            what = f"{KINDS[line.kind]}: {line.name}"
            rate, detail = f"{line.rate.normalize():f}", line.detail
            if detail == "%":
                rate, detail = f"{rate} %", ""
            told = f"{what:<34}{line.quantity:>14.3f} {line.unit:<9}x {rate:<10}{line.amount:>12} {detail}"
            self.stdout.write(told.rstrip())
        self.stdout.write(f"{'Total':<34}{bill.energy_kwh:>14.3f} kWh{'':>18}{bill.total:>12} {bill.currency}")
        for note in bill.notes:
            self.stdout.write(note)


def _days(options: dict[str, Any]) -> tuple[date, date]:
    if options["month"]:
        try:
            first = date.fromisoformat(f"{options['month']}-01")
        except ValueError:
            raise CommandError("Give the month as 2026-01.") from None
        return first, (first + timedelta(days=32)).replace(day=1)
    if options["last"] is None or options["last"] < options["first"]:
        raise CommandError("Give --to, the last day, which is not before --from.")
    return options["first"], options["last"] + timedelta(days=1)


def _as_json(bill: Bill, carbon_kg: float | None) -> dict[str, Any]:
    lines = [
        {
            "kind": line.kind,
            "name": line.name,
            "month": line.month,
            "tariff_from": line.valid_from,
            "quantity": line.quantity,
            "unit": line.unit,
            "rate": line.rate,
            "amount": line.amount,
        }
        for line in bill.lines
    ]
    return {
        "first": bill.first,
        "after": bill.after,
        "currency": bill.currency,
        "total": bill.total if bill.lines else Decimal(0),
        "energy_kwh": bill.energy_kwh,
        "measured": round(bill.measured, 4),
        "estimated": round(bill.estimated, 4),
        "unpriced_kwh": bill.unpriced_kwh,
        "carbon_kg": carbon_kg,
        "lines": lines,
        "notes": bill.notes,
    }
