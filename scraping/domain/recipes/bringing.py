"""One errand at a portal: the readings of one meter and some days, as a document."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urljoin

from scraping.domain.browsing import Browser, Response
from scraping.domain.errors import Blocked, LayoutChanged, NoDownload, PortalUnavailable
from scraping.domain.extraction.parts import Part, packed, unpacked
from scraping.domain.extraction.raw import CHARTS_TYPE, PARTS_TYPE, NotThisKind, RawTable
from scraping.domain.recipes.gathering import HTML, gather
from scraping.domain.recipes.model import Check, Claim, Recipe
from scraping.domain.recipes.stepping import Stepper
from scraping.domain.recipes.templates import has_dates
from scraping.domain.records import Document, Window, last_of_month, month_before, public_url
from scraping.domain.tables import kind_of, tables_in

_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "green button": "application/xml",
    "html": HTML,
}
_LOOKS = 25  # each up to a second of rest
_PASSWORD_FIELD = re.compile(rb"""<input[^>]+type=["']?password""", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d.,'\u00a0\u202f ]*")
Brought = tuple[str, bytes, str]
Looked = tuple[int | None, Brought]  # how many rows the page announces, and what it gives


class SignedOut(Exception):
    """The sign-in page came instead of what was asked for."""


@dataclass
class Errand:
    """What stays the same from one run of days to the next."""

    recipe: Recipe
    browser: Browser
    key: str
    url: Callable[[str], str]
    signed_out: tuple[str, ...]
    values: dict[str, str | date] = field(default_factory=dict)
    is_open: bool = False
    months: dict[date, Looked] = field(default_factory=dict)  # the last one, by its first day

    def check_in(self) -> None:
        """Raises SignedOut where the sign-in form stands in the page."""
        browser = self.browser
        if any(browser.is_shown(one) for one in self.signed_out) and not any(
            browser.exists(one) for one in self.recipe.login.done
        ):
            raise SignedOut


def bring(errand: Errand, first: date, last: date) -> Document:
    """The document of these local days, both included; raises SignedOut."""
    recipe = errand.recipe
    if recipe.has_register and recipe.readings.by_month:
        claimed, brought = _with_month_before(errand, first, last)
    else:
        claimed, brought = _bring(errand, first - timedelta(days=recipe.overlap_days), last)
    content_type, body, url = brought
    window = Window.of_local_days(first, last, recipe.zone)
    if recipe.has_register and recipe.series.stamp_at != "end":  # the first value ends the interval before it
        window = replace(window, start=window.start - timedelta(seconds=recipe.interval_s))
    return Document(
        portal=errand.key,
        meter_reference=str(errand.values["meter"]),
        window=window,
        content_type=content_type,
        body=body,
        fetched_at=errand.browser.now(),
        url=public_url(url),
        claimed_rows=claimed,
    )


def _with_month_before(errand: Errand, first: date, last: date) -> Looked:
    """A month of a register behind the one before, where there is one: the step from one to the next needs both."""
    month, before = first.replace(day=1), month_before(first)
    if before not in errand.months:
        with suppress(LayoutChanged):  # the meter's first
            errand.months[before] = _bring(errand, before, last_of_month(before))
    own = _bring(errand, first, last)
    earlier = errand.months.get(before)
    errand.months = {month: own}
    if earlier is None or 0 in (own[0], earlier[0]):
        return own
    if (tables := _tables(own)) and tables == _tables(earlier):
        raise LayoutChanged(f"The portal shows the same for {month:%Y-%m} as for {before:%Y-%m}.")
    parts = [
        part
        for _, (content_type, body, url) in (earlier, own)
        for part in (unpacked(body) if content_type == PARTS_TYPE else [Part(public_url(url), content_type, body)])
    ]
    claims = [claimed for claimed, _ in (earlier, own) if claimed is not None]
    return sum(claims) if claims else None, (PARTS_TYPE, packed(parts), own[1][2])


def _tables(looked: Looked) -> list[RawTable]:
    with suppress(NotThisKind):  # said where the kept document is read
        return tables_in(looked[1][1], looked[1][0])
    return []


def _bring(errand: Errand, first: date, last: date) -> Looked:
    """Choose these days and take what comes."""
    recipe = errand.recipe
    errand.values |= {"from": first, "to": last, "until": last + timedelta(days=1)}
    stepper = Stepper(errand.browser, recipe.zone, errand.values)
    try:
        _go(errand, stepper)
        return _look(errand, stepper)
    except NoDownload as error:
        errand.check_in()
        if recipe.login.page and recipe.login.page.strip("/") and recipe.login.page.strip("/") in error.url:
            raise SignedOut from error
        raise
    except LayoutChanged:
        errand.check_in()
        raise


def _go(errand: Errand, stepper: Stepper) -> None:
    """Open the page where need be, and choose the days."""
    browser, readings = errand.browser, errand.recipe.readings
    page = stepper.text(readings.page)
    begin = stepper.text(readings.steps[0].selector) if readings.steps else ""
    lost = bool(begin) and not browser.exists(begin)
    if not readings.steps:
        browser.responses()  # only what the page loads for these days is of interest
    if page and (not errand.is_open or readings.reopen or lost or has_dates(readings.page) or not readings.steps):
        browser.open(errand.url(page))
        browser.settle()
        errand.is_open = True
    errand.check_in()
    if readings.steps:
        browser.responses()
    for step in readings.steps:
        if step.verb == "open":
            browser.open(errand.url(stepper.text(step.target)))
            browser.settle()
        elif stepper.is_due(step):
            stepper.take(step)


def _look(errand: Errand, stepper: Stepper) -> Looked:
    """Wait for the page to be ready, and take what it has."""
    browser, readings = errand.browser, errand.recipe.readings
    if readings.ready:
        stops = [stepper.text(readings.ready), *filter(None, (readings.empty, readings.refused)), *errand.signed_out]
        browser.wait_for(*stops)
    errand.check_in()
    if readings.refused and browser.is_shown(readings.refused):
        said = " ".join(browser.text(readings.refused).split())
        days = f"{errand.values['from']} to {errand.values['to']}"
        raise LayoutChanged(f"The portal refuses the days {days}: {said[:200]}")
    if readings.empty and browser.is_shown(readings.empty):
        return 0, (HTML, browser.markup(readings.empty).encode(), browser.current_url)
    _check_texts(errand)
    claimed = _claimed(browser, readings.claim)
    return claimed, _WAYS[readings.via](errand, stepper)


def _check_texts(errand: Errand) -> None:
    for check in errand.recipe.readings.checks:
        if check.text:
            said = " ".join(errand.browser.text(check.text).split())
            _compare(check, said, str(errand.values["meter"]))


def _compare(check: Check, said: str, meter: str) -> None:
    wanted = (check.equals or check.contains).replace("{meter}", meter)
    if said != wanted and not (check.contains and wanted in said):
        raise LayoutChanged(f"The page says {said[:120]!r} at {check.text}, not {wanted!r}.")


def _claimed(browser: Browser, claim: Claim | None) -> int | None:
    if claim is None or not claim.text:
        return None
    selector, mark, name = claim.text.rpartition("@")
    said = browser.attributes(selector, name)[0][name] if mark else browser.text(claim.text)
    found = re.search(claim.pattern, said) if claim.pattern else _NUMBER.search(said)
    digits = re.sub(r"\D", "", found[found.lastindex or 0]) if found else ""
    if not digits:
        raise LayoutChanged(f"The page says {said[:120]!r} at {claim.text}, in which there is no number of rows.")
    return int(digits) - claim.less


def _response(errand: Errand, _stepper: Stepper) -> Brought:
    """What the page itself loaded, by its address."""
    browser, readings = errand.browser, errand.recipe.readings
    wanted, found = re.compile(readings.target), list[Response]()
    for _ in range(_LOOKS):
        found += [one for one in browser.responses() if wanted.search(one.url) and one.kind != "document"]
        if found:
            break
        browser.settle(timeout_s=1)
    browser.settle()
    found += [one for one in browser.responses() if wanted.search(one.url) and one.kind != "document"]
    if not found:
        errand.check_in()
        raise LayoutChanged(f"The page {public_url(browser.current_url)} loaded nothing like {readings.target}.")
    kept = found[-1:] if readings.keep == "last" else found
    for one in kept:
        _check_response(one)
    if len(kept) == 1:
        return kept[0].content_type, kept[0].body, kept[0].url
    parts = packed(Part(public_url(one.url), one.content_type, one.body) for one in kept)
    return PARTS_TYPE, parts, kept[-1].url


def _check_response(response: Response) -> None:
    where = public_url(response.url)
    if response.status == 401:
        raise SignedOut
    if response.status in {403, 429}:
        raise Blocked(f"The portal answered {response.status} at {where}.", retry_after=response.retry_after)
    if response.status >= 500:
        raise PortalUnavailable(f"The portal answered {response.status} at {where}.", retry_after=response.retry_after)
    if response.status >= 400:
        raise LayoutChanged(f"The portal answered {response.status} at {where}.")


def _download(errand: Errand, stepper: Stepper) -> Brought:
    browser, target = errand.browser, stepper.text(errand.recipe.readings.target)
    try:
        file = browser.download(target)
    except NoDownload:
        raise
    except LayoutChanged:
        _ask_for_status(browser, target)
        raise
    if kind_of(file.body) == "html" and _PASSWORD_FIELD.search(file.body):
        raise SignedOut  # a link marked as a download saves the sign-in page as if it were the file
    return _TYPES.get(kind_of(file.body), "application/octet-stream"), file.body, browser.current_url


def _ask_for_status(browser: Browser, link: str) -> None:
    """A link marked as a download fails without a word; its address says whether the portal is to blame."""
    href = browser.attributes(link, "href")[0]["href"] if browser.exists(link) else ""
    if href:
        with suppress(LayoutChanged):  # it answers, and not with an error
            browser.fetch_json(urljoin(browser.current_url, href))


def _chart(errand: Errand, stepper: Stepper) -> Brought:
    browser = errand.browser
    browser.wait_for(stepper.text(errand.recipe.readings.target))
    for _ in range(_LOOKS):
        body = browser.charts()
        if json.loads(body)["twin_charts"]:
            return CHARTS_TYPE, body, browser.current_url
        browser.settle(timeout_s=1)
    raise LayoutChanged(f"The page {public_url(browser.current_url)} shows no chart of a library that is known here.")


def _table(errand: Errand, _stepper: Stepper) -> Brought:
    table = errand.recipe.readings.table
    assert table is not None
    content_type, body = gather(errand.browser, table)
    return content_type, body, errand.browser.current_url


_WAYS = {"response": _response, "download": _download, "chart": _chart, "table": _table}
