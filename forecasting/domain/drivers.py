"""Feature names in plain words, for the reasons behind a forecast."""

from collections.abc import Iterable

from forecasting.domain.grid import Floats

_WORDS = {
    "the hour of the day": ("hour",),
    "the day of the week": ("weekday", "off", "lag_1_off", "off_before", "off_after"),
    "holidays and bridge days": ("holiday", "holiday_near", "bridge"),
    "the time of year": ("year_sin", "year_cos"),
    "the load at this hour on the last days alike": ("base", "profile", "lag_2", "lag_3", "spread"),
    "the load at this hour the day before": ("lag_1",),
    "the load at this hour a week before": ("lag_week",),
    "the same days a year before": ("year_ago", "year_ago_day"),
    "the level of the last week": ("level", "level_change"),
    "the load of the last hours": ("surprise_hours", "surprise_day"),
    "the temperature now": ("temperature", "heating_degrees", "cooling_degrees", "felt_now"),
    "the temperature of the last days": (
        *("temperature_day", "temperature_memory_8h", "temperature_memory_48h"),
        *("felt_3h", "felt_8h", "felt_24h", "felt_72h"),
    ),
    "how much warmer or colder it is than lately": ("warmer", "warmer_day", "warmer_than_last"),
    "what calendar and temperature alone would give": ("line_direct",),
    "the line through calendar, temperature and recent errors": ("line", "line_level"),
    "the end of the year": ("year_end", "after_new_year"),
    "how far ahead the hour lies": ("lead_hours",),
}
_PLAIN = {name: words for words, names in _WORDS.items() for name in names}


def in_words(names: Iterable[str], importance: Floats) -> list[tuple[str, float]]:
    """Shares summed over features that say the same thing, largest first; they add up to 1 (or all are 0)."""
    shares: dict[str, float] = {}
    for name, weight in zip(names, importance, strict=True):
        words = _PLAIN.get(name, name)
        shares[words] = shares.get(words, 0.0) + float(weight)
    total = sum(shares.values())
    return sorted(((w, s / total if total else 0.0) for w, s in shares.items()), key=lambda pair: -pair[1])
