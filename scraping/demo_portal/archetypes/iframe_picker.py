"""The readings are a widget of somebody else in an iframe, whose own calendar allows 31 days at a time."""

import math
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.clickjacking import xframe_options_sameorigin

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.period import BadPeriod, now
from scraping.demo_portal.places import house
from scraping.demo_portal.rows import Column


class IframePicker(Archetype):
    """Date fields cannot be typed into, a calendar opens; the table comes as a piece of HTML."""

    title = "Iframe and date picker"
    summary = "A widget in an iframe; a JavaScript calendar of at most 31 days; the table comes as a piece of HTML."
    brand = "Metro Volt"
    skin = "archetypes/skin_topbar.html"
    colour = "#37474f"
    meter = house("IT001E40123456", "Appartamento", "Roma", "Europe/Rome", country="IT")
    columns = (Column("energy_kwh", "Active energy", "kWh"), Column("current_a", "Mean current", "A", 1))
    max_days = 31
    sign_in = SignIn(
        path="sso/start", title="Welcome back", user_label="Customer ID", user_name="cid", button="Continue"
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("portal", "Portal"),
        usage=("portal/metering", "Metering data"),
        bills=("portal/payments", "Payments"),
        help=("portal/assist", "Assistance"),
        profile=("portal/customer", "Customer card"),
        logout=("sso/end", "Exit"),
    )

    def extra(self) -> list[URLPattern]:
        """The widget and what its script asks for."""
        widget = f"{self.slug}/widget/v4/"
        return [
            path(widget, self.guard(xframe_options_sameorigin(self.widget))),
            path(widget + "fragment", self.guard(self.fragment)),
        ]

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """The page around the widget."""
        return self.page(request, self.key, source=self.address("widget/v4/"))

    def widget(self, request: HttpRequest) -> HttpResponseBase:
        """The calendar and an empty place for the table."""
        today = now().astimezone(ZoneInfo(self.meter.zone)).date()
        return self.page(request, "iframe_picker_widget", today=today)

    def fragment(self, request: HttpRequest) -> HttpResponseBase:
        """Rows of the period, as HTML."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return HttpResponse(f'<p class="error">{problem}</p>', status=400)
        rows = [(f"{start:%d %b %Y, %H:%M}", *map(_cell, values)) for start, *values in self.frame(period).itertuples()]
        return self.page(request, "iframe_picker_rows", rows=rows)


def _cell(value: float) -> str:
    return "n/a" if math.isnan(value) else f"{value:g}"
