"""An old server-rendered site: one long HTML table, newest reading first, 12-hour clock, no word on summer time."""

import math
from typing import Any, ClassVar

import pandas as pd
from django.http import HttpRequest, HttpResponseBase

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.period import BadPeriod
from scraping.demo_portal.places import prairie
from scraping.demo_portal.rows import Column


class PlainTable(Archetype):
    """Date and time in two columns; degrees Fahrenheit; the hour that autumn repeats stands there twice."""

    title = "Plain table"
    summary = "One HTML table, newest first, 12-hour clock, date and time apart."
    brand = "Rivermead Electric Cooperative"
    skin = "archetypes/skin_classic.html"
    colour = "#6b3e12"
    meter = prairie("7734-0092-1", "Farmhouse", "Rivermead, Illinois", "America/Chicago")
    columns = (Column("energy_kwh", "Usage", "kWh", 2), Column("temperature_c", "Avg Temp", "°F", 1, 1.8, 32.0))
    date_format = "%m/%d/%Y"
    date_names = ("startDate", "endDate")
    sign_in = SignIn(
        path="member/signin.php",
        title="Member Sign In",
        user_label="Account number or e-mail",
        user_name="acct",
        word_name="pin",
        button="Sign In",
        error_class="msg-bad",
        wrong="We could not find a member with that account number and password.",
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("member/home.php", "Home"),
        bills=("member/bills.php", "Billing history"),
        usage=("member/hourly.php", "Hourly usage"),
        help=("member/contact.php", "Contact"),
        profile=("member/settings.php", "My information"),
        logout=("member/signout.php", "Sign Out"),
    )

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """The table, all rows of the period at once."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return self.page(request, self.key, problem=str(problem))
        frame = self.frame(period)[::-1]
        rows = [_row(start, *values) for start, *values in frame.itertuples()]
        return self.page(request, self.key, rows=rows, **self.period_words(period))


def _row(start: pd.Timestamp, energy: float, fahrenheit: float) -> dict[str, Any]:
    return {
        "day": f"{start:%m/%d/%Y}",
        "time": f"{start:%-I:%M %p}",
        "energy": "--" if math.isnan(energy) else f"{energy:.2f}",
        "temperature": "--" if math.isnan(fahrenheit) else f"{fahrenheit:.1f}",
    }
