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
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from urllib3.exceptions import HTTPError

from scraping import chromium, page_scripts
from scraping.domain.browsing import Browser, Download
from scraping.domain.errors import (
    Blocked,
    BrowserCrashed,
    BrowserMissing,
    LayoutChanged,
    NoDownload,
    PortalUnavailable,
)
from scraping.domain.records import public_url
from scraping.domain.redaction import redact
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
)


@contextmanager
def open_browser(
    folder: Path, *, hosts: Sequence[str], pause_s: float = 0, pins: Mapping[str, str] | None = None
) -> Iterator[Browser]:
    """Start Chromium in `folder`, able to reach only `hosts`, waiting `pause_s` between two actions.

    `pins` gives the one IP address at which a host may be reached, whatever its name means meanwhile.
    Raises BrowserMissing or BrowserCrashed. On leaving, and after any error, no process and no file of it stays.
    """
    folder = folder.resolve()
    downloads = folder / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    try:
        driver = _start(folder, downloads, hosts, pins)
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


def _start(folder: Path, downloads: Path, hosts: Sequence[str], pins: Mapping[str, str] | None) -> webdriver.Chrome:
    options = Options()
    for argument in chromium.arguments(folder, hosts, pins):
        options.add_argument(argument)
    options.unhandled_prompt_behavior = "dismiss"
    quiet = {"credentials_enable_service": False, "profile.password_manager_enabled": False}
    saving = {"download.default_directory": str(downloads), "download.prompt_for_download": False}
    options.add_experimental_option("prefs", {**quiet, **saving})
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
    service = Service(driver_path, log_output=log, env=chromium.environment(folder))
    try:
        driver = webdriver.Chrome(options=options, service=service)
    except gone.NoSuchDriverException as error:
        raise BrowserMissing("No Chromium with its driver was found, and none could be fetched.") from error
    except (gone.WebDriverException, HTTPError, OSError) as error:
        raise BrowserCrashed(f"The browser did not start: {_first_line(error)}") from error
    driver.set_page_load_timeout(PAGE_LOAD_S)
    driver.set_script_timeout(SCRIPT_S)
    return driver


class _Chromium:
    """One tab, as `domain.browsing.Browser` promises."""

    def __init__(self, driver: webdriver.Chrome, downloads: Path, pause_s: float) -> None:
        self._driver = driver
        self._downloads = downloads
        self._pause_s = pause_s
        self._acted_at = float("-inf")
        self._secrets: list[str] = []

    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def current_url(self) -> str:
        return str(self._ask(lambda: self._driver.current_url))

    def open(self, url: str) -> None:
        self._pace()
        self._ask(lambda: self._driver.get(url))
        self._check_page()

    def wait_for(self, *selectors: str, timeout_s: float = WAIT_S) -> str:
        def visible() -> str | None:
            self._check_page()
            return next((selector for selector in selectors if self._is_visible(selector)), None)

        return self._until(visible, " or ".join(selectors), timeout_s)

    def exists(self, selector: str) -> bool:
        return bool(self._ask(lambda: self._driver.find_elements(By.CSS_SELECTOR, selector)))

    def text(self, selector: str) -> str:
        return self._act(selector, lambda element: element.text)

    def attributes(self, selector: str, *names: str) -> list[dict[str, str]]:
        self.wait_for(selector)
        rows = self.script(page_scripts.ATTRIBUTES, selector, list(names))
        return [{name: value or "" for name, value in zip(names, row, strict=True)} for row in rows]

    def fill(self, selector: str, value: str, *, secret: bool = False) -> None:
        if secret and value:
            self._secrets.append(value)

        def write(element: WebElement) -> None:
            if element.get_attribute("type") in {"date", "time", "datetime-local", "month"}:
                self._driver.execute_script(
                    page_scripts.SET_VALUE, element, value
                )  # typing depends on the language there
                return
            element.clear()
            element.send_keys(value)

        self._act(selector, write)

    def click(self, selector: str) -> None:
        self._pace()
        self._act(selector, lambda element: element.click())

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
        body = path.read_bytes()
        path.unlink()
        return Download(path.name, body)

    def fetch_json(self, url: str) -> Any:
        self._pace()
        status, text = self._ask(lambda: self._driver.execute_async_script(page_scripts.FETCH, url))
        _check_status(status, url)
        try:
            return json.loads(text)
        except ValueError:
            raise LayoutChanged(f"{public_url(url)} answered {status} with something that is not JSON.") from None

    def script(self, source: str, *arguments: Any) -> Any:
        return self._ask(lambda: self._driver.execute_script(source, *arguments))

    def page_source(self) -> str:
        return self.redact(str(self._ask(lambda: self._driver.page_source)))

    def screenshot(self) -> bytes:
        self.script(page_scripts.HIDE, self._secrets)
        try:
            return bytes(self._ask(self._driver.get_screenshot_as_png))
        finally:
            self.script(page_scripts.PUT_BACK)

    def redact(self, text: str) -> str:
        return redact(text, self._secrets)

    def _pace(self) -> None:
        rest = self._acted_at + self._pause_s - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        self._acted_at = time.monotonic()

    def _is_visible(self, selector: str) -> bool:
        try:
            return any(found.is_displayed() for found in self._driver.find_elements(By.CSS_SELECTOR, selector))
        except gone.StaleElementReferenceException:
            return False

    def _act(self, selector: str, action: Callable[[WebElement], T]) -> T:
        def done() -> list[T] | None:
            self._check_page()
            try:
                return [action(self._driver.find_element(By.CSS_SELECTOR, selector))]
            except _NOT_YET:
                return None

        return self._until(done, selector, WAIT_S)[0]

    def _until(self, step: Callable[[], T | None], what: str, timeout_s: float) -> T:
        deadline = time.monotonic() + timeout_s
        while (found := self._ask(step)) is None:
            if time.monotonic() > deadline:
                href, state, _ = self.script(page_scripts.STATE)
                if state != "complete":
                    raise PortalUnavailable(f"The page {public_url(href)} did not finish loading in {timeout_s:g} s.")
                raise LayoutChanged(f"The page {public_url(href)} does not show {what}.")
            time.sleep(POLL_S)
        return found

    def _check_page(self) -> None:
        href, _, status = self.script(page_scripts.STATE)
        if href.startswith("chrome-error:"):
            raise PortalUnavailable("The portal cannot be reached.")
        _check_status(status, href)

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
            if "net::ERR_" in said:
                raise PortalUnavailable(f"The portal cannot be reached ({said.partition('net::')[2]}).") from error
            raise BrowserCrashed(f"The browser ended or stopped answering: {self.redact(said)}") from error


def _check_status(status: int, url: str) -> None:
    if status >= 500:
        raise PortalUnavailable(f"The portal answered {status} at {public_url(url)}.")
    if status in {403, 429}:
        raise Blocked(f"The portal answered {status} at {public_url(url)}.")


def _first_line(error: Exception) -> str:
    return str(getattr(error, "msg", None) or error).strip().partition("\n")[0]
