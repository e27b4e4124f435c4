"""A series that was found, as the recipe that brings it: what a person would have written by hand. Pure."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import yaml

from scraping.domain.discovery.clocks import spoken
from scraping.domain.discovery.hours import Laid
from scraping.domain.discovery.login import Login
from scraping.domain.discovery.merging import Found
from scraping.domain.discovery.names import meter_name, meter_reference, portal_name
from scraping.domain.discovery.series import Series
from scraping.domain.discovery.sightings import ANSWER, CHART, FILE, Sighting
from scraping.domain.discovery.stamps import EPOCH_MS, EPOCH_S, ISO
from scraping.domain.discovery.ways import Way

QUANTITY_WORDS = {
    "energy_kwh": "energy", "power_kw": "power", "voltage_v": "voltage", "current_a": "current",
    "reactive_kvarh": "reactive energy", "power_factor": "power factor", "frequency_hz": "frequency",
    "temperature_c": "temperature",
}  # fmt: skip


def title_of(found: Found) -> str:
    """What it is, in words: "Energy and voltage, every hour"."""
    names = [QUANTITY_WORDS[name] for name in found.series.quantities]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    step = spoken(found.series.interval_s.value)
    every = step.removeprefix("1 ")
    meter = f" of meter {found.series.meter}" if found.series.meter else ""
    return f"{listed[0].upper()}{listed[1:]}{meter}, every {every}"


def recipe_of(found: Found, login: Login, way: Way, *, days: int) -> dict[str, Any]:
    """The recipe as `load_recipe` takes it once it is written as YAML."""
    series, sighting = found.series, found.sighting
    parts = urlsplit(login.address)
    reference = meter_reference(series, sighting.page.looks.words, login.address)
    return {
        "title": f"{portal_name(sighting.page, parts.hostname or '')}: {title_of(found)}"[:120],
        "summary": f"Found by itself at {' › '.join(sighting.page.trail) or 'the first page'}.",
        "base_url": f"{parts.scheme}://{parts.netloc}/",
        "zone": series.zone.value,
        "interval": _interval(series.interval_s.value),
        "login": _login(login),
        "meters": [
            {"reference": reference, "name": meter_name(sighting.page, reference)},
        ],
        "readings": {
            "page": _path(way.page),
            **({"steps": way.steps} if way.steps else {}),
            "days": "month" if way.monthly else days,
            **_via(sighting),
        },
        "series": _series(found),
    }


def as_yaml(recipe: Mapping[str, Any]) -> str:
    """The text of a recipe."""
    return str(yaml.safe_dump(dict(recipe), sort_keys=False, allow_unicode=True, width=110))


def _path(address: str) -> str:
    """An address below the portal's own: the account says where that is."""
    parts = urlsplit(address)
    return address.removeprefix(f"{parts.scheme}://{parts.netloc}") or "/"


def _interval(seconds: int) -> str:
    return next(
        (
            f"{seconds // size} {unit}"
            for unit, size in (("d", 86_400), ("h", 3600), ("min", 60))
            if seconds % size == 0
        ),
        f"{seconds} s",
    )


def _login(login: Login) -> dict[str, Any]:
    steps: list[dict[str, str]] = []
    for what, selector in login.steps:
        if what in ("user", "word"):
            steps.append({"fill": selector, "with": "{username}" if what == "user" else "{password}"})
        elif what == "code":
            steps.append({"code": selector})
        elif what == "enter":
            steps.append({"press": "Enter", "in": selector})
        else:
            steps.append({"click": selector})
    done = login.signed_in or "body:not(:has(input[type=password]))"
    return {
        "page": _path(login.address),
        "steps": steps,
        "done": done,
        **({"wrong": login.refused} if login.refused else {}),
    }


def _via(sighting: Sighting) -> dict[str, Any]:
    if sighting.kind == ANSWER:
        return {"response": answer_pattern(sighting.url)}
    if sighting.kind == FILE and sighting.link is not None:
        return {"download": sighting.link.selector}
    if sighting.kind == CHART:
        return {"chart": "body"}  # a selector to wait for; the columns tell which chart it is
    grown = sighting.grown
    return {"table": grown.as_recipe() if grown else ">>> table"}


def answer_pattern(url: str) -> str:
    """A pattern for the path of an answer; what is made anew for each call is left open."""
    path = urlsplit(url).path
    return re.sub(r"(?<=/)[0-9a-f]{8}-[0-9a-f-]{27}(?=/|$)", "[^/]+", re.escape(path)) + r"(\?|$)"


def _series(found: Found) -> dict[str, Any]:
    series = found.series
    stamps = series.clock.stamps
    stamp: dict[str, Any] = {
        "column": [series.clock.title, series.clock.time] if series.clock.time else series.clock.title
    }
    form = stamps.form.value
    if form not in (ISO,):
        stamp["format"] = form
    stamp["at"] = series.stamp_at.value
    if form in (EPOCH_S, EPOCH_MS):
        stamp["zone"] = "utc"
    elif stamps.aware:
        stamp["zone"] = "offset"
    values = {
        column.quantity.value: {
            **_named(series, column.title),
            "unit": column.unit.value or "1",
            **({"register": "yes"} if column.register.value else {}),
        }
        for column in series.columns
    }
    style = series.columns[0].style
    styles = [column.style for column in series.columns]
    style = next((one for one in styles if one.decimal == "," or one.thousands), style)
    sample = f"1{style.thousands}234{style.decimal}5" if style.thousands else f"1234{style.decimal}5"
    told = {"meter": series.part.told_by} if series.part.told_by else {}
    across = {"across": _across(series.laid)} if series.laid else {}
    return {"stamp": stamp, **across, **told, "numbers": sample, "values": values}


def _named(series: Series, title: str) -> dict[str, str]:
    """The column of a quantity; hours are called by `across`."""
    return {} if series.laid else {"column": series.part.names.get(title, title)}


def _across(laid: Laid) -> str | dict[str, Any]:
    across = laid.across
    return across.columns if across.first == 1 else {"columns": across.columns, "first": across.first}
