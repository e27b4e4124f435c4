"""Signing in takes three pages: user name, password, and a code of six digits that changes every thirty seconds."""

import math
import time
from typing import Any, ClassVar

import pyotp
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.customer import is_customer
from scraping.demo_portal.period import BadPeriod
from scraping.demo_portal.places import house
from scraping.demo_portal.rows import Column

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # base32, what an authenticator would hold
ASKED = "totp_login_pending"


class TotpLogin(Archetype):
    """Mean power in W and voltage as CSV that the page's script fetches; stamps in UTC with a Z."""

    title = "Two steps and a code"
    summary = "User name, password and TOTP code on three pages; the readings are CSV that the page's script fetches."
    brand = "Cascade Utilities"
    skin = "archetypes/skin_sidebar.html"
    colour = "#0a3d62"
    meter = house("CU-990-118-27", "Cabin", "Leadville, Colorado", "America/Denver", country="US")
    columns = (Column("power_kw", "Average power", "W", 0, 1000.0), Column("voltage_v", "Voltage", "V", 2))
    sign_in = SignIn(
        path="secure/username", title="Sign in", user_label="Username", user_name="identifier", button="Next"
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("secure/home", "Home"),
        usage=("secure/load", "Load profile"),
        bills=("secure/bills", "Bills"),
        help=("secure/help", "Help"),
        profile=("secure/profile", "Profile"),
        logout=("secure/logout", "Sign out"),
    )

    def extra(self) -> list[URLPattern]:
        """The second and third step, and what the script asks for."""
        return [
            path(f"{self.slug}/secure/password", self.second_step),
            path(f"{self.slug}/secure/verify", self.third_step),
            path(f"{self.slug}/export/load", self.guard(self.feed)),
        ]

    def log_in(self, request: HttpRequest) -> HttpResponseBase:
        """The first step: any name goes on, as on most sites."""
        if request.method == "POST" and request.POST.get("identifier"):
            request.session[ASKED] = {"name": request.POST["identifier"], "right": False}
            return redirect(self.address("secure/password", **self._next(request)))
        return self._step(request, "identifier", "Username", "Next")

    def second_step(self, request: HttpRequest) -> HttpResponseBase:
        """The password."""
        asked = request.session.get(ASKED)
        if asked is None:
            return redirect(self.address(self.sign_in.path))
        if request.method == "POST":
            if is_customer(asked["name"], request.POST.get("credential", "")):
                request.session[ASKED] = {**asked, "right": True}
                return redirect(self.address("secure/verify", **self._next(request)))
            return self._step(request, "credential", "Password", "Verify", wrong=self.sign_in.wrong)
        return self._step(request, "credential", "Password", "Verify")

    def third_step(self, request: HttpRequest) -> HttpResponseBase:
        """The code, by the real clock, one step of thirty seconds early or late."""
        if not request.session.get(ASKED, {}).get("right"):
            return redirect(self.address(self.sign_in.path))
        label, wrong = "Enter the 6-digit code from your authenticator app", ""
        if request.method == "POST":
            given = request.POST.get("otp", "").replace(" ", "")
            if pyotp.TOTP(SEED).verify(given, for_time=int(time.time()), valid_window=1):
                del request.session[ASKED]
                return self.welcome(request)
            wrong = "That code is not valid. Codes change every 30 seconds."
        return self._step(request, "otp", label, "Continue", wrong=wrong)

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """An empty chart; the script fills it."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return HttpResponse(str(problem), status=400)
        return self.page(request, self.key, **self.period_words(period))

    def feed(self, request: HttpRequest) -> HttpResponse:
        """CSV that is never offered as a file."""
        try:
            frame = self.frame(self.asked(request))
        except BadPeriod as problem:
            return HttpResponse(str(problem), status=400)
        lines = ["interval_start_utc,avg_power_w,voltage_v"]
        for start, *values in frame.itertuples():
            cells = ("" if math.isnan(v) else f"{v:.{c.decimals}f}" for v, c in zip(values, self.columns, strict=True))
            lines.append(",".join([f"{start.tz_convert('UTC'):%Y-%m-%dT%H:%M:%SZ}", *cells]))
        return HttpResponse("\n".join([*lines, ""]), content_type="text/csv")

    def _step(self, request: HttpRequest, name: str, label: str, button: str, **more: Any) -> HttpResponse:
        return self.page(request, "totp_login_step", field=name, label=label, button=button, **more)

    def _next(self, request: HttpRequest) -> dict[str, str]:
        return {"next": request.GET["next"]} if "next" in request.GET else {}
