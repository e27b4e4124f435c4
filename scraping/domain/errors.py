"""What can go wrong on a visit to a portal. Each says what happened and what the user can do."""

from datetime import timedelta
from typing import ClassVar

LONGEST = 600


class PortalError(Exception):
    """Base of the vocabulary. `what` happened, `advice` for the user; `str()` is both.

    `retryable` errors may pass by themselves; `retry_after` is the least wait that the portal asked for.
    """

    default_advice: ClassVar[str] = "Look at the screenshot and the page that were kept with this run."
    retryable: ClassVar[bool] = False

    def __init__(self, what: str, *, advice: str = "", retry_after: timedelta | None = None) -> None:
        self.what = _one_sentence(what)
        self.advice = advice or self.default_advice
        self.retry_after = retry_after
        super().__init__(self.what, self.advice)

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


class InvalidCredentials(PortalError):
    """The portal knows the page but not the customer. Never retried: a third try locks many accounts."""

    default_advice = "Correct the user name or password of this portal account, then test the sign-in."


class SecondFactorRequired(PortalError):
    """The portal asks for a code that only the customer has."""

    default_advice = "Enter the code that the portal sent you, or switch the second factor off at the portal."


class LayoutChanged(PortalError):
    """The page or file is not what the plug-in was written for; the document is kept for a mended parser."""

    default_advice = "The portal has changed: report it with the kept page, and update the plug-in."


class NoDownload(LayoutChanged):
    """A click that should give a file led to the page `url` instead."""

    def __init__(self, what: str, *, url: str) -> None:
        self.url = url
        super().__init__(what)


class PortalUnavailable(PortalError):
    """Unreachable, too slow, or answering 5xx."""

    default_advice = "Nothing is lost; it is tried again later. If it lasts, open the portal in your own browser."
    retryable = True


class Blocked(PortalError):
    """The portal refuses us: too many visits, a captcha, a locked account."""

    default_advice = "Sign in with your own browser to see what the portal asks for, and visit it less often."


class BrowserCrashed(PortalError):
    """Chromium or its driver ended in the middle of the visit."""

    default_advice = "It is tried again with a fresh browser. If it lasts, check the memory and the disk."
    retryable = True


class NoRoom(PortalError):
    """The disk of this machine is full."""

    default_advice = "Make room on the disk; then it goes on by itself where it was."
    retryable = True


class BrowserMissing(PortalError):
    """No Chromium or no driver on this machine."""

    default_advice = (
        "Install both: on Debian or Ubuntu type 'apt install chromium chromium-driver'; "
        "elsewhere install Chrome and chromedriver and name them in TWIN_BROWSER and TWIN_DRIVER."
    )


def _one_sentence(what: str) -> str:
    """Garbage may be long and hold NUL, which no text of a database takes."""
    clean = what.replace("\x00", "")
    return clean if len(clean) <= LONGEST else f"{clean[:LONGEST]} …"
