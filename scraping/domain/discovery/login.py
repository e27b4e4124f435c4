"""Sign in where nobody wrote down how: find the fields, fill them once, and see what the portal makes of it.

The password is typed once. What comes back decides: a code is asked for, the portal refuses, or we are in.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from scraping.domain.browsing import Browser, FormField, FormNote, Link
from scraping.domain.discovery import login_words
from scraping.domain.discovery.looking import put_aside_banner, settle, told_by_page, words_of
from scraping.domain.discovery.words import plain
from scraping.domain.errors import Blocked, InvalidCredentials, LayoutChanged
from scraping.domain.records import Credentials

TYPED = frozenset({"text", "email", "tel", "number", "search", "", "username"})
STEPS = 6


@dataclass(frozen=True)
class Login:
    """How to sign in. `steps` are (what, selector): user, word, code, click, enter; in their order."""

    address: str
    steps: tuple[tuple[str, str], ...] = ()
    signed_in: str = ""
    signed_out: str = ""
    refused: str = ""

    @property
    def needs_code(self) -> bool:
        """Whether a second factor was asked for."""
        return any(what == "code" for what, _ in self.steps)


def log_in(browser: Browser, address: str, credentials: Credentials) -> Login:
    """Sign in from the portal's first page. Raises InvalidCredentials, SecondFactorRequired, Blocked, LayoutChanged."""
    browser.open(address)
    settle(browser)
    put_aside_banner(browser)
    login = _at_the_form(browser, Login(address))
    for _ in range(STEPS):
        forms = browser.forms()
        fields = _needed(forms)
        if not fields:
            return _inside(browser, login)
        _refuse_captcha(browser)
        before = browser.current_url
        login = _fill(browser, login, fields, forms, credentials)
        settle(browser)
        if any(what == "word" for what, _ in fields) or browser.current_url == before:
            _check_refusal(browser, fields)
    raise LayoutChanged(
        "The sign-in asks for the same again and again.", advice="Look at the page in your own browser."
    )


def is_sign_in(forms: Sequence[FormNote]) -> bool:
    """Whether a page asks for a password."""
    return any(what == "word" for what, _ in _needed(forms))


def _at_the_form(browser: Browser, login: Login) -> Login:
    """Follow the words for signing in until a form is there; at most three pages."""
    for _ in range(3):
        if _needed(browser.forms()):
            return dataclasses.replace(login, address=browser.current_url)
        doors = [link for link in browser.links() if login_words.SIGN_IN.search(plain(link.text)) and not link.in_form]
        if not doors:
            break
        before = browser.current_url
        browser.click(doors[0].selector)
        settle(browser)
        if browser.current_url == before and not _needed(browser.forms()):
            break
    if _needed(browser.forms()):
        return dataclasses.replace(login, address=browser.current_url)
    raise LayoutChanged(
        f"No sign-in form was found at {login.address}.", advice="Give the address of the page with the sign-in form."
    )


def _needed(forms: Sequence[FormNote]) -> list[tuple[str, FormField]]:
    """The fields of this step as (what, field): user and word, one of them, or a code."""
    for form in forms:
        words = [field for field in form.fields if field.kind == "password"]
        if len(words) == 1 and not _is_code(words[0]):
            before = form.fields[: form.fields.index(words[0])]
            users = [field for field in before if field.kind in TYPED and not _is_code(field)] or [
                field for field in form.fields if field.kind in TYPED and login_words.USER.search(_about(field))
            ]
            return [*[("user", field) for field in users[-1:]], ("word", words[0])]
    for form in forms:
        codes = [field for field in form.fields if field.kind in TYPED | {"password"} and _is_code(field)]
        if codes and len([field for field in form.fields if field.kind in TYPED | {"password"}]) <= 8:
            return [("code", codes[0])]
    for form in forms:
        typed = [field for field in form.fields if field.kind in TYPED]
        if len(typed) == 1 and _is_user(typed[0], form):
            return [("user", typed[0])]
    return []


