"""The meter's register itself, in Wh, at the END of each hour, in India: +5:30, lakhs and crores."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import ClassVar

import pandas as pd
from django.http import HttpRequest, HttpResponseBase

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.catalogue import DemoMeter
from scraping.demo_portal.period import BadPeriod
from scraping.demo_portal.places import house
from scraping.demo_portal.rows import Column, midnight, true_frame

FIRST_YEAR = 2022  # when the register was at zero
HOUR = timedelta(hours=1)


class CumulativeRegister(Archetype):
    """Where the hour's energy is not known its end has no register value, so the hour after it is unknown as well."""

    title = "Cumulative register"
    summary = "Register values in Wh, stamped at the end of the hour, +5:30; energy is their step."
    brand = "Vidyut Vitran Nigam"
    skin = "archetypes/skin_sidebar.html"
    colour = "#bf5b04"
    meter = house("VVN0045120987", "Flat 4B", "Pune", "Asia/Kolkata", country="IN")
    columns = (Column("energy_kwh", "Cumulative import", "Wh", 0, 1000.0),)
    date_format = "%d-%b-%Y"
    date_names = ("fromDate", "toDate")
    sign_in = SignIn(
        path="consumer/login",
        title="Consumer login",
        user_label="Consumer no. / e-mail",
        user_name="consumerNo",
        word_name="pswd",
        button="Login",
        wrong="Invalid consumer no. or password.",
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("consumer/home", "Home"),
        bills=("consumer/bills", "View bills"),
        usage=("consumer/registers", "Meter registers"),
        help=("consumer/care", "Customer care"),
        profile=("consumer/profile", "Profile"),
        logout=("consumer/logout", "Logout"),
    )

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """End stamps and register values, the opening value of the first day included."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return self.page(request, self.key, problem=str(problem))
        steps = self.frame(period)["energy_kwh"]
        opening, is_known = _register_at(self.meter, self.columns[0], period.first)
        register = (opening + steps.fillna(0).cumsum())[steps.notna()]
        rows = list(zip(pd.DatetimeIndex(register.index) + HOUR, register, strict=True))
        if is_known and len(steps):
            rows.insert(0, (steps.index[0], opening))
        told = [(f"{end:%d-%b-%Y %H:%M}", _indian(round(value))) for end, value in rows]
        return self.page(request, self.key, rows=told, **self.period_words(period))

    def truth(self, start: datetime, end: datetime, now: datetime, meter: DemoMeter | None = None) -> pd.DataFrame:
        """The steps between register values an hour apart."""
        known = super().truth(start - HOUR, end, now, meter)
        return known[known["start_at"].diff() == HOUR].reset_index(drop=True)


def _register_at(meter: DemoMeter, column: Column, day: date) -> tuple[float, bool]:
    """Register in Wh at the start of the day, and whether it was read then: the hour before is known."""
    years = range(FIRST_YEAR, day.year)
    so_far = sum(float(_steps(meter, column, date(year, 1, 1), date(year, 12, 31)).sum()) for year in years)
    if day == date(day.year, 1, 1):
        last = _steps(meter, column, day - timedelta(days=1), day - timedelta(days=1))
    else:
        last = _steps(meter, column, date(day.year, 1, 1), day - timedelta(days=1))
        so_far += float(last.sum())
    return so_far, bool(last.notna().iloc[-1])


@lru_cache(maxsize=512)
def _steps(meter: DemoMeter, column: Column, first: date, last: date) -> "pd.Series[float]":
    """Wh of every hour of the days, whatever the site's clock says."""
    return true_frame(meter, (column,), first, last, midnight(last + timedelta(days=2), meter.zone))[column.field]


def _indian(number: int) -> str:
    """1234567 is 12,34,567."""
    head, tail = str(number)[:-3], str(number)[-3:]
    pairs = [head[max(at - 2, 0) : at] for at in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail])
