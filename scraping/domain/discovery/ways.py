"""The ways in which days may be chosen, each as the start of a recipe's `readings`; the likeliest first. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from scraping.domain.browsing import FormField, FormNote, Link
from scraping.domain.discovery import dates, months, paths, words
from scraping.domain.discovery.sightings import FILE, Sighting
from scraping.domain.discovery.walk import Page
from scraping.domain.discovery.words import plain

Steps = list[dict[str, str]]


@dataclass(frozen=True)
class Way:
    """`page` and `steps` of a recipe; `told` says it to a person.

    `dated` is False where no days can be chosen, `monthly` is True where whole months are.
    """

    page: str
    steps: Steps
    told: str
    dated: bool = True
    monthly: bool = False


def ways_of(sighting: Sighting, *, covers: tuple[date, date], month_first: bool | None) -> Iterator[Way]:
    """Every way that the page suggests; the last one chooses nothing."""
    page = sighting.page
    clicks: Steps = [{"click": selector} for selector in page.place.clicks]
    askable = [form for form in page.forms if not form.method or dates.only_asks(form)]  # never one that is posted
    fields = dates.in_fields(askable, month_first=month_first, covers=covers)
    if fields is not None:
        if fields.owner.method == "get" and not _is_of_file(sighting, fields.owner):
            written = {
                fields.first.selector: place("from", fields.form),
                fields.last.selector: place("to", fields.form),
            }
            yield Way(_sent(fields.owner, page, written), [], "The days stand in the address of the page.")
        button = _button(page, fields.last, fields.owner)
        told = f"The days are written into two fields{f' and “{button.text}” is pressed' if button else ''}."
        steps = [*clicks, *_filled(fields)]
        if not _is_of_file(sighting, fields.owner):
            steps += [{"click": button.selector}] if button else [{"press": "Enter", "in": fields.last.selector}]
        yield Way(page.place.address, steps, told)
    yield from _of_months(sighting, askable, clicks)
    by_page = dates.in_address(page.place.address, covers=covers)
    if by_page is not None:
        yield Way(_placed(by_page), clicks, "The days stand in the address of the page.")
    for link in page.links:
        by_link = dates.in_address(urljoin(page.place.address, link.url), covers=covers) if link.url else None
        if by_link is not None and not paths.is_file(link) and not paths.is_harmful(link):
            yield Way(_placed(by_link), [], f"The link “{link.text}” has the days in its address.")
    yield Way(page.place.address, clicks, "How to choose days was not found.", dated=False)


def _of_months(sighting: Sighting, forms: list[FormNote], clicks: Steps) -> Iterator[Way]:
    """By an address that a form sends, then by choosing of the dropdowns."""
    page, found = sighting.page, months.in_dropdowns(forms)
    if found is None:
        return
    owner, last = found.owner, found.chosen[-1].field
    written = {one.field.selector: place("from", one.form) for one in found.chosen}
    is_of_file = _is_of_file(sighting, owner)
    if owner.method == "get" and not is_of_file and all(one.by_value for one in found.chosen):
        yield Way(_sent(owner, page, written), [], "The month stands in the address of the page.", monthly=True)
    chosen: Steps = [{"choose": selector, "with": text} for selector, text in written.items()]
    button = None if is_of_file else _button(page, last, owner)
    told = f"A month is chosen of a dropdown{f' and “{button.text}” is pressed' if button else ''}."
    pressed: Steps = [{"click": button.selector}] if button else []
    yield Way(page.place.address, [*clicks, *chosen, *pressed], told, monthly=True)


def _is_of_file(sighting: Sighting, owner: FormNote) -> bool:
    """Whether the fields belong to the button that gives the file: it sends them itself."""
    if sighting.kind != FILE or sighting.link is None or not sighting.link.in_form:
        return False
    return owner.method == "get"


def _sent(owner: FormNote, page: Page, written: dict[str, str]) -> str:
    """The address that a GET form leads to, the fields of days with places to fill."""
    parts = urlsplit(urljoin(page.place.address, owner.action))
    pairs = []
    for field in owner.fields:
        if field.selector in written:
            pairs.append((field.name, written[field.selector]))
        elif field.name and field.kind not in ("submit", "button", "checkbox", "radio"):
            pairs.append((field.name, field.value))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs, safe="{}:%-./ ,"), ""))


def _filled(fields: dates.InFields) -> Steps:
    verb = "fill" if fields.typed else "set"
    return [
        {verb: fields.first.selector, "with": place("from", fields.form)},
        {verb: fields.last.selector, "with": place("to", fields.form)},
    ]


def place(name: str, form: str) -> str:
    """A place of a recipe: {from:%d.%m.%Y}; ISO needs no format."""
    return f"{{{name}}}" if form == "%Y-%m-%d" else f"{{{name}:{form}}}"


def _placed(found: dates.InAddress) -> str:
    last = "until" if found.until_next else "to"
    return found.template.replace("{first}", place("from", found.form)).replace("{last}", place(last, found.form))


def _button(page: Page, last: FormField, owner: FormNote) -> Link | None:
    """The button that shows the days chosen: of the same form or the same part of the page, by its words."""
    home = last.selector.rpartition(">>>")[0]
    near = [
        link
        for link in page.links
        if link.kind == "button"
        and link.selector.rpartition(">>>")[0] == home
        and not paths.says_file(link.text)
        and (_shows(link) or not paths.says_harm(link.text))
    ]
    of_form = [link for link in near if owner.selector and link.selector.startswith(owner.selector)]
    for group in (of_form, near):
        worded = [link for link in group if _shows(link)]
        if worded:
            return worded[0]
    return of_form[0] if len(of_form) == 1 else None


def _shows(link: Link) -> bool:
    return bool(words.SHOW.search(plain(link.text)))


def form_of(link: Link, forms: tuple[FormNote, ...]) -> FormNote | None:
    """The form that a button belongs to."""
    return next((form for form in forms if form.selector and link.selector.startswith(form.selector)), None)
