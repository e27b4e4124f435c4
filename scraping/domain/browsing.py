"""The browser as a portal plug-in sees it: a protocol of ours, so that no plug-in knows what drives it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol


@dataclass(frozen=True)
class Download:
    """One file that a click gave."""

    name: str
    body: bytes


@dataclass(frozen=True)
class Response:
    """One answer that the page itself loaded. `kind`: document, xhr, fetch or download; typed secrets are removed."""

    url: str
    method: str
    status: int
    content_type: str
    body: bytes = field(repr=False)
    kind: str
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class RequestNote:
    """One request of the page, for a list like a HAR: no header, no cookie, no secret in the address.

    `status` is 0 where no answer came; `size` counts bytes on the wire.
    """

    at: datetime
    method: str
    url: str
    status: int
    content_type: str
    size: int
    ms: int


@dataclass(frozen=True)
class LastSeen:
    """A page as it stood a little before the browser was gone; `cookies` as they are, to be taken out of the rest."""

    at: datetime
    url: str
    html: str = field(repr=False)
    cookies: list[dict[str, Any]] = field(repr=False, default_factory=list)


@dataclass(frozen=True)
class Link:
    """What can be clicked to go on. `kind`: link, tab or button; `url` is "" where a script answers the click.

    `in_form` says that it is a button of a form, which may change something; `download` that it promises a file.
    """

    text: str
    url: str
    kind: str
    selector: str
    in_form: bool = False
    download: bool = False


@dataclass(frozen=True)
class FormField:
    """One field of a form; `options` of a dropdown as (value, text)."""

    name: str
    kind: str
    label: str
    value: str
    selector: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class FormNote:
    """One form of the page; fields outside of any form are gathered in one with the method ""."""

    selector: str
    method: str
    action: str
    fields: tuple[FormField, ...]


class Browser(Protocol):
    """One tab of one visit. Selectors are CSS; ` >>> ` steps into a frame or a shadow root.

    `iframe#data >>> .grid` is a grid in that frame, `my-app >>> button` a button in that element's shadow root, and
    `>>> table` a table in any frame and any open shadow root.

    Every call may raise PortalUnavailable (unreachable, 5xx, too slow), Blocked (403, 429) or BrowserCrashed.
    Calls that look for an element wait for it and raise LayoutChanged, naming it, when it does not come.
    """

    def now(self) -> datetime:
        """The time of the visit, aware: a plug-in has no clock of its own."""

    @property
    def current_url(self) -> str:
        """Address of the page that is shown."""

    def open(self, url: str) -> None:
        """Go to an address and wait until its page has loaded."""

    def wait_for(self, *selectors: str, timeout_s: float = 20) -> str:
        """Wait until one of the selectors is visible and return it."""

    def exists(self, selector: str) -> bool:
        """Whether it is on the page now; does not wait."""

    def is_shown(self, selector: str) -> bool:
        """Whether a match is visible now; does not wait."""

    def text(self, selector: str) -> str:
        """Visible text of the first match."""

    def attributes(self, selector: str, *names: str) -> list[dict[str, str]]:
        """The named attributes ("" where absent) of every match, in the page's order."""

    def fill(self, selector: str, value: str, *, secret: bool = False) -> None:
        """Replace the value of a field. A secret is removed from whatever this browser hands out later."""

    def click(self, selector: str) -> None:
        """Click as a person would."""

    def download(self, selector: str, *, timeout_s: float = 60) -> Download:
        """Click, wait for the whole file and return it; raises NoDownload where a page comes instead."""

    def choose(self, selector: str, option: str) -> None:
        """Choose an option of a dropdown by its value or its text; raises LayoutChanged where it has none such."""

    def press(self, selector: str, key: str) -> None:
        """Press one key in a field: Enter, Tab or Escape."""

    def set_value(self, selector: str, value: str) -> None:
        """Give a field its value as the page's own script would: for fields that nobody can type into."""

    def settle(self, *, timeout_s: float = 8) -> None:
        """Wait until the page has asked for nothing for a third of a second; goes on where it never rests."""

    def scroll(self, selector: str) -> bool:
        """Scroll a box (or with "" the page) one view down; False where it was at its end already."""

    def cells(self, row_selector: str, cell_selector: str = "td, th", *, key: str = "") -> list[list[str]]:
        """The texts of the cells of every row that stands in the page now; does not wait.

        With `key` each list begins with that attribute of its row ("" where it has none).
        """

    def markup(self, selector: str) -> str:
        """HTML of every match one after the other, typed secrets removed; "" without a match."""

    def charts(self) -> bytes:
        """What the chart libraries of the page and its frames hold: a body of CHARTS_TYPE for `tables_in`."""

    def links(self) -> list[Link]:
        """Everything visible that leads on, in frames and shadow roots too, in the page's order."""

    def forms(self) -> list[FormNote]:
        """The visible forms with their fields, in frames and shadow roots too."""

    def responses(self) -> list[Response]:
        """Answers that the page loaded since this was last asked; what was asked for once is forgotten."""

    def requests(self) -> list[RequestNote]:
        """Every request since the browser started, the oldest first (the last 2,000); also when it is gone."""

    def last_seen(self) -> LastSeen | None:
        """The page when it was last looked at, typed secrets removed: also when the browser is gone."""

    def cookies(self) -> list[dict[str, Any]]:
        """All cookies, secret as they are, in the form that `restore_cookies` takes."""

    def restore_cookies(self, cookies: list[dict[str, Any]]) -> None:
        """Give a fresh browser the cookies of an earlier one, before the first page."""

    def fetch_json(self, url: str) -> Any:
        """Ask the portal from inside the page, with its session, and decode the JSON answer."""

    def script(self, source: str, *arguments: Any) -> Any:
        """Run JavaScript in the page and return what it returns."""

    def page_source(self) -> str:
        """HTML of the page as it stands, typed secrets removed."""

    def screenshot(self) -> bytes:
        """PNG of the page, fields with typed secrets blanked."""

    def redact(self, text: str) -> str:
        """The text without any secret that was typed."""
