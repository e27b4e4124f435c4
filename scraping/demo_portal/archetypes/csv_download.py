"""Two meters, each with a CSV to download: semicolons, decimal commas, a preamble, stamps with their offset."""

import math
from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.catalogue import DemoMeter
from scraping.demo_portal.period import BadPeriod, Period
from scraping.demo_portal.places import house, prairie
from scraping.demo_portal.rows import Column

ALL = (
    Column("energy_kwh", "Énergie", "kWh"),
    Column("power_kw", "Puissance moyenne", "kW"),
    Column("voltage_v", "Tension", "V", 1),
    Column("current_a", "Intensité", "A", 2),
)


class CsvDownload(Archetype):
    """The list of meters leads to a page each; the page draws nothing, it offers the file."""

    title = "CSV download"
    summary = "A file for each meter and period: semicolons, decimal commas, ISO stamps with offset."
    brand = "Énergie des Vallées"
    skin = "archetypes/skin_topbar.html"
    colour = "#0f5ea8"
    meter = house("09123456789012", "Maison", "Sainte-Aure", "Europe/Paris")
    second = prairie("09998877665544", "Atelier", "Sainte-Aure", "Europe/Paris", country="FR")
    columns = ALL
    date_format = "%d/%m/%Y"
    date_names = ("debut", "fin")
    sign_in = SignIn(
        path="connexion",
        title="Espace client",
        user_label="Identifiant",
        user_name="identifiant",
        word_label="Mot de passe",
        word_name="motdepasse",
        button="Se connecter",
        wrong="Identifiant ou mot de passe incorrect.",
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("accueil", "Accueil"),
        usage=("compteurs", "Mes compteurs"),
        bills=("factures", "Mes factures"),
        profile=("profil", "Mon profil"),
        help=("aide", "Aide"),
        logout=("deconnexion", "Se déconnecter"),
    )

    @property
    def meters(self) -> tuple[DemoMeter, ...]:
        """Two of them."""
        return (self.meter, self.second)

    def columns_of(self, meter: DemoMeter) -> tuple[Column, ...]:
        """The workshop's meter has energy only."""
        return ALL if meter is self.meter else ALL[:1]

    def extra(self) -> list[URLPattern]:
        """A page and a file for each meter."""
        below = f"{self.slug}/compteurs/<str:reference>/"
        return [path(below, self.guard(self.of_meter)), path(below + "export.csv", self.guard(self.file))]

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """The list."""
        cards = [(meter, self.address(f"compteurs/{meter.reference}/")) for meter in self.meters]
        return self.page(request, "csv_download_list", cards=cards)

    def of_meter(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Dates, and the link to the file for them."""
        meter, problem = self._find(reference), ""
        try:
            period = self.asked(request)
        except BadPeriod as error:
            return self.page(request, self.key, problem=str(error), meter=meter)
        words = self.period_words(period)
        days = {"debut": words["from_text"], "fin": words["to_text"]}
        export = self.address(f"compteurs/{reference}/export.csv", **days)
        told = {"meter": meter, "problem": problem, "export": export, "count": len(self.frame(period, meter))}
        return self.page(request, self.key, **told, **words)

    def file(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """The CSV, in UTF-8 with a byte order mark as spreadsheets like it."""
        meter = self._find(reference)
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return HttpResponse(str(problem), status=400, content_type="text/plain; charset=utf-8")
        name = f"mesures_{reference}_{period.first:%Y%m%d}_{period.last:%Y%m%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        body = self._text(meter, period).encode("utf-8-sig")
        return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)

    def _text(self, meter: DemoMeter, period: Period) -> str:
        columns = self.columns_of(meter)
        lines = [f"Point de livraison;{meter.reference}", "Pas;60 min (horodatage de début)", ""]
        lines.append(";".join(["Horodatage", *(f"{column.label} ({column.unit})" for column in columns)]))
        for start, *values in self.frame(period, meter).itertuples():
            cells = (
                "" if math.isnan(value) else f"{value:.{column.decimals}f}".replace(".", ",")
                for value, column in zip(values, columns, strict=True)
            )
            lines.append(";".join([start.isoformat(), *cells]))
        return "\r\n".join([*lines, ""])

    def _find(self, reference: str) -> DemoMeter:
        for meter in self.meters:
            if meter.reference == reference:
                return meter
        raise Http404
