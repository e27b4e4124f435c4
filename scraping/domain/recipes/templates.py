"""Texts with places to fill: {meter}, {from:%d.%m.%Y}, {until:epoch_ms}. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

DATES = ("from", "to", "until")
NAMES = ("meter", "name", "link", "username", "password", *DATES)
_PLACE = re.compile(r"\{([a-z]+)(?::([^{}]*))?\}")
EPOCHS = {"epoch_s": 1, "epoch_ms": 1000}


def problem_of(template: str) -> str:
    """What is wrong with a template, "" where nothing is."""
    for name, form in _PLACE.findall(template):
        if name not in NAMES:
            return f"{{{name}}} is unknown; known are {', '.join('{' + known + '}' for known in NAMES)}."
        if form and name not in DATES:
            return f"{{{name}:{form}}}: only {', '.join('{' + known + '}' for known in DATES)} take a format."
    return ""


def places_of(template: str) -> set[str]:
    """The names of the places that are known here."""
    return {name for name, _ in _PLACE.findall(template)} & set(NAMES)


def has_dates(template: str) -> bool:
    """Whether it changes with the days asked for."""
    return any(name in DATES for name, _ in _PLACE.findall(template))


def rendered(template: str, values: Mapping[str, str | date], zone: str) -> str:
    """The text with its places filled; a date without a format is written like 2026-01-31."""

    def one(place: re.Match[str]) -> str:
        value, form = values.get(place[1], place[0]), place[2]
        if not isinstance(value, date):
            return value
        if form in EPOCHS:
            return str(int(datetime.combine(value, time(), ZoneInfo(zone)).timestamp()) * EPOCHS[form])
        return value.strftime(form) if form else value.isoformat()

    return _PLACE.sub(one, template)
