"""A site whose page is empty until its script has asked for JSON: epoch milliseconds, the unit in the answer's head."""

import math
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.period import BadPeriod
from scraping.demo_portal.places import house
from scraping.demo_portal.rows import Column


class XhrJson(Archetype):
    """Energy in Wh, voltage and current beside it; other calls of the page bring notices and the weather."""

    title = "XHR JSON"
    summary = "The page's script fetches the readings as JSON and draws them."
    brand = "Lumina Grid"
    colour = "#5b2a86"
    meter = house("LG-88-20417", "Maison", "Chartres", "Europe/Paris")
    columns = (
        Column("energy_kwh", "Consumption", "Wh", 0, 1000.0),
        Column("voltage_v", "Voltage", "V", 2),
        Column("current_a", "Current", "A", 2),
    )
    sign_in = SignIn(path="auth/login", user_label="Email", user_name="login[email]", word_name="login[password]")
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("app", "Home"),
        usage=("app/insights", "Insights"),
        bills=("app/invoices", "Invoices"),
        help=("app/support", "Support"),
        profile=("app/me", "Account"),
        logout=("auth/logout", "Log out"),
    )

    def extra(self) -> list[URLPattern]:
        """What the script asks for."""
        api = f"{self.slug}/api/v2/"
        return [
            path(api + "meters/<str:reference>/usage", self.guard(self.feed)),
            path(api + "notices", self.guard(_notices)),
            path(api + "weather/today", self.guard(_weather)),
        ]

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """An empty frame; the script fills it."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return HttpResponse(str(problem), status=400)
        return self.page(request, self.key, **self.period_words(period))

    def feed(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Every interval of the days, null where nothing was measured."""
        if reference != self.meter.reference:
            return JsonResponse({"error": "not your meter"}, status=404)
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return JsonResponse({"error": str(problem)}, status=400)
        frame = self.frame(period)
        data = [
            {"ts": int(start.timestamp() * 1000), "value": _maybe(energy), "volts": _maybe(volts), "amps": _maybe(amps)}
            for start, energy, volts, amps in frame.itertuples()
        ]
        head = {"meterId": reference, "unit": "Wh", "granularity": "HOUR", "count": len(data)}
        return JsonResponse({"meta": {**head, "timezone": str(ZoneInfo(self.meter.zone))}, "data": data})


def _maybe(value: float) -> float | None:
    return None if math.isnan(value) else value


def _notices(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"items": [{"id": n, "text": f"Notice {n}", "read": n > 2} for n in range(1, 6)]})


def _weather(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"hours": [{"hour": hour, "clouds": (hour * 7) % 10 / 10} for hour in range(24)]})
