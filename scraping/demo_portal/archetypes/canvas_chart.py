"""Charts on a canvas, in the way of ECharts and Chart.js; the readings are nowhere but in their objects."""

import base64
import json
import math
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, decoration, menu
from scraping.demo_portal.period import BadPeriod
from scraping.demo_portal.places import house
from scraping.demo_portal.rows import Column


class CanvasChart(Archetype):
    """Energy in Wh by `echarts.getInstanceByDom`, voltage by `Chart.instances`, bills in a third."""

    title = "Canvas charts"
    summary = "ECharts- and Chart.js-like objects behind canvases; categories as local times."
    brand = "Jacaranda Energy"
    skin = "archetypes/skin_topbar.html"
    colour = "#7b2d8b"
    meter = house("QB 0700 4412", "Queenslander", "Brisbane", "Australia/Brisbane", country="AU")
    columns = (Column("energy_kwh", "Grid import", "Wh", 0, 1000.0), Column("voltage_v", "Line voltage", "V", 1))
    sign_in = SignIn(path="auth", title="G'day. Please log in", user_label="Email", user_name="e", word_name="p")
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("home", "Home"),
        usage=("energy/insights", "Energy insights"),
        bills=("energy/bills", "Bills"),
        help=("support", "Support"),
        profile=("me", "Me"),
        logout=("bye", "Log out"),
    )

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """The page with everything in its script."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return HttpResponse(str(problem), status=400)
        frame = self.frame(period)
        told = {"t": [f"{start:%Y-%m-%d %H:%M}" for start in frame.index]}
        values = {c.field: [None if math.isnan(v) else v for v in frame[c.field].tolist()] for c in self.columns}
        packed = base64.b64encode(json.dumps({**told, **values}).encode()).decode()
        words = {"packed": packed, "count": len(frame)}
        return self.page(request, self.key, **words, **self.period_words(period), **decoration(self))
