"""Solar panels on the roof: what they make is taken off the load, and what is left over is exported.

Sun and clear sky by pvlib: position, Haurwitz's clear-sky model (1945), Erbs' split of the irradiance (1982), and an
isotropic sky on the tilted plane. Cells lose with heat, cables and inverters: one figure for all of it.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from simulations.domain.contract import Effect, Event, Floats, Load, Span, Stage
from simulations.domain.errors import BadScenario
from twin_project.kit.params import param

IRRADIANCE = "irradiance_w_m2"


class SolarPanels(Event):
    """Less drawn by day; below zero is exported."""

    title = "Solar panels"
    summary = "Panels of some kWp: measured irradiance where the site has it, else a share of the clear sky."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.GENERATION

    @dataclass(frozen=True)
    class Params:
        """How large, how they stand, what is lost."""

        kwp: float = param(10.0, "Peak power", "", unit="kWp", minimum=0, maximum=100_000)
        tilt_deg: float = param(30.0, "Tilt", "0 is flat.", unit="°", minimum=0, maximum=90)
        azimuth_deg: float = param(180.0, "Looks to", "180 is south.", unit="°", minimum=0, maximum=360)
        losses_pct: float = param(14.0, "Losses", "Heat, cables, inverter.", unit="%", minimum=0, maximum=60)
        clear_sky_pct: float = param(
            60.0, "Of a clear sky", "Where irradiance is not known.", unit="%", minimum=0, maximum=100
        )

    def change_load(self, load: Load, span: Span) -> Load:
        """What the panels make in each interval is taken off every path."""
        if not self.params.kwp:
            return load
        made = self._made_kw(load)
        return load.with_kw(load.kw - made * span.holds(load.starts))

    def assumptions(self) -> list[str]:
        """How the sun is known."""
        p = self.params
        return [
            f"{p.kwp:g} kWp with {p.losses_pct:g} % losses under the irradiance of the site's weather; "
            f"where that is not known, under {p.clear_sky_pct:g} % of a clear sky at every hour."
        ]

    def _made_kw(self, load: Load) -> Floats:
        from pvlib import clearsky, irradiance, location

        known, p = load.known, self.params
        if known.latitude is None or known.longitude is None:
            told = "The site has no coordinates, so the sun's way is not known. Add them to the site."
            raise BadScenario("kwp", told)
        middle = load.starts + load.step / 2
        sun = location.Location(known.latitude, known.longitude).get_solarposition(middle)
        clear = clearsky.haurwitz(sun["apparent_zenith"])["ghi"] * p.clear_sky_pct / 100
        ghi = self._measured(load, middle).fillna(clear)
        split = irradiance.erbs(ghi, sun["zenith"], pd.Series(middle.day_of_year, index=middle))
        plane = irradiance.get_total_irradiance(
            p.tilt_deg, p.azimuth_deg, sun["apparent_zenith"], sun["azimuth"], split["dni"], ghi, split["dhi"]
        )["poa_global"]
        up = (sun["apparent_elevation"] > 0).to_numpy()  # a record's hour may reach beyond dusk
        made = p.kwp * plane.fillna(0.0).to_numpy(dtype=np.float64) / 1000 * (1 - p.losses_pct / 100) * up
        return np.asarray(np.clip(made, 0.0, p.kwp))

    @staticmethod
    def _measured(load: Load, middle: pd.DatetimeIndex) -> "pd.Series[float]":
        """Irradiance of the record's interval that holds each instant, or of one that began up to two hours before."""
        weather = load.known.weather
        if weather is None or IRRADIANCE not in weather:
            return pd.Series(np.nan, index=middle)
        record = weather[IRRADIANCE].dropna()
        found = record.reindex(middle, method="pad", tolerance=pd.Timedelta(hours=2)) if len(record) else record
        return found.reindex(middle).clip(lower=0.0)
