"""The contract of an archetype: one style of customer site, one file in `archetypes/`; its path is the key with dashes.

Each is a utility of its own: brand, sign-in form, menu, other pages, a chart or table to look at that holds no
readings, and one page (or more) with the interval readings in its own way. `columns` is all that it knows of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pandas as pd
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from scraping.demo_portal import row_faults
from scraping.demo_portal.catalogue import DemoMeter
from scraping.demo_portal.period import BadPeriod, Period, now
from scraping.demo_portal.replay import history_start
from scraping.demo_portal.rows import Column, true_frame, true_rows
from twin_project.kit.registry import Plugin, Registry

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class SignIn:
    """The form as this site has it; `path` is its address below the site's root."""

    path: str = "login"
    title: str = "Log in to your account"
    user_label: str = "User name"
    user_name: str = "username"
    word_label: str = "Password"
    word_name: str = "password"
    button: str = "Log in"
    error_class: str = "error"
    wrong: str = "The user name or password you entered is incorrect."


@dataclass(frozen=True)
class MenuItem:
    """A page of the menu: `kind` says which view of the contract, `path` and `label` are the site's own words."""

    kind: str
    path: str
    label: str


def menu(**words: tuple[str, str]) -> tuple[MenuItem, ...]:
    """`kind=(path, label)` in the order of the menu."""
    return tuple(MenuItem(kind, *told) for kind, told in words.items())


ENGLISH = menu(
    overview=("dashboard", "Overview"),
    usage=("usage", "Energy use"),
    bills=("billing", "Bills & payments"),
    help=("help", "Help"),
    profile=("profile", "Profile"),
    logout=("logout", "Log out"),
)


