"""Steps of a recipe: read from its text, and taken in a browser."""

from collections.abc import Mapping
from datetime import date, datetime

from scraping.domain.browsing import Browser
from scraping.domain.errors import LayoutChanged
from scraping.domain.recipes.model import LOGIN_VERBS, VERBS, Calendar, Step
from scraping.domain.recipes.month_names import in_english
from scraping.domain.recipes.nodes import Section
from scraping.domain.recipes.templates import problem_of, rendered

_NEEDS_VALUE = {"fill", "choose", "set"}
_MOST_MONTHS = 600
Values = Mapping[str, str | date]


def template(section: Section, *, default: str = "", needed: bool = False, password: bool = False) -> str:
    """A text with places to fill, checked; only what is typed as a secret may hold the password."""
    text = section.text(default, needed=needed)
    if problem := problem_of(text):
        section.problem(problem)
    elif "{password}" in text and not password:
        section.problem("{password} may only be typed, by a `fill` of `login`.")
    return text


def read_steps(section: Section, *, login: bool = False) -> tuple[Step, ...]:
    """The steps of a list."""
    return tuple(_step(item, (*VERBS, *LOGIN_VERBS) if login else VERBS) for item in section.items())


def _step(section: Section, verbs: tuple[str, ...]) -> Step:
    named = [key for key in section.names() if key in verbs]
    if len(named) != 1:
        if not named and section.is_mapping:
            section.only_known(*verbs, "with", "in", "ask", "day", "calendar", "if")
        section.problem(f"must have exactly one of {', '.join(verbs)}.")
        return Step("wait", "body", where=section.path)
    verb = named[0]
    target = template(section.at(verb), needed=True)
    value, calendar = "", None
    if verb in _NEEDS_VALUE:
        value = template(section.at("with"), needed=True, password=verb == "fill" and "code" in verbs)
    elif verb == "press":
        value = section.at("in").text(needed=True)
    elif verb == "code":
        value = section.at("ask").text("The portal asks for a code.")
    elif verb == "pick":
        value = template(section.at("day"), needed=True)
        calendar = _calendar(section.at("calendar"))
    only_if = section.at("if").text()
    section.only_known()
    return Step(verb, target, value, only_if, calendar, section.path)


def _calendar(section: Section) -> Calendar:
    words = ("title", "format", "back", "on", "cell")
    calendar = Calendar(*(section.at(word).text(needed=True) for word in words))
    section.only_known()
    return calendar


class Stepper:
    """Takes steps in a browser with the values of one errand: meter, days, credentials."""

    def __init__(self, browser: Browser, zone: str, values: Values) -> None:
        self._browser = browser
        self._zone = zone
        self._values = values

    def text(self, written: str) -> str:
        """A template with its places filled."""
        return rendered(written, self._values, self._zone)

    def is_due(self, step: Step) -> bool:
        """Whether the thing that a step depends on is there."""
        return not step.only_if or self._browser.exists(self.text(step.only_if))

    def take(self, step: Step) -> None:
        """One step, but for `open` and `code`, which whoever signs in takes."""
        target, browser = self.text(step.target), self._browser
        match step.verb:
            case "fill":
                browser.fill(target, self.text(step.value), secret="{password}" in step.value)
            case "choose":
                browser.choose(target, self._option(step, target))
                browser.settle()
            case "set":
                browser.set_value(target, self.text(step.value))
            case "click":
                browser.click(target)
                browser.settle()
            case "press":
                browser.press(self.text(step.value), target)
                browser.settle()
            case "wait":
                browser.wait_for(target)
            case "scroll":
                browser.scroll("" if target == "page" else target)
            case "pick":
                self._pick(step, target)
            case _:
                raise ValueError(step.verb)

    def _option(self, step: Step, target: str) -> str:
        """The option as it stands there, where a month of it may be in another language."""
        wanted = self.text(step.value)
        if "%b" in step.value or "%B" in step.value:
            self._browser.wait_for(target)
            for text in (text for row in self._browser.cells(target, "option") for text in row):
                if in_english(text, step.value).lower() == wanted.lower():
                    return text
        return wanted

    def _pick(self, step: Step, field: str) -> None:
        """Open the calendar of a field, turn to the month, click the day."""
        calendar, browser = step.calendar, self._browser
        assert calendar is not None
        wanted = date.fromisoformat(self.text(step.value))
        browser.click(field)
        for _ in range(_MOST_MONTHS):
            browser.wait_for(calendar.title)
            shown = _month(browser.text(calendar.title), calendar.title_format)
            if shown == (wanted.year, wanted.month):
                browser.click(calendar.day.replace("{day}", str(wanted.day)))
                return
            browser.click(calendar.back if shown > (wanted.year, wanted.month) else calendar.on)
        raise LayoutChanged(f"{step.where}: the calendar did not come to {wanted:%B %Y}.")


def _month(text: str, form: str) -> tuple[int, int]:
    try:
        shown = datetime.strptime(" ".join(text.split()), form)  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise LayoutChanged(f"The calendar shows {text!r}, which is no month like {form}.") from None
    return shown.year, shown.month
