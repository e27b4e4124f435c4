"""How a portal lets its days be chosen: in an address, in two fields, by a dropdown. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scraping.domain.browsing import FormField, FormNote
from scraping.domain.discovery.months import in_dropdowns
from scraping.domain.discovery.stamp_cells import read_cell
from scraping.domain.discovery.words import END, START, plain

_MOST = re.compile(
    r"at most|at a time|max|no more than|up to|limit|hochstens|bis zu|maximal|au plus|jusqu|como maximo"
    r"|hasta|al massimo|fino a|hoogstens|ten hoogste|no maximo|ate"
)
USUAL_MAX_DAYS = 31
_FORMS = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%d.%m.%y", "%d/%m/%y",
)  # fmt: skip
_STAMPED = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d%H%M%S", "%Y%m%d%H%M")


@dataclass(frozen=True)
class Written:
    """A date as it was found: the form in which it is written, and whether the day after the last is meant."""

    day: date
    form: str


@dataclass(frozen=True)
class InAddress:
    """`template` has {first} and {last} in place of the two days, written in `form`."""

    template: str
    form: str
    until_next: bool = False


@dataclass(frozen=True)
class InFields:
    """Two fields on the page, and how they take a day; `typed` is False for those that only a calendar fills."""

    first: FormField
    last: FormField
    form: str
    owner: FormNote
    typed: bool = True


def in_address(url: str, *, covers: tuple[date, date]) -> InAddress | None:
    """The two days in a query, where they are those that the answer covers; whichever of day and month is first."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for month_first in (False, True):
        dated = [(name, written) for name, value in pairs if (written := read_day(value, month_first=month_first))]
        found = _ends(dated, covers)
        if found is not None:
            (low, first), (high, last) = found
            places = {low: "{first}", high: "{last}"}
            query = urlencode([(name, places.get(name, value)) for name, value in pairs], safe="{}")
            template = urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
            return InAddress(template, first.form, until_next=last.day > covers[1])
    return None


def _ends(
    dated: Sequence[tuple[str, Written]], covers: tuple[date, date]
) -> tuple[tuple[str, Written], tuple[str, Written]] | None:
    """The pair whose days enclose what the answer covers."""
    day = timedelta(days=1)
    for low, first in dated:
        for high, last in dated:
            same_form = low != high and first.form == last.form and first.day <= last.day
            if same_form and abs(first.day - covers[0]) <= day and -day <= last.day - covers[1] <= 2 * day:
                return (low, first), (high, last)
    return None


def read_day(text: str, *, month_first: bool | None = None) -> Written | None:
    """The day that a short text says, and the form in which it does."""
    text = text.strip()
    forms = _FORMS if not month_first else ("%m/%d/%Y", "%m-%d-%Y", *_FORMS)
    if re.fullmatch(r"1\d{9}|1\d{12}", text):
        ms = len(text) == 13
        at = datetime.fromtimestamp(int(text) / (1000 if ms else 1), UTC)
        return Written(at.date(), "epoch_ms" if ms else "epoch_s")
    for form in (*forms, *_STAMPED):
        try:
            at = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if 2000 <= at.year < 2100:
            return Written(at.date(), form)
    return None


def in_fields(
    forms: Sequence[FormNote], *, covers: tuple[date, date], month_first: bool | None = None
) -> InFields | None:
    """Two fields of one form that hold or take days; of two readings of 03/04 the one near the days that are shown."""
    for form in forms:
        dated = [(field, way) for field in form.fields if (way := _takes(field, month_first, covers[1]))]
        if len(dated) < 2:
            continue
        starts = [one for one in dated if START.search(_about(one[0]))]
        ends = [one for one in dated if END.search(_about(one[0]))]
        first = (starts or dated)[0]
        last = next((one for one in ends if one[0] is not first[0]), None) or next(
            one for one in dated if one[0] is not first[0]
        )
        return InFields(first[0], last[0], first[1], form, typed=first[0].kind != "readonly")
    return None


def only_asks(form: FormNote) -> bool:
    """Whether a form can only ask to be shown something: sent by GET, with days and choices and nothing else."""
    asked = [field for field in form.fields if field.kind not in ("hidden", "submit", "button", "image")]
    harmless = {"date", "month", "week", "datetime-local", "select", "select-one", "radio", "checkbox", "number"}
    dated = any(field.kind == "date" or read_day(field.value) for field in asked) or in_dropdowns([form]) is not None
    return (
        form.method == "get"
        and dated
        and all(field.kind in harmless or read_day(field.value) is not None or not field.value for field in asked)
    )


def _about(field: FormField) -> str:
    return plain(f"{field.label} {field.name}")


def _takes(field: FormField, month_first: bool | None, seen: date) -> str:
    """The form in which a field takes a day; "" where it takes none."""
    if field.kind == "date":
        return "%Y-%m-%d"
    if field.kind not in ("text", "", "readonly", "search"):
        return ""
    tries = [read_day(field.value, month_first=first) for first in (bool(month_first), not month_first)]
    near = sorted((abs((seen - one.day).days), at) for at, one in enumerate(tries) if one is not None)
    if near and near[0][0] < 1000:
        found = tries[near[0][1]]
        assert found is not None
        return found.form
    shaped = re.search(
        r"(?i)\b(?:dd?|mm|yyyy|jj|tt|aaaa|gg)([./-])(?:dd?|mmm?|mon|jj|tt)\1(?:yyyy|jjjj|aaaa|yy|dd|jj|tt|gg)\b",
        field.label,
    )
    return _form_of(shaped[0]) if shaped else ""


def _form_of(shape: str) -> str:
    """dd-Mon-yyyy as %d-%b-%Y."""
    low = shape.lower().replace("tt", "dd").replace("gg", "dd")
    low = re.sub(r"aaaa|jjjj", "yyyy", low)
    low = re.sub(r"jj", "dd", low, count=1)
    for word, code in (("yyyy", "%Y"), ("yy", "%y"), ("mon", "%b"), ("mmm", "%b"), ("mm", "%m"), ("dd", "%d")):
        low = low.replace(word, code, 1)
    return low if "%d" in low else ""


def most_days(words: str) -> int | None:
    """How many days the page says it shows at a time; None where it does not say."""
    text = plain(words)
    for match in re.finditer(r"(\d{1,3}) (?:days?|tagen?|jours?|dias?|giorni|dagen)\b", text):
        near = text[max(match.start() - 40, 0) : match.end() + 25]
        if _MOST.search(near) and 1 <= int(match[1]) <= 400:
            return int(match[1])
    return None


def covered(stamps: Sequence[str]) -> tuple[date, date] | None:
    """First and last day of cells that hold stamps."""
    days = [cell.wall.date() for text in stamps if (cell := read_cell(text, day_first=True)) is not None and cell.dated]
    return (min(days), max(days)) if days else None
