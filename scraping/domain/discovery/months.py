"""A dropdown of months, or one of months and one of years: the days that a page lets one choose. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scraping.domain.browsing import FormField, FormNote
from scraping.domain.recipes.month_names import in_english

_WHOLE = (
    "%Y-%m", "%Y/%m", "%Y.%m", "%m/%Y", "%m-%Y", "%m.%Y", "%Y%m", "%Y-%m-01", "01.%m.%Y", "01/%m/%Y",
    "%Y%m01", "%m/01/%Y",
    "%B %Y", "%b %Y", "%Y %B", "%Y %b", "%B/%Y", "%b-%Y", "%b. %Y",
)  # fmt: skip
_ALONE = ("%m", "%-m", "%B", "%b")
ENOUGH = 0.8  # of the options: one may say "choose a month"


@dataclass(frozen=True)
class Chosen:
    """One dropdown and how its options write the month; `by_value` where that is what a form would send."""

    field: FormField
    form: str
    by_value: bool


@dataclass(frozen=True)
class InMonths:
    """The dropdowns that make a month together, of one form."""

    chosen: tuple[Chosen, ...]
    owner: FormNote


def in_dropdowns(forms: Sequence[FormNote]) -> InMonths | None:
    """The first form in which a month can be chosen: by one dropdown, or by one of months and one of years."""
    for form in forms:
        whole = next(_those(form, _WHOLE), None)
        if whole:
            return InMonths((whole,), form)
        years = next(_those(form, ("%Y",)), None)
        month = next((one for one in _those(form, _ALONE) if years and one.field is not years.field), None)
        if years and month:
            return InMonths((years, month), form)
    return None


def _those(form: FormNote, ways: Sequence[str]) -> Iterator[Chosen]:
    for field in form.fields:
        for by_value in (True, False):
            texts = [(value if by_value else text).strip() for value, text in field.options]
            if found := next((way for way in ways if _are(texts, way)), None):
                yield Chosen(field, found, by_value)
                break


def _are(texts: Sequence[str], form: str) -> bool:
    """Whether most of the options are different months or years, written so that the recipe would find them."""
    read = {text for text in texts if _is(text, form)}
    fewest = 12 if form in _ALONE else 2
    return len(read) >= max(fewest, ENOUGH * len(texts))


def _is(text: str, form: str) -> bool:
    try:
        at = datetime.strptime(in_english(text, form), form.replace("%-m", "%m")).replace(tzinfo=UTC)
    except ValueError:
        return False
    return at.strftime(form).lower() == in_english(text, form).lower() and (form in _ALONE or 2000 <= at.year < 2100)