def _about(field: FormField) -> str:
    return plain(f"{field.name} {field.label}")


def _is_code(field: FormField) -> bool:
    return bool(login_words.CODE.search(_about(field))) and not login_words.NOT_A_CODE.search(_about(field))


def _is_user(field: FormField, form: FormNote) -> bool:
    """The first step of two; a search box or a newsletter's field is none."""
    about = _about(field)
    asks = field.kind == "email" or bool(login_words.USER.search(about))
    return asks and "search" not in about and "newsletter" not in plain(form.selector + form.action)


def _fill(
    browser: Browser,
    login: Login,
    fields: list[tuple[str, FormField]],
    forms: Sequence[FormNote],
    credentials: Credentials,
) -> Login:
    steps = list(login.steps)
    for what, field in fields:
        if what == "code":
            question = told_by_page(browser) or "The portal asks for a second factor."
            browser.fill(field.selector, credentials.code(question, now=browser.now()), secret=True)
        else:
            value = credentials.username if what == "user" else credentials.password
            browser.fill(field.selector, value, secret=what == "word")
        steps.append((what, field.selector))
    form = next(form for form in forms if fields[-1][1] in form.fields)
    button = _button(browser.links(), form)
    if button is None:
        browser.press(fields[-1][1].selector, "Enter")
        steps.append(("enter", fields[-1][1].selector))
    else:
        browser.click(button.selector)
        steps.append(("click", button.selector))
    out = login.signed_out or fields[-1][1].selector
    return dataclasses.replace(login, steps=tuple(steps), signed_out=out)


def _button(links: list[Link], form: FormNote) -> Link | None:
    """The button that goes on: of this form where its selector tells, else by its words."""
    buttons = [link for link in links if link.kind == "button"]
    own = [link for link in buttons if form.selector and link.selector.startswith(form.selector)]
    for group in (own, [link for link in buttons if link.in_form], buttons):
        worded = [link for link in group if login_words.GO_ON.search(plain(link.text))]
        if worded:
            return worded[0]
    return own[0] if len(own) == 1 else None


def _check_refusal(browser: Browser, fields: list[tuple[str, FormField]]) -> None:
    """The same field again, and words of refusal: what was typed is wrong. It is not typed a second time."""
    again = _needed(browser.forms())
    if not again or {what for what, _ in again} != {what for what, _ in fields}:
        return
    said = told_by_page(browser)
    if "word" in dict(fields) or "code" in dict(fields) or login_words.WRONG.search(plain(said)):
        _refuse_captcha(browser)
        raise InvalidCredentials(f"The portal says: {said}" if said else "The portal shows its sign-in form again.")


def _refuse_captcha(browser: Browser) -> None:
    asked = any(browser.exists(part) for part in login_words.CAPTCHA_PARTS)
    if asked or login_words.CAPTCHA.search(plain(words_of(browser))):
        raise Blocked(
            "The portal asks to prove that a person is signing in.",
            advice="This is never solved or evaded here. Download your data there and import the file instead.",
        )


def _inside(browser: Browser, login: Login) -> Login:
    """Signed in: what shows it from now on is the way out."""
    ways_out = [link for link in browser.links() if login_words.SIGN_OUT.search(plain(f"{link.text} {link.url}"))]
    if not login.steps:
        raise LayoutChanged(f"No sign-in form was found at {login.address}.")
    return dataclasses.replace(login, signed_in=_lasting(browser, ways_out[0]) if ways_out else "")


def _lasting(browser: Browser, link: Link) -> str:
    """A selector that outlives a new item in the menu: by where the link leads."""
    place, _, _ = link.selector.rpartition(" >>> ")
    last = urlsplit(link.url).path.rstrip("/").rpartition("/")[2]
    by_address = f'{place + " >>> " if place else ""}a[href*="{last}"]'
    return by_address if last and browser.exists(by_address) else link.selector