class Archetype(Plugin, ABC):
    """One site. An instance serves all requests; what it keeps is in the session."""

    brand: ClassVar[str]
    skin: ClassVar[str] = "archetypes/skin_topbar.html"
    colour: ClassVar[str] = "#1d4e89"
    meter: ClassVar[DemoMeter]
    columns: ClassVar[tuple[Column, ...]]
    sign_in: ClassVar[SignIn] = SignIn()
    menu: ClassVar[tuple[MenuItem, ...]] = ENGLISH
    max_days: ClassVar[int] = 400
    default_days: ClassVar[int] = 7
    date_format: ClassVar[str] = "%Y-%m-%d"
    date_names: ClassVar[tuple[str, str]] = ("from", "to")
    home: ClassVar[str] = "overview"

    @property
    def slug(self) -> str:
        """First part of its paths."""
        return self.key.replace("_", "-")

    @property
    def meters(self) -> tuple[DemoMeter, ...]:
        """Every meter of the customer here; most sites have one."""
        return (self.meter,)

    @abstractmethod
    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """The page with the readings, or the way to it."""

    def extra(self) -> list[URLPattern]:
        """Further addresses of this site; wrap views in `self.guard`."""
        return []

    def address(self, name: str = "", **query: str) -> str:
        """Path of a page of this site: a kind of the menu, or a path below its root."""
        below = next((item.path for item in self.menu if item.kind == name), name)
        return f"/{self.slug}/{below}" + (f"?{urlencode(query)}" if query else "")

    def urls(self) -> list[URLPattern]:
        """All addresses of the site."""
        views: dict[str, View] = {"usage": self.usage, "overview": self._overview, "bills": self._bills}
        views |= {"help": self._help, "profile": self._profile, "logout": self.log_out}
        pages = [path(f"{self.slug}/{item.path}", self.guard(views[item.kind])) for item in self.menu]
        door = [path(f"{self.slug}/", self.front), path(f"{self.slug}/{self.sign_in.path}", self.log_in)]
        return [*door, *pages, *self.extra()]

    def guard(self, view: View) -> View:
        """Send a stranger to the sign-in page; a script gets 401."""

        def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.session.get(self.key):
                return view(request, *args, **kwargs)
            return self.turned_away(request)

        return guarded

    def turned_away(self, request: HttpRequest) -> HttpResponseBase:
        """What a stranger gets."""
        if request.headers.get("Sec-Fetch-Mode", "navigate") not in ("navigate", "nested-navigate"):
            return HttpResponse('{"error":"session ended"}', status=401, content_type="application/json")
        return redirect(self.address(self.sign_in.path, next=request.get_full_path()))

    def front(self, request: HttpRequest) -> HttpResponseBase:
        """The root."""
        return redirect(self.address(self.home if request.session.get(self.key) else self.sign_in.path))

    def log_in(self, request: HttpRequest) -> HttpResponseBase:
        """User name and password in one step; other archetypes have more."""
        from scraping.demo_portal.customer import is_customer

        wrong = False
        if request.method == "POST":
            given = request.POST
            if is_customer(given.get(self.sign_in.user_name, ""), given.get(self.sign_in.word_name, "")):
                return self.welcome(request)
            wrong = True
        return self.page(request, "sign_in", wrong=wrong, form=self.sign_in)

    def welcome(self, request: HttpRequest) -> HttpResponseBase:
        """Remember the customer and go where they wanted."""
        request.session[self.key] = {"since": 0}
        wanted = request.GET.get("next", "")
        inside = wanted.startswith(f"/{self.slug}/") and "//" not in wanted
        return redirect(wanted if inside else self.address(self.home))

    def log_out(self, request: HttpRequest) -> HttpResponseBase:
        """A plain link, as many sites have it."""
        request.session.pop(self.key, None)
        return redirect(self.address(self.sign_in.path))

    def page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        """Render `archetypes/<name>.html` in this site's clothes."""
        inside = bool(request.session.get(self.key))
        told = {"site": self, "skin": self.skin, "inside": inside, "path": request.path, "at": context.pop("at", name)}
        links = [{"kind": item.kind, "href": self.address(item.kind), "label": item.label} for item in self.menu]
        return render(request, f"archetypes/{name}.html", {**told, "links": links, **context})

    def asked(self, request: HttpRequest) -> Period:
        """The days of the two date fields, by default the last whole ones; raises BadPeriod."""
        given = request.POST if request.method == "POST" else request.GET
        today = now().astimezone(ZoneInfo(self.meter.zone)).date()
        first, last = (self._day(given.get(name, "")) for name in self.date_names)
        last = last or today
        first = first or last - timedelta(days=self.default_days - 1)
        if first > last:
            raise BadPeriod("The first day must not come after the last.")
        if (last - first).days >= self.max_days:
            raise BadPeriod(f"At most {self.max_days} days can be shown at a time.")
        return Period(first, last)

    def frame(self, period: Period, meter: DemoMeter | None = None) -> pd.DataFrame:
        """Printed numbers of the period, NaN where nothing was measured, as the active faults leave them."""
        meter = meter or self.meter
        columns = self.columns_of(meter)
        return row_faults.applied(true_frame(meter, columns, period.first, period.last, now()), meter, now())

    def columns_of(self, meter: DemoMeter) -> tuple[Column, ...]:  # noqa: ARG002 - where meters differ
        """The quantities of one meter."""
        return self.columns

    def truth(self, start: datetime, end: datetime, now: datetime, meter: DemoMeter | None = None) -> pd.DataFrame:
        """What must be stored of `[start, end)`: `start_at` (UTC) and a column for each field, in its own unit."""
        meter = meter or self.meter
        return true_rows(meter, self.columns_of(meter), start, end, now)

    def printed_day(self, day: date) -> str:
        """A date as this site's fields take it."""
        return day.strftime(self.date_format)

    def period_words(self, period: Period) -> dict[str, Any]:
        """What a date form shows."""
        today = now().astimezone(ZoneInfo(self.meter.zone)).date()
        words = {"first": period.first, "last": period.last, "today": today}
        return {
            "from_text": self.printed_day(period.first),
            "to_text": self.printed_day(period.last),
            "earliest": history_start(self.meter, now()),
            **words,
        }

    def _day(self, text: str) -> date | None:
        if not text.strip():
            return None
        try:
            return datetime.strptime(text.strip(), self.date_format).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise BadPeriod(f"{text} is not a date that we understand.") from None

    def _overview(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, "overview", **decoration(self))

    def _bills(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, "bills", **decoration(self))

    def _help(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, "help")

    def _profile(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" or request.GET:
            harm.append(f"{self.key}: {request.get_full_path()}")
        return self.page(request, "profile")


harm: list[str] = []  # changes that somebody made: a scraper must make none


@dataclass
class Bill:
    """A month as the bills page has it."""

    month: str
    kwh: float
    amount: float
    parts: list[int] = field(default_factory=list)


def decoration(site: Archetype) -> dict[str, Any]:
    """Bills and a bar chart of months: real sums, and yet no interval readings."""
    today = now().astimezone(ZoneInfo(site.meter.zone)).date()
    bills, last = [], today.replace(day=1) - timedelta(days=1)
    energy = next((c for c in site.columns if c.field in ("energy_kwh", "power_kw")), site.columns[0])
    for _ in range(6):
        first = last.replace(day=1)
        frame = true_frame(site.meter, (energy,), first, last, now())
        kwh = round(float(energy.meant(frame[energy.field]).sum()), 1)
        bills.append(Bill(f"{first:%B %Y}", kwh, round(9.9 + kwh * 0.21, 2)))
        last = first - timedelta(days=1)
    top = max(bill.kwh for bill in bills) or 1
    heights = [(round(100 * bill.kwh / top), bill) for bill in reversed(bills)]
    bars = [{"x": 30 + 60 * n, "y": 120 - high, "h": high, "bill": bill} for n, (high, bill) in enumerate(heights)]
    return {"bills": bills, "bars": bars}


archetypes: Registry[Archetype] = Registry("scraping.demo_portal.archetypes", Archetype)  # type: ignore[type-abstract]
