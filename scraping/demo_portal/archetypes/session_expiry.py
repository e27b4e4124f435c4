"""A session that ends after a few looks: the sign-in page comes in the middle of what a customer wants to see."""

import math
from typing import ClassVar

from django.http import HttpRequest, HttpResponseBase

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.period import BadPeriod
from scraping.demo_portal.places import prairie
from scraping.demo_portal.rows import Column

LOOKS = 4


class SessionExpiry(Archetype):
    """At most 31 days a page, and every fourth page of readings is the sign-in page instead."""

    title = "Short sessions"
    summary = "A table of at most 31 days; after four of them the customer must sign in again."
    brand = "Plainsview Municipal"
    skin = "archetypes/skin_classic.html"
    colour = "#455a1f"
    meter = prairie("0004471", "Villa", "Wellington", "Pacific/Auckland", country="NZ")
    columns = (Column("energy_kwh", "Units used", "kWh", 2),)
    max_days = 31
    date_format = "%d-%m-%Y"
    date_names = ("d1", "d2")
    sign_in = SignIn(
        path="index.asp",
        title="Ratepayer login",
        user_label="Login name",
        user_name="txtUser",
        word_name="txtPwd",
        button="Go",
        error_class="msg-bad",
        wrong="Login failed. Check your login name and password.",
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("main.asp", "Main"),
        bills=("accounts.asp", "Accounts"),
        usage=("power/readings.asp", "Power readings"),
        help=("about.asp", "About"),
        profile=("ratepayer.asp", "Ratepayer"),
        logout=("end.asp", "Log off"),
    )

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """The table, or the door."""
        if "d1" in request.GET:
            looks = request.session[self.key].get("looks", 0) + 1
            if looks > LOOKS:
                del request.session[self.key]
                return self.turned_away(request)
            request.session[self.key] = {"looks": looks}
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return self.page(request, self.key, problem=str(problem))
        rows = [
            (f"{start:%d-%m-%Y %H:%M}", "-" if math.isnan(value) else f"{value:.2f}")
            for start, value in self.frame(period).itertuples()
        ]
        return self.page(request, self.key, rows=rows, **self.period_words(period))
