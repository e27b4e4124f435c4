"""Public holidays of a country, as local dates."""

from datetime import date
from functools import lru_cache


class UnknownCountry(ValueError):
    """The country or its subdivision is none that the `holidays` package knows."""


@lru_cache(maxsize=128)
def holidays_between(country: str, subdivision: str, first_year: int, last_year: int) -> frozenset[date]:
    """Public holidays (local dates) of a country by its ISO 3166 code; "" for none, "" for no subdivision."""
    if not country:
        return frozenset()
    import holidays  # 200 ms of modules, wanted once

    years = range(first_year, last_year + 1)
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=years))
    except NotImplementedError:
        where = f"{country} {subdivision}".strip()
        raise UnknownCountry(f"No holidays are known for {where}; use an ISO 3166 code.") from None
