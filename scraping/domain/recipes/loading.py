"""From the text of a recipe to a Recipe, or to every sentence that says what is wrong with it."""

import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from scraping.domain.recipes import quantities
from scraping.domain.recipes.model import (
    Across,
    Check,
    Claim,
    Declared,
    Login,
    MeterColumn,
    MeterPage,
    Readings,
    Recipe,
    Series,
    Signs,
    TableSpec,
    Value,
)
from scraping.domain.recipes.nodes import BadRecipe, Section
from scraping.domain.recipes.stepping import read_steps, template
from scraping.domain.recipes.templates import places_of
from scraping.domain.records import QUANTITIES

VIAS = ("response", "download", "chart", "table")
_INTERVAL = re.compile(r"(\d+)\s*(s|sec|min|minutes|h|hour|hours|d|day)?")
_SECONDS = {
    "s": 1,
    "sec": 1,
    "min": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "d": 86_400,
    "day": 86_400,
}


def load_recipe(text: str) -> Recipe:
    """The recipe of a text; raises BadRecipe with every problem that it has."""
    top = Section.of_text(text)
    meters = top.at("meters")
    recipe = Recipe(
        title=top.at("title").text(needed=True),
        summary=top.at("summary").text(),
        base_url=_address(top.at("base_url")),
        zone=_zone(top.at("zone")),
        interval_s=_interval(top.at("interval")),
        login=_login(top.at("login")),
        readings=_readings(top.at("readings")),
        series=_series(top.at("series")),
        meters=_declared(meters) if meters.is_list else (),
        meter_page=_meter_page(meters) if not meters.is_list else None,
        signs=_signs(top.at("signs")),
        hosts=top.at("hosts").texts(),
    )
    top.only_known()
    if top.problems:
        raise BadRecipe(top.problems)
    return recipe


def _address(section: Section) -> str:
    text = section.text(needed=True)
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        section.problem("must be an address like https://portal.example/.")
    return text


def _zone(section: Section) -> str:
    text = section.text(needed=True)
    if text and text not in available_timezones():
        section.problem(f"{text!r} is no time zone like Europe/Paris.")
        return "UTC"
    return ZoneInfo(text or "UTC").key


def _interval(section: Section) -> int:
    text = section.text(needed=True).strip()
    found = _INTERVAL.fullmatch(text)
    seconds = int(found[1]) * _SECONDS[found[2] or "s"] if found else 0
    if text and not 60 <= seconds <= 86_400:
        section.problem(f"must be a time like 15 min, 1 h or 1 d, not {text!r}.")
    return seconds or 3600


def _login(section: Section) -> Login:
    if not section.is_there:
        section.problem("is missing: say how to sign in.")
    login = Login(
        page=template(section.at("page"), default="/"),
        steps=read_steps(section.at("steps"), login=True),
        done=section.at("done").texts(),
        wrong=section.at("wrong").texts(),
    )
    section.only_known()
    if section.is_mapping and not login.done:
        section.at("done").problem("is missing: name something that only a signed-in customer sees.")
    if section.is_mapping and not any("{password}" in step.value for step in login.steps):
        section.at("steps").problem("no step fills {password}.")
    return login


def _signs(section: Section) -> Signs:
    words = ("signed_out", "blocked", "unavailable", "code")
    signs = Signs(*(section.at(word).texts() for word in words))
    section.only_known()
    return signs


def _declared(section: Section) -> tuple[Declared, ...]:
    meters = []
    for item in section.items():
        keys = ("reference", "name", "place", "country")
        meters.append(Declared(*(item.at(key).text(needed=key == "reference") for key in keys)))
        item.only_known()
    if not meters:
        section.problem("names no meter.")
    return tuple(meters)


def _meter_page(section: Section) -> MeterPage:
    if not section.is_there:
        section.problem("is missing: list the meters, or say on which page they stand.")
    page = MeterPage(
        page=template(section.at("page")),
        each=section.at("each").text(),
        reference=section.at("reference").text(needed=section.is_there),
        reference_pattern=_pattern(section.at("pattern")),
        name=section.at("name").text(),
        link=section.at("link").text(),
        place=section.at("place").text(),
    )
    section.only_known()
    return page


def _readings(section: Section) -> Readings:
    if not section.is_there:
        section.problem("is missing: say where the readings are.")
    via, target, table = _via(section)
    days = section.at("days")
    by_month = days.is_there and not days.is_list and days.text() == "month"
    readings = Readings(
        page=template(section.at("page")),
        steps=read_steps(section.at("steps")),
        days=31 if by_month else days.number(31),
        ready=template(section.at("ready")),
        empty=section.at("empty").text(),
        refused=section.at("refused").text(),
        via=via,
        target=target,
        keep=section.at("keep").choice("last", "all", default="last"),
        table=table,
        claim=_claim(section.at("claims")),
        checks=tuple(_check(item) for item in section.at("checks").items()),
        reopen=section.at("reopen").yes(),
        by_month=by_month,
    )
    section.only_known(*VIAS)
    return readings


def _via(section: Section) -> tuple[str, str, TableSpec | None]:
    named = [via for via in VIAS if section.at(via).is_there]
    if len(named) != 1:
        if section.is_there:
            section.problem(f"must have exactly one of {', '.join(VIAS)}; it has {', '.join(named) or 'none'}.")
        return "table", "", TableSpec("table")
    inner = section.at(named[0])
    if named[0] != "table":
        return named[0], _pattern(inner) if named[0] == "response" else template(inner), None
    if not inner.is_mapping:
        return "table", inner.text(), TableSpec(inner.text())
    texts = {key: inner.at(key).text() for key in ("select", "next", "more", "scroll", "row", "cell", "heading", "key")}
    inner.only_known()
    if not texts["select"]:
        inner.at("select").problem("is missing: name the table.")
        texts["select"] = "table"
    return "table", texts["select"], TableSpec(**{key: text for key, text in texts.items() if text})


