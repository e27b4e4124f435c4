"""An American utility with the Green Button: an ESPI file in XML, epoch seconds, whole watt-hours."""

import math
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.period import BadPeriod, Period
from scraping.demo_portal.places import prairie
from scraping.demo_portal.rows import Column

_ENTRY = "<entry><link rel='self' href='{0}/{1}'/><title/><content>{2}</content></entry>"
_HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns='http://www.w3.org/2005/Atom' xmlns:espi='http://naesb.org/espi'>"
    "<id>urn:uuid:0d8f3d4e-7a5c-4a2b-9a66-1f2e3d4c5b6a</id><title>Green Button Usage Feed</title>"
)
_KIND = (
    "<espi:ReadingType><espi:accumulationBehaviour>4</espi:accumulationBehaviour><espi:commodity>1</espi:commodity>"
    "<espi:flowDirection>1</espi:flowDirection><espi:intervalLength>3600</espi:intervalLength><espi:kind>12</espi:kind>"
    "<espi:powerOfTenMultiplier>0</espi:powerOfTenMultiplier><espi:uom>72</espi:uom></espi:ReadingType>"
)


class GreenButton(Archetype):
    """A form of dates and the green button itself."""

    title = "Green Button download"
    summary = "An ESPI file in XML: epoch seconds, Wh."
    brand = "Bay Harbor Power"
    skin = "archetypes/skin_topbar.html"
    colour = "#2e7d32"
    meter = prairie("4410-22-9087", "Bungalow", "Monterey, California", "America/Los_Angeles")
    columns = (Column("energy_kwh", "Usage", "Wh", 0, 1000.0),)
    date_names = ("start", "end")
    sign_in = SignIn(
        path="oam/login", user_label="Username or email", user_name="uid", word_name="pwd", button="SIGN IN"
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("myaccount", "My account"),
        bills=("myaccount/billing", "Pay bill"),
        usage=("myaccount/energy", "Energy usage"),
        help=("myaccount/help", "Help center"),
        profile=("myaccount/settings", "Settings"),
        logout=("oam/logout", "Sign out"),
    )

    def extra(self) -> list[URLPattern]:
        """The file."""
        return [path(f"{self.slug}/myaccount/energy/download", self.guard(self.file))]

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """Dates and the button."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return self.page(request, self.key, problem=str(problem))
        words = {"download": self.address("myaccount/energy/download"), "count": len(self.frame(period))}
        return self.page(request, self.key, **words, **self.period_words(period))

    def file(self, request: HttpRequest) -> HttpResponseBase:
        """ESPI, one block a day."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return HttpResponse(str(problem), status=400, content_type="text/plain; charset=utf-8")
        name = f"bhp_electric_usage_interval_data_{period.first}_to_{period.last}.xml"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(self._feed(period), content_type="application/xml", headers=headers)

    def _feed(self, period: Period) -> str:
        energy = self.frame(period)["energy_kwh"]
        point = _ENTRY.format(
            "UsagePoint/1",
            "",
            "<espi:UsagePoint><espi:ServiceCategory><espi:kind>0</espi:kind></espi:ServiceCategory></espi:UsagePoint>",
        )
        meter = _ENTRY.format("UsagePoint/1/MeterReading", "1", "<espi:MeterReading/>")
        out = [_HEAD, point, meter, _ENTRY.format("ReadingType", "1", _KIND)]
        for number, (_, day) in enumerate(energy.groupby(energy.index.date), start=1):  # type: ignore[attr-defined]
            known = [(int(start.timestamp()), int(v)) for start, v in day.items() if not math.isnan(v)]  # type: ignore[attr-defined]
            if not known:
                continue
            length, begin = 3600 * len(day), known[0][0]
            span = f"<espi:duration>{length}</espi:duration><espi:start>{begin}</espi:start>"
            rows = "".join(
                f"<espi:IntervalReading><espi:timePeriod><espi:duration>3600</espi:duration><espi:start>{at}</espi:start>"
                f"</espi:timePeriod><espi:value>{value}</espi:value></espi:IntervalReading>"
                for at, value in known
            )
            block = f"<espi:IntervalBlock><espi:interval>{span}</espi:interval>{rows}</espi:IntervalBlock>"
            out.append(_ENTRY.format("UsagePoint/1/MeterReading/1/IntervalBlock", number, block))
        return "\n".join([*out, "</feed>"])
