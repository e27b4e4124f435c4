"""Why a page is not the one that was expected: maintenance, a captcha, a code, a locked account."""

import re
from typing import NoReturn

from scraping.domain.browsing import Browser
from scraping.domain.errors import Blocked, LayoutChanged, PortalError, PortalUnavailable, SecondFactorRequired
from scraping.domain.recipes.model import Signs

CAPTCHAS = (
    "iframe[src*='recaptcha']",
    "iframe[src*='hcaptcha']",
    ".g-recaptcha",
    ".h-captcha",
    "[class*='captcha' i]",
    "[id*='captcha' i]",
)
_LONGEST = 4000  # an article may mention maintenance; a notice is short
_WORDS: tuple[tuple[type[PortalError], re.Pattern[str]], ...] = (
    (
        Blocked,
        re.compile(
            r"captcha|not a robot|unusual (traffic|activity)|access denied|too many (attempts|requests|log)"
            r"|account (?:is |has been |was )?(?:temporarily )?(?:locked|blocked|suspended)|konto .{0,20}gesperrt"
            r"|compte .{0,20}(bloqué|verrouillé)|cuenta .{0,20}bloqueada|account .{0,20}bloccato",
            re.IGNORECASE,
        ),
    ),
    (
        SecondFactorRequired,
        re.compile(
            r"(verification|security|one-time|authentication|authenticator|\d-digit|sms|access) code|enter the code"
            r"|einmalcode|bestätigungscode|code de (vérification|sécurité)|código de|codice di (verifica|sicurezza)",
            re.IGNORECASE,
        ),
    ),
    (
        PortalUnavailable,
        re.compile(
            r"maintenance|temporarily (unavailable|out of)|try again later|back (soon|shortly)|out of service"
            r"|wartung|vorübergehend nicht|indisponible|mantenimiento|manutenzione|onderhoud",
            re.IGNORECASE,
        ),
    ),
)


def raise_explained(browser: Browser, signs: Signs, error: LayoutChanged) -> NoReturn:
    """Raise what the page says of itself, or the error that was given, which is not its own reason then."""
    if (why := explain(browser, signs, error)) is error:
        raise error
    raise why from error


def explain(browser: Browser, signs: Signs, error: LayoutChanged, *, by_words: bool = True) -> PortalError:
    """The error that says what the page is, or the one that was given."""
    told: tuple[tuple[tuple[str, ...], type[PortalError]], ...] = (
        (signs.blocked, Blocked),
        (signs.unavailable, PortalUnavailable),
        (signs.code, SecondFactorRequired),
    )
    text = " ".join(_text(browser).split())
    for selectors, kind in told:
        if any(browser.exists(selector) for selector in selectors):
            return kind(f"The portal shows: {text[:200]}")
    if any(browser.is_shown(selector) for selector in CAPTCHAS):
        return Blocked(f"The portal shows a captcha: {text[:200]}")
    return (by_words and len(text) <= _LONGEST and said(text)) or error


def said(text: str) -> PortalError | None:
    """What a short text of the portal means, None where it says nothing of the kind."""
    for kind, words in _WORDS:
        if found := words.search(text):
            around = text[max(found.start() - 80, 0) : found.end() + 80]
            return kind(f"The portal shows: … {around} …")
    return None


def _text(browser: Browser) -> str:
    try:
        return browser.text("body")
    except LayoutChanged:
        return ""