def _claim(section: Section) -> Claim | None:
    if not section.is_there:
        return None
    if not section.is_mapping:
        return Claim(text=section.text())
    claim = Claim(
        text=section.at("text").text(),
        pattern=_pattern(section.at("pattern")),
        fact=section.at("fact").text(),
        less=section.at("less").number(0, least=0),
    )
    section.only_known()
    if bool(claim.text) == bool(claim.fact):
        section.problem("needs `text` (a selector) or `fact` (a name in the document), one of them.")
    return claim


def _check(section: Section) -> Check:
    check = Check(*(section.at(key).text() for key in ("text", "fact", "is", "contains")))
    section.only_known()
    if bool(check.text) == bool(check.fact) or bool(check.equals) == bool(check.contains):
        section.problem("needs one of `text` and `fact`, and one of `is` and `contains`.")
    return check


def _series(section: Section) -> Series:
    if not section.is_there:
        section.problem("is missing: say how a row is read.")
    stamp, across = section.at("stamp"), _across(section.at("across"))
    named = stamp.at("column") if stamp.is_mapping else stamp
    columns = named.texts()
    decimal, thousands = _number_style(section.at("numbers"))
    series = Series(
        table=_named(section.at("table")),
        stamp=columns,
        stamp_format=stamp.at("format").text(),
        stamp_at=stamp.at("at").choice("start", "end", default="start"),
        stamp_zone=_stamp_zone(stamp.at("zone")),
        decimal=decimal,
        thousands=thousands,
        missing=section.at("missing").texts(),
        values=_values(section.at("values"), across),
        ignore=section.at("ignore").texts(),
        meter=_meter_column(section.at("meter")),
        across=across,
    )
    if stamp.is_mapping:
        stamp.only_known()
    if section.is_there and not columns:
        stamp.problem("is missing: name the column of the time.")
    section.only_known()
    return series


def _across(section: Section) -> Across | None:
    if not section.is_there:
        return None
    named = section.at("columns") if section.is_mapping else section
    columns = named.text(needed=True)
    if columns and (columns.count("{n}") + columns.count("{time}") != 1):
        named.problem(f"must hold {{n}} or {{time}} once, like 'Hour {{n}}', not {columns!r}.")
        columns = "{n}"
    if not section.is_mapping:
        return Across(columns)
    found = Across(columns, section.at("first").number(1, least=0))
    section.only_known()
    return found


def _meter_column(section: Section) -> MeterColumn | None:
    if not section.is_there:
        return None
    if not section.is_mapping:
        return MeterColumn(section.text())
    found = MeterColumn(section.at("column").text(needed=True), _pattern(section.at("pattern")))
    section.only_known()
    return found


def _named(section: Section, *, needed: bool = False) -> str:
    """A name in the document, in which the meter's number may stand."""
    text = section.text(needed=needed)
    if (others := places_of(text) - {"meter"}) and text:
        section.problem(f"may hold {{meter}} and no other place, not {{{sorted(others)[0]}}}.")
    return text


def _stamp_zone(section: Section) -> str:
    text = section.text()
    if text and text not in {"utc", "offset"} and text not in available_timezones():
        section.problem(f"must be utc, offset or a time zone like Europe/Paris, not {text!r}.")
        return ""
    return text


def _number_style(section: Section) -> tuple[str, str]:
    """The marks of a sample such as 1.234,5: the last one is the decimal, unless three digits follow and it repeats."""
    text = section.text("1234.5")
    marks = re.findall(r"[^\d+\-]", text)
    if not re.search(r"\d", text) or len(set(marks)) > 2:
        section.problem(f"must be a number as the portal writes it, like 1.234,5, not {text!r}.")
        return ".", ""
    if len(set(marks)) == 2:
        return marks[-1], marks[0]
    if len(marks) > 1 or (marks and marks[0] in " '’\u00a0\u202f"):
        return ("." if marks[0] != "." else ","), marks[0]
    return (marks[0] if marks else "."), ""


def _values(section: Section, across: Across | None) -> tuple[Value, ...]:
    values = []
    for key in section.names():
        inner = section.at(key)
        if key not in QUANTITIES:
            inner.problem(f"is no quantity; known are {', '.join(QUANTITIES)}.")
        unit_section = inner.at("unit")
        unit = quantities.unit_named(unit_section.text(needed=True))
        if not unit and unit_section.is_there:
            unit_section.problem(f"is no unit known here; known are {', '.join(quantities.KNOWN)}.")
        elif unit and key in QUANTITIES and quantities.quantity_of(unit) != key:
            unit_section.problem(f"{unit} measures {quantities.quantity_of(unit)}, not {key}.")
        column = across.columns if across else _named(inner.at("column"), needed=True)
        values.append(Value(key, column, unit, inner.at("register").yes(), inner.at("optional").yes()))
        inner.only_known()
    if not values:
        section.problem("names no quantity, such as `energy_kwh: {column: Usage (kWh), unit: kWh}`.")
    if across and any(value.register or value.optional for value in values):
        section.problem("beside `across`, none can be `register` or `optional`.")
    if across and len(values) > 1:
        section.problem("beside `across` there is one quantity: the columns are its hours.")
    return tuple(values)


def _pattern(section: Section) -> str:
    text = section.text()
    try:
        re.compile(text)
    except re.error as error:
        section.problem(f"is no regular expression: {error}.")
        return ""
    return text
