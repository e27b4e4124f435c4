"""A single-page application: its own routes, everything inside shadow roots, a table that grows by "Show more"."""

import base64
import json
import math
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.period import BadPeriod, now
from scraping.demo_portal.places import house
from scraping.demo_portal.rows import Column


class ShadowSpa(Archetype):
    """Every path of the application gives the same shell; its calls answer in a packed form of their own."""

    title = "Shadow DOM single-page site"
    summary = "Custom elements, client-side routing, a lazily growing table; calls that only its script understands."
    brand = "Helio Home"
    skin = "archetypes/skin_topbar.html"
    colour = "#c2410c"
    meter = house("HH-31-4159", "Rivitalo", "Tampere", "Europe/Helsinki", country="FI")
    columns = (Column("energy_kwh", "Energy", "kWh"), Column("voltage_v", "Voltage", "V", 1))
    sign_in = SignIn(
        path="login", title="Log in to Helio", user_label="Email", user_name="mail", word_name="secret-word"
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("app/home", "Home"),
        usage=("app/energy", "Energy"),
        bills=("app/invoices", "Invoices"),
        profile=("app/account", "Account"),
        help=("app/help", "Help"),
        logout=("logout", "Log out"),
    )

    def extra(self) -> list[URLPattern]:
        """The call of the energy page."""
        return [path(f"{self.slug}/rpc/series", self.guard(self.series))]

    def page(self, request: HttpRequest, name: str, **context: object) -> HttpResponse:
        """Signed in, every page is the shell."""
        if request.session.get(self.key):
            today = now().astimezone(ZoneInfo(self.meter.zone)).date()
            return super().page(request, "shadow_spa", today=today)
        return super().page(request, name, **context)

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """The shell."""
        return self.page(request, self.key)

    def series(self, request: HttpRequest) -> HttpResponse:
        """The whole period, packed: the numbers are reversed text in base64."""
        try:
            frame = self.frame(self.asked(request))
        except BadPeriod as problem:
            return JsonResponse({"problem": str(problem)}, status=400)
        rows = [
            [
                f"{start:%d.%m.%Y %H:%M}",
                *("" if math.isnan(v) else f"{v:.{c.decimals}f}" for v, c in zip(values, self.columns, strict=True)),
            ]
            for start, *values in frame.itertuples()
        ]
        packed = base64.b64encode(json.dumps(rows).encode()).decode()[::-1]
        return HttpResponse(packed, content_type="application/x-helio")
