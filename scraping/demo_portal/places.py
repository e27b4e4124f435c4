"""The meters of the archetypes: the two embedded records at addresses in many zones, an hour at a time."""

from typing import Any

from scraping.demo_portal.catalogue import CURRENT, ENERGY, POWER, REACTIVE, TEMPERATURE, VOLTAGE, DemoMeter


def house(reference: str, name: str, place: str, zone: str, **more: Any) -> DemoMeter:
    """The measured household, with voltage and current."""
    given: dict[str, Any] = {
        "country": "FR",
        "latitude": 0.0,
        "longitude": 0.0,
        "nominal_voltage_v": 230,
        "interval_s": 3600,
    } | more
    return DemoMeter(
        reference=reference,
        name=name,
        place=place,
        zone=zone,
        quantities=(ENERGY, POWER, REACTIVE, VOLTAGE, CURRENT),
        source="sceaux_15min",
        first_day="2007-01-01",
        years=3,
        credit="Measured by G. Hebrail and A. Berard, EDF R&D (UCI, CC BY 4.0)",
        **given,
    )


def prairie(reference: str, name: str, place: str, zone: str, **more: Any) -> DemoMeter:
    """The simulated home, with outdoor temperature."""
    given: dict[str, Any] = {
        "country": "US",
        "latitude": 0.0,
        "longitude": 0.0,
        "nominal_voltage_v": 120,
        "interval_s": 3600,
    } | more
    return DemoMeter(
        reference=reference,
        name=name,
        place=place,
        zone=zone,
        quantities=(ENERGY, TEMPERATURE),
        source="illinois_hourly",
        first_day="2016-01-04",
        years=2,
        credit="Simulated by the OpenDSM contributors (Apache-2.0)",
        simulated=True,
        **given,
    )
