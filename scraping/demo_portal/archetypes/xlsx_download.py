"""A Spanish utility's Excel file: a summary sheet first, then the hours, dates as real dates, no word on the zone."""

import io
import math
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path

from scraping.demo_portal.archetype import Archetype, MenuItem, SignIn, menu
from scraping.demo_portal.period import BadPeriod, Period
from scraping.demo_portal.places import house
from scraping.demo_portal.rows import Column

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class XlsxDownload(Archetype):
    """A button posts the form and the workbook comes back."""

    title = "XLSX download"
    summary = "A workbook with a summary sheet and a sheet of hours, sent in answer to a form."
    brand = "Iberia Luz"
    skin = "archetypes/skin_classic.html"
    colour = "#a4161a"
    meter = house("ES0021000000001234JN", "Piso", "Toledo", "Europe/Madrid", country="ES")
    columns = (Column("energy_kwh", "Consumo", "kWh"), Column("reactive_kvarh", "Energía reactiva", "kVArh"))
    date_format = "%d/%m/%Y"
    date_names = ("fechaDesde", "fechaHasta")
    sign_in = SignIn(
        path="acceso.do",
        title="Área privada",
        user_label="DNI / NIE",
        user_name="nif",
        word_label="Contraseña",
        word_name="clave",
        button="Entrar",
        wrong="El usuario o la contraseña no son correctos.",
    )
    menu: ClassVar[tuple[MenuItem, ...]] = menu(
        overview=("inicio.do", "Inicio"),
        bills=("facturas.do", "Mis facturas"),
        usage=("consumos.do", "Curva de carga"),
        profile=("datos.do", "Mis datos"),
        help=("ayuda.do", "Ayuda"),
        logout=("salir.do", "Salir"),
    )

    def extra(self) -> list[URLPattern]:
        """The workbook."""
        return [path(f"{self.slug}/exportar.do", self.guard(self.file))]

    def usage(self, request: HttpRequest) -> HttpResponseBase:
        """Dates and a button."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return self.page(request, self.key, problem=str(problem))
        return self.page(request, self.key, export=self.address("exportar.do"), **self.period_words(period))

    def file(self, request: HttpRequest) -> HttpResponseBase:
        """The workbook of the period."""
        try:
            period = self.asked(request)
        except BadPeriod as problem:
            return self.page(request, self.key, problem=str(problem))
        name = f"curva_{self.meter.reference}_{period.first:%Y%m%d}_{period.last:%Y%m%d}.xlsx"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(self._workbook(period), content_type=KIND, headers=headers)

    def _workbook(self, period: Period) -> bytes:
        from openpyxl import Workbook

        frame = self.frame(period)
        book = Workbook(write_only=True)
        summary = book.create_sheet("Resumen")
        for line in (
            ["CUPS", self.meter.reference],
            ["Periodo", f"{period.first} - {period.last}"],
            ["Horas", len(frame)],
        ):
            summary.append(line)
        sheet = book.create_sheet("Consumo horario")
        sheet.append(["Fecha y hora (inicio)", *(f"{column.label} ({column.unit})" for column in self.columns)])
        for start, *values in frame.itertuples():
            sheet.append([start.tz_localize(None).to_pydatetime(), *(None if math.isnan(v) else v for v in values)])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()
