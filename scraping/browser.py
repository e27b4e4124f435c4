"""Headless Chromium behind our Browser protocol: the only file that knows selenium.

It owns nothing that outlives it: one temporary profile and download folder inside the folder it is given, every process
of it swept at the end. Waits are explicit and find their element anew each time.
"""

import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from selenium import webdriver
from selenium.common import exceptions as gone
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from urllib3.exceptions import HTTPError

from scraping import chromium, page_scripts
from scraping.domain import network_log
from scraping.domain.browsing import Browser, Download, RequestNote, Response
from scraping.domain.errors import (
    BrowserCrashed,
    BrowserMissing,
    LayoutChanged,
    NoDownload,
    PortalUnavailable,
)
from scraping.domain.records import public_url
from scraping.domain.redaction import redact
from scraping.page_scripts import watching
from scraping.page_scripts.places import Places
from scraping.page_scripts.reading import PageReading
from scraping.page_scripts.remembering import Remembering
from scraping.page_scripts.watching import NetworkWatch
from twin_project.kit import processes

# At DEBUG the driver's client logs the body of each command, and so every typed password.
logging.getLogger("selenium.webdriver.remote.remote_connection").setLevel(logging.INFO)

T = TypeVar("T")
POLL_S = 0.1
PAGE_LOAD_S = 45
SCRIPT_S = 30
WAIT_S = 20
_NOT_YET = (
    gone.NoSuchElementException,
    gone.StaleElementReferenceException,
    gone.ElementNotInteractableException,
    gone.ElementClickInterceptedException,
    gone.NoSuchFrameException,
    gone.NoSuchShadowRootException,
    gone.DetachedShadowRootException,
)
_CALM = 3  # looks without a request on its way
_COOKIE = ("name", "value", "domain", "path", "secure", "httpOnly", "sameSite", "expires")


@contextmanager
def open_browser(
    folder: Path,
    *,
    hosts: Sequence[str],
    pause_s: float = 0,
    pins: Mapping[str, str] | None = None,
    visible: bool = False,
) -> Iterator[Browser]:
    """Start Chromium in `folder`, able to reach only `hosts`, waiting `pause_s` between two actions.

    `pins` gives the one IP address at which a host may be reached, whatever its name means meanwhile. A `visible`
    one stands on the screen of this machine, for a person to act in.
    Raises BrowserMissing or BrowserCrashed. On leaving, and after any error, no process and no file of it stays.
    """
    folder = folder.resolve()
    downloads = folder / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    try:
        driver = _start(folder, downloads, chromium.arguments(folder, hosts, pins, visible=visible))
        try:
            yield _Chromium(driver, downloads, pause_s)
        finally:
            with suppress(gone.WebDriverException, HTTPError, OSError):
                driver.quit()
    finally:
        processes.sweep(folder)
        for path in (folder / "profile", downloads):
            shutil.rmtree(path, ignore_errors=True)
        (folder / "chromedriver.log").unlink(missing_ok=True)


def _start(folder: Path, downloads: Path, arguments: Sequence[str]) -> webdriver.Chrome:
    options = Options()
    for argument in arguments:
        options.add_argument(argument)
    options.unhandled_prompt_behavior = "dismiss"
    quiet = {"credentials_enable_service": False, "profile.password_manager_enabled": False}
    saving = {"download.default_directory": str(downloads), "download.prompt_for_download": False}
    options.add_experimental_option("prefs", {**quiet, **saving})
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    os.environ["SE_AVOID_STATS"] = "true"
    os.environ.pop("SE_DEBUG", None)  # it makes chromedriver print what is typed
    driver_path: str | None = None
    try:
        options.binary_location = str(chromium.find_browser())
        driver_path = str(chromium.find_driver())
        os.environ["SE_OFFLINE"] = "true"
    except BrowserMissing:
        if chromium.is_told():
            raise
        os.environ.pop("SE_OFFLINE", None)  # the one case in which selenium may look for them itself
    log = str(folder / "chromedriver.log")
    words = ["--disable-dev-shm-usage"]  # the driver too: it talks to the browser through shared memory of its own
    service = Service(driver_path, service_args=words, log_output=log, env=chromium.environment(folder))
    try:
        driver = webdriver.Chrome(options=options, service=service)
        driver.set_page_load_timeout(PAGE_LOAD_S)
        driver.set_script_timeout(SCRIPT_S)
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": page_scripts.AT_START})
        buffers = {"maxTotalBufferSize": watching.MOST_HELD, "maxResourceBufferSize": network_log.MOST_BYTES}
        driver.execute_cdp_cmd("Network.enable", buffers)
    except gone.NoSuchDriverException as error:
        raise BrowserMissing("No Chromium with its driver was found, and none could be fetched.") from error
    except (gone.WebDriverException, HTTPError, OSError) as error:
        raise BrowserCrashed(f"The browser did not start: {_first_line(error)}") from error
    return driver


