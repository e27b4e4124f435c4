"""A German municipal utility: a table of 100 rows a page, decimal commas, links to the next page."""

import math
from typing import ClassVar

from django.http import HttpRequest, HttpResponseBase

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.period import BadPeriod
from scraping.demo_portal.places import house
from scraping.demo_portal.rows import Column

PAGE_ROWS = 100


class PaginatedTable(Archetype):
    """German numbers and dates, wall-clock stamps, the number of values on every page."""

    title = "Paginated table"
    summary = "100 rows a page with a link to the next, German numbers and dates."
    brand = "Stadtwerke Auenthal"
    skin = "archetypes/skin_sidebar.html"
    colour = "#00695c"
    meter = house("1EMH0012345678", "Wohnung 3. OG", "Auenthal", "Europe/Berlin", country="DE")
    columns = (Column("energy_kwh", "Verbrauch", "kWh"), Column("power_kw", "Wirkleistung", "kW"))
    date_format = "%d.%m.%Y"
    date_names = ("von", "bis")
    sign_in = SignIn(
        path="anmelden",
        title="Anmeldung zum Kundenportal",
        user_label="E-Mail-Adresse",
        user_name="email",
        word_label="Passwort",
        word_name="passwort",
        button="Anmelden",
        error_class="fehler",
        wrong="E-Mail-Adresse oder Passwort ist falsch.",
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("start", "Startseite"),
        usage=("verbrauch/lastgang", "Lastgang"),
        bills=("rechnungen", "Rechnungen"),
        profile=("profil", "Meine Daten"),
        help=("kontakt", "Kontakt"),
        logout=("abmelden", "Abmelden"),
    )

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """One page of the period."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return self.page(request, self.key, problem=str(problem))
        frame = self.frame(period)
        pages = max(math.ceil(len(frame) / PAGE_ROWS), 1)
        number = min(max(int(request.GET.get("seite", "1") or 1), 1), pages)
        shown = frame.iloc[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
        rows = [(f"{start:%d.%m.%Y %H:%M}", *map(_german, values)) for start, *values in shown.itertuples()]
        words = self.period_words(period)
        days = {"von": words["from_text"], "bis": words["to_text"]}
        turns = {n: self.address("usage", **days, seite=str(n)) for n in range(1, pages + 1)}
        near = {n: turns[n] for n in turns if abs(n - number) < 3 or n in (1, pages)}
        told = {"rows": rows, "number": number, "pages": pages, "near": near, "after": turns.get(number + 1)}
        total = f"{len(frame):,}".replace(",", ".")
        return self.page(request, self.key, **told, before=turns.get(number - 1), total=total, **words)


def _german(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}".replace(".", ",")
