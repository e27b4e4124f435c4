"""The one portal behind every recipe."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urljoin

from scraping.domain.browsing import Browser
from scraping.domain.contract import Portal
from scraping.domain.errors import Blocked, InvalidCredentials, LayoutChanged, NoDownload, PortalUnavailable
from scraping.domain.recipes import signs
from scraping.domain.recipes.bringing import Errand, SignedOut, bring
from scraping.domain.recipes.model import MeterPage, Recipe
from scraping.domain.recipes.reading import read_by
from scraping.domain.recipes.stepping import Stepper
from scraping.domain.records import Credentials, Document, MeterListing, ParsedReadings, Window

_SOON_S = 6  # then the page is looked at: a captcha need not be waited out


class RecipePortal(Portal):
    """Follows `recipe`; what it brings is read by `recipe.series` and needs no browser."""

    document_types: ClassVar[tuple[str, ...]] = ("text/csv", "application/json", "text/html", "application/xml")
    _credentials: Credentials | None = None

    def __init__(self, params: Any = None) -> None:
        super().__init__(params)
        self._links: dict[str, str] = {}

    @property
    def recipe(self) -> Recipe:
        """What to do."""
        raise NotImplementedError

    @property
    def hosts(self) -> tuple[str, ...]:
        """The portal's own host, and those that the recipe names."""
        return (*super().hosts, *self.recipe.hosts)

    @property
    def keeps_session(self) -> bool:
        """A code is asked for once, so that the session is worth keeping."""
        return any(step.verb == "code" for step in self.recipe.login.steps)

    def is_signed_in(self, browser: Browser) -> bool:
        """Whether a page of a customer shows what only a customer sees."""
        browser.open(self.url(self._home))
        out = self._signed_out
        try:
            return browser.wait_for(*self.recipe.login.done, *out, timeout_s=_SOON_S) in self.recipe.login.done
        except LayoutChanged:
            return False

    def log_in(self, browser: Browser, credentials: Credentials) -> None:
        """Take the steps once; whatever shows in the end says how it went."""
        self._credentials = credentials
        login = self.recipe.login
        names = {"username": credentials.username, "password": credentials.password}
        stepper = Stepper(browser, self.recipe.zone, names)
        browser.open(self.url(login.page))
        for step in login.steps:
            if not stepper.is_due(step):
                continue
            if step.verb == "open":
                browser.open(self.url(stepper.text(step.target)))
                continue
            self._reach(browser, stepper.text(step.selector))
            if step.verb == "code":
                browser.fill(step.target, credentials.code(step.value, now=browser.now()), secret=True)
            else:
                stepper.take(step)
        self._arrive(browser, credentials)

    def list_meters(self, browser: Browser) -> list[MeterListing]:
        """Those that the recipe names, or those that the portal lists."""
        recipe = self.recipe
        if recipe.meters:
            return [self._listing(one.reference, one.name, one.place, one.country) for one in recipe.meters]
        assert recipe.meter_page is not None
        try:
            return [self._listing(*row) for row in self._cards(browser, recipe.meter_page)]
        except LayoutChanged as error:
            signs.raise_explained(browser, recipe.signs, error)

    def fetch(self, browser: Browser, meter_reference: str, window: Window) -> Iterator[Document]:
        """A document for each run of days; a session that ends on the way is renewed as long as that leads on."""
        errand = Errand(self.recipe, browser, self.key, self.url, self._signed_out)
        if self.recipe.meter_page and meter_reference not in self._links:
            self.list_meters(browser)
        errand.values |= {"meter": meter_reference, "link": self._links.get(meter_reference, "")}
        todo = self._runs(window)
        renewed_at = -1
        while todo:
            try:
                document = bring(errand, *todo[0])
            except SignedOut:
                if renewed_at == len(todo) or self._credentials is None:
                    raise PortalUnavailable("The portal asks to sign in again and again.") from None
                self.log_in(browser, self._credentials)
                renewed_at, errand.is_open = len(todo), False
                continue
            except NoDownload:
                raise
            except LayoutChanged as error:
                signs.raise_explained(browser, self.recipe.signs, error)
            del todo[0]
            yield document

    def parse(self, document: Document) -> ParsedReadings:
        """As the recipe's `series` says."""
        return read_by(self.recipe, document)

    def _runs(self, window: Window) -> list[tuple[date, date]]:
        recipe = self.recipe
        if not recipe.readings.has_dates:
            return [window.local_days(recipe.zone)]
        if recipe.readings.by_month:
            return list(window.months(recipe.zone))
        return list(window.chunks(recipe.zone, days=max(recipe.readings.days - recipe.overlap_days, 1)))

    @property
    def _home(self) -> str:
        pages = [self.recipe.meter_page.page if self.recipe.meter_page else "", self.recipe.readings.page]
        return next((page for page in pages if page and "{" not in page), "/")

    @property
    def _signed_out(self) -> tuple[str, ...]:
        """What shows that the session is over: told, or the first field of the sign-in form."""
        fields = [step.target for step in self.recipe.login.steps if step.verb == "fill"]
        return self.recipe.signs.signed_out or tuple(fields[:1])

    def _reach(self, browser: Browser, selector: str) -> None:
        """Wait for what the next step needs; the portal may refuse instead."""
        if not selector:
            return
        found = self._wait(browser, selector)
        if found in self.recipe.login.wrong and found != selector:
            self._refused(browser, found)

    def _arrive(self, browser: Browser, credentials: Credentials) -> None:
        login, codes = self.recipe.login, self.recipe.signs.code
        try:
            found = self._wait(browser, *login.done, *codes)
        except LayoutChanged as error:
            if any(browser.is_shown(field) for field in self._signed_out):  # another try may lock the account
                raise InvalidCredentials("The portal shows its sign-in form again.") from error
            raise
        if found in codes:
            question = "The portal asks for a code to sign in."
            browser.fill(found, credentials.code(question, now=browser.now()), secret=True)
            browser.press(found, "Enter")
            found = self._wait(browser, *login.done)
        if found in login.wrong:
            self._refused(browser, found)

    def _wait(self, browser: Browser, *selectors: str) -> str:
        """Wait for one of these, or for a refusal; looks early at what the page says instead."""
        wrong = self.recipe.login.wrong
        try:
            return browser.wait_for(*selectors, *wrong, timeout_s=_SOON_S)
        except LayoutChanged as error:
            # a sign-in page may speak of codes and locked accounts while it is only slow
            at_door = any(browser.is_shown(field) for field in self._signed_out)
            why = signs.explain(browser, self.recipe.signs, error, by_words=not at_door)
            if why is not error:
                raise why from error
        try:
            return browser.wait_for(*selectors, *wrong)
        except LayoutChanged as error:
            signs.raise_explained(browser, self.recipe.signs, error)

    def _refused(self, browser: Browser, found: str) -> None:
        told = " ".join(browser.text(found).split())
        if isinstance(why := signs.said(told), Blocked):  # a locked account is told where a wrong password is
            raise why
        raise InvalidCredentials(f"The portal says: {told[:200]}")

    def _listing(self, reference: str, name: str = "", place: str = "", country: str = "") -> MeterListing:
        recipe = self.recipe
        return MeterListing(
            reference=reference,
            name=name or reference,
            zone=recipe.zone,
            interval_s=recipe.interval_s,
            quantities=recipe.quantities,
            place=place,
            country=country,
        )

    def _cards(self, browser: Browser, page: MeterPage) -> list[tuple[str, str, str]]:
        """Reference, name and place of each meter of the page; remembers the way to it."""
        if page.page:
            browser.open(self.url(page.page))
            browser.settle()
        link = page.link if "@" in page.link or not page.link else f"{page.link}@href"
        columns = [_field(browser, page.each, field) for field in (page.reference, page.name, page.place, link)]
        count = len(columns[0])
        cards = []
        for said, name, place, way in zip(*(column or [""] * count for column in columns), strict=True):
            found = re.search(page.reference_pattern, said) if page.reference_pattern else None
            reference = (found[found.lastindex or 0] if found else "" if page.reference_pattern else said).strip()
            if not reference:
                raise LayoutChanged(f"The page of meters says {said!r}, in which there is no meter's number.")
            self._links[reference] = urljoin(browser.current_url, way)
            cards.append((reference, name, place))
        if not cards:
            raise LayoutChanged(f"The page of meters has nothing like {page.each or page.reference}.")
        return cards


def _field(browser: Browser, each: str, field: str) -> list[str]:
    """The texts of `h2`, the attribute of `a@href`, or of the card itself for `@data-number`; [] for no field."""
    if not field:
        return []
    inner, mark, name = field.rpartition("@")
    if not mark:
        if not each:
            return [" ".join(browser.text(field).split())]
        browser.wait_for(each)
        return [next(iter(cells), "") for cells in browser.cells(each, field)]
    selector = f"{each} {inner}".strip()
    found = [row[name] for row in browser.attributes(selector, name)]
    return found if each else found[:1]