class _Chromium(PageReading, Remembering):
    """One tab, as `domain.browsing.Browser` promises."""

    def __init__(self, driver: webdriver.Chrome, downloads: Path, pause_s: float) -> None:
        self._driver = driver
        self._downloads = downloads
        self._pause_s = pause_s
        self._acted_at = float("-inf")
        self._secrets: list[str] = []
        self._places = Places(driver, _NOT_YET)
        self._watch = NetworkWatch(self._secrets)
        self._scrolled_at = 0

    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def current_url(self) -> str:
        return str(self._ask(lambda: self._driver.current_url))

    def open(self, url: str) -> None:
        self._pace()
        self._drain()
        self._places.top(anew=True)
        self._ask(lambda: self._driver.get(url))
        self._check_page()
        self._remember()

    def wait_for(self, *selectors: str, timeout_s: float = WAIT_S) -> str:
        def visible() -> str | None:
            self._check_page()
            return next((selector for selector in selectors if self.is_shown(selector)), None)

        found = self._until(visible, " or ".join(selectors), timeout_s)
        self._remember()
        return found

    def exists(self, selector: str) -> bool:
        return any(self._at(selector, page_scripts.MATCHES))

    def text(self, selector: str) -> str:
        return self._act(selector, lambda element: element.text)

    def fill(self, selector: str, value: str, *, secret: bool = False) -> None:
        if secret and value:
            self._secrets.append(value)

        def write(element: WebElement) -> None:
            if element.get_attribute("type") in {"date", "time", "datetime-local", "month"}:
                # typing depends on the language there
                self._driver.execute_script(page_scripts.SET_VALUE, element, value)
                return
            element.clear()
            element.send_keys(value)

        self._act(selector, write)

    def set_value(self, selector: str, value: str) -> None:
        self._act(selector, lambda element: self._driver.execute_script(page_scripts.SET_VALUE, element, value))

    def choose(self, selector: str, option: str) -> None:
        self._pace()
        self._drain()
        chosen = self._act(selector, lambda one: [self._driver.execute_script(page_scripts.CHOOSE, one, option)])
        if chosen == [None]:
            raise LayoutChanged(f"The dropdown {selector} has no option {option!r}.")

    def press(self, selector: str, key: str) -> None:
        self._pace()
        self._drain()
        self._act(selector, lambda element: element.send_keys(getattr(Keys, key.upper())))

    def click(self, selector: str) -> None:
        self._pace()
        self._drain()
        self._act(selector, lambda element: element.click())

    def settle(self, *, timeout_s: float = 8) -> None:
        deadline, calm = time.monotonic() + timeout_s, 0
        while calm < _CALM and time.monotonic() < deadline:
            time.sleep(POLL_S)
            self._drain()
            calm = 0 if self._watch.is_waiting(now=self.now()) else calm + 1
        self._remember()

    def scroll(self, selector: str) -> bool:
        self._drain()
        if self._watch.asked_n > self._scrolled_at:  # it made the portal work; a grid in memory costs it nothing
            self._pace()
        self._scrolled_at = self._watch.asked_n
        run = self._driver.execute_async_script
        moved = self._ask(lambda: [run(page_scripts.SCROLL, *where) for where in self._places.each(selector or "html")])
        if not [one for one in moved if one is not None]:
            raise LayoutChanged(f"The page {public_url(self.current_url)} does not show {selector}.")
        return any(moved)

    def download(self, selector: str, *, timeout_s: float = 60) -> Download:
        before = {path.name for path in self._downloads.iterdir()}
        page = self.current_url
        self.click(selector)
        sizes: dict[str, int] = {}

        def whole() -> Path | None:
            self._check_page()
            if self.current_url != page:
                where = public_url(self.current_url)
                raise NoDownload(f"The click on {selector} gave no file but the page {where}.", url=where)
            for path in self._downloads.iterdir():
                # .org.chromium.Chromium.* and *.crdownload are files on their way.
                if path.name in before or path.name.startswith(".") or path.suffix == ".crdownload":
                    continue
                size = path.stat().st_size
                if sizes.get(path.name) == size:
                    return path
                sizes[path.name] = size
            return None

        path = self._until(whole, f"a file after the click on {selector}", timeout_s)
        body = self._watch.clean(path.read_bytes())
        path.unlink()
        self._drain()
        self._watch.downloaded(body, page)
        return Download(path.name, body)

    def fetch_json(self, url: str) -> Any:
        self._pace()
        self._ask(self._places.top)
        status, text, wait = self._ask(lambda: self._driver.execute_async_script(page_scripts.FETCH, url))
        network_log.check_status(status, url, network_log.retry_after({"Retry-After": wait}, now=self.now()))
        if not status:
            raise PortalUnavailable(f"{public_url(url)} cannot be reached.")
        try:
            return json.loads(text)
        except ValueError:
            raise LayoutChanged(f"{public_url(url)} answered {status} with something that is not JSON.") from None

    def script(self, source: str, *arguments: Any) -> Any:
        self._ask(self._places.top)
        return self._run(source, *arguments)

    def responses(self) -> list[Response]:
        self._drain()
        return self._watch.responses()

    def requests(self) -> list[RequestNote]:
        with suppress(BrowserCrashed):
            self._drain()
        return self._watch.notes()

    def cookies(self) -> list[dict[str, Any]]:
        found = self._ask(lambda: self._driver.execute_cdp_cmd("Network.getAllCookies", {}))["cookies"]
        return [{name: cookie[name] for name in _COOKIE if cookie.get(name, -1) != -1} for cookie in found]

    def restore_cookies(self, cookies: list[dict[str, Any]]) -> None:
        self._ask(lambda: self._driver.execute_cdp_cmd("Network.setCookies", {"cookies": cookies}))

    def page_source(self) -> str:
        self._ask(self._places.top)
        return self.redact(str(self._ask(lambda: self._driver.page_source)))

    def screenshot(self) -> bytes:
        for _ in self._everywhere(lambda: self._run(page_scripts.HIDE, self._secrets)):
            pass
        try:
            self._ask(self._places.top)
            return bytes(self._ask(self._driver.get_screenshot_as_png))
        finally:
            for _ in self._everywhere(lambda: self._run(page_scripts.PUT_BACK)):
                pass

    def redact(self, text: str) -> str:
        return redact(text, self._secrets)

    def _pace(self) -> None:
        rest = self._acted_at + self._pause_s - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        self._acted_at = time.monotonic()

    def is_shown(self, selector: str) -> bool:
        def shown() -> bool:
            try:
                return any(found.is_displayed() for found in self._places.find(selector))
            except _NOT_YET:
                return False

        return self._ask(shown)

    def _act(self, selector: str, action: Callable[[WebElement], T]) -> T:
        def done() -> list[T] | None:
            self._check_page()
            try:
                found = self._places.find(selector)
                return [action(found[0])] if found else None
            except _NOT_YET:
                return None

        return self._until(done, selector, WAIT_S)[0]

    def _until(self, step: Callable[[], T | None], what: str, timeout_s: float) -> T:
        deadline = time.monotonic() + timeout_s
        while (found := self._ask(step)) is None:
            if time.monotonic() > deadline:
                href, state, _ = self._state()
                if state != "complete":
                    raise PortalUnavailable(f"The page {public_url(href)} did not finish loading in {timeout_s:g} s.")
                raise LayoutChanged(f"The page {public_url(href)} does not show {what}.")
            time.sleep(POLL_S)
        return found

    def _check_page(self) -> None:
        href, _, status = self._state()
        if href.startswith("chrome-error:"):
            raise PortalUnavailable("The portal cannot be reached.")
        self._arrived(href)
        if status >= 400:
            self._drain()
        network_log.check_status(status, href, self._watch.wait_of(href, now=self.now()))

    def _run(self, source: str, *arguments: Any) -> Any:
        return self._ask(lambda: self._driver.execute_script(source, *arguments))

    def _at(self, selector: str, source: str, *given: Any) -> list[Any]:
        def answers() -> list[Any]:
            try:
                return [self._driver.execute_script(source, *where, *given) for where in self._places.each(selector)]
            except _NOT_YET:
                return []

        return self._ask(answers)

    def _everywhere(self, ask: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
        self._ask(self._places.top)
        yield from self._ask(lambda: [(place, ask()) for place in self._places.frames()])

    def _drain(self) -> None:
        entries = self._ask(lambda: self._driver.get_log("performance"))  # type: ignore[no-untyped-call]  # selenium has no type for it
        self._watch.drain(entries, self._body, self.now())

    def _body(self, request: str) -> dict[str, Any] | None:
        with suppress(gone.WebDriverException, HTTPError, ConnectionError):  # gone with its page, or all of it
            found: dict[str, Any] = self._driver.execute_cdp_cmd("Network.getResponseBody", {"requestId": request})
            return found
        return None

    def _ask(self, step: Callable[[], T]) -> T:
        """Run one call of the driver and put its errors into our own words."""
        try:
            return step()
        except gone.TimeoutException as error:
            raise PortalUnavailable("The portal took too long to answer.") from error
        except gone.JavascriptException as error:
            raise LayoutChanged(f"A script failed in the page: {self.redact(_first_line(error))}") from error
        except (gone.WebDriverException, HTTPError, ConnectionError) as error:
            said = _first_line(error)
            if "is not a valid selector" in said:
                raise LayoutChanged(f"A selector cannot be read: {self.redact(said)}") from error
            if "net::ERR_" in said:
                raise PortalUnavailable(f"The portal cannot be reached ({said.partition('net::')[2]}).") from error
            raise BrowserCrashed(f"The browser ended or stopped answering: {self.redact(said)}") from error


def _first_line(error: Exception) -> str:
    return str(getattr(error, "msg", None) or error).strip().partition("\n")[0]
