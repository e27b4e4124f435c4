"""A grid that keeps only the rows in view in the page; its data come in binary blocks that no other program reads."""

import struct
from typing import ClassVar

import pandas as pd
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.period import BadPeriod
from scraping.demo_portal.places import house
from scraping.demo_portal.rows import Column


class VirtualGrid(Archetype):
    """`role=grid` with `aria-rowcount`; a row is made when it is scrolled to and thrown away after."""

    title = "Virtual grid"
    summary = "A scrolling grid of thousands of rows of which some thirty exist at a time."
    brand = "Kestrel Power"
    skin = "archetypes/skin_sidebar.html"
    colour = "#13315c"
    meter = house("20 0001 2345 678", "Terrace", "Ludlow", "Europe/London", country="GB")
    columns = (Column("energy_kwh", "Import", "kWh"), Column("voltage_v", "Voltage", "V", 1))
    sign_in = SignIn(
        path="identity/sign-in",
        title="Sign in to Kestrel",
        user_label="Email address",
        user_name="Input.Email",
        word_name="Input.Password",
        button="Sign in",
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("my/summary", "Summary"),
        usage=("my/meter-data", "Meter data"),
        bills=("my/statements", "Statements"),
        profile=("my/details", "My details"),
        help=("my/faq", "FAQ"),
        logout=("identity/sign-out", "Sign out"),
    )

    def extra(self) -> list[URLPattern]:
        """The blocks."""
        return [path(f"{self.slug}/data/block", self.guard(self.block))]

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """The grid; its script asks for blocks."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return self.page(request, self.key, problem=str(problem))
        return self.page(request, self.key, count=len(self.frame(period)), **self.period_words(period))

    def block(self, request: HttpRequest) -> HttpResponse:
        """Little-endian float64 triples: wall clock as seconds since 1970, energy, voltage."""
        try:
            frame = self.frame(self.asked(request))
            at = int(request.GET.get("at", "0"))
        except ValueError as problem:
            return HttpResponse(str(problem), status=400)
        shown = frame.iloc[at : at + 200]
        wall = (pd.DatetimeIndex(shown.index).tz_localize(None) - pd.Timestamp(1970, 1, 1)).total_seconds()
        rows = zip(wall, *(shown[column.field] for column in self.columns), strict=True)
        body = b"".join(struct.pack("<3d", *row) for row in rows)
        return HttpResponse(body, content_type="application/octet-stream")
