"""A chart library's own objects hold the readings: `Highcharts.charts[i].series[j].data`, as the real one has them."""

import base64
import json
import math
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, decoration, menu
from scraping.demo_portal.period import BadPeriod
from scraping.demo_portal.places import prairie
from scraping.demo_portal.rows import Column


class ChartObject(Archetype):
    """Two charts on the page; the first is of monthly bills, the second has energy and temperature by the hour."""

    title = "Highcharts-like chart"
    summary = "Readings only in a chart object, packed in the page's script; a chart of bills beside it."
    brand = "Solway Energy Partners"
    skin = "archetypes/skin_sidebar.html"
    colour = "#b23a48"
    meter = prairie("SEP 5510 223", "Brownstone", "Kingston, New York", "America/New_York")
    columns = (
        Column("energy_kwh", "Energy delivered", "kWh", 2),
        Column("temperature_c", "Outdoor temperature", "°C", 1),
    )
    sign_in = SignIn(path="Account/LogOn", user_name="UserName", word_name="Password", error_class="alert-danger")
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("Home/Index", "Dashboard"),
        bills=("Billing/Index", "Billing"),
        usage=("Usage/Chart", "Usage history"),
        help=("Home/Faq", "FAQ"),
        profile=("Account/Manage", "Manage account"),
        logout=("Account/LogOff", "Log off"),
    )

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """The page with everything in its script."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return HttpResponse(str(problem), status=400)
        frame = self.frame(period)
        ms = [int(start.timestamp() * 1000) for start in frame.index]
        series = [
            [[at, None if math.isnan(v) else v] for at, v in zip(ms, frame[c.field].tolist(), strict=True)]
            for c in self.columns
        ]
        packed = base64.b64encode(json.dumps(series).encode()).decode()
        return self.page(
            request, self.key, packed=packed, count=len(ms), **self.period_words(period), **decoration(self)
        )
