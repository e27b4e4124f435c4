"""An invented tariff, to show what a bill looks like where nobody has entered a real one. Pure."""

from datetime import date, time
from decimal import Decimal

from meters.domain.tariff import Fixed, Rate, Tax, Version
from meters.domain.windows import Window

NOTE = "Invented prices, to show a bill. Replace them by those of your own contract."
KG_PER_KWH = (0.3,)


def example_tariff(*, currency: str, valid_from: date) -> Version:
    """Two prices by the hour, a fixed charge by the month, one tax."""
    night = Window(begins=time(22), ends=time(6))
    return Version(
        "Example tariff",
        valid_from,
        currency,
        rates=(Rate("Night", Decimal("0.12"), night), Rate("Day", Decimal("0.24"))),
        fixed=(Fixed("Connection", Decimal(9), "month"),),
        taxes=(Tax("Tax", percent=Decimal(10), base="all"),),
    )
