"""What is kept of a visit that failed: what the browser showed, what it had asked for, and for how long."""

import contextlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from scraping.domain.browsing import Browser
from scraping.domain.errors import BrowserCrashed, PortalError
from scraping.domain.redaction import redact
from scraping.models import Evidence, ScrapeRun

MOST_REQUESTS = 300


def keep_evidence(*, run: ScrapeRun, browser: Browser, secrets: Iterable[str], now: datetime) -> None:
    """Keep what the browser shows now, or what it showed before it was gone.

    The first look at a visit stays, but that of a browser that was gone gives way to one that could be looked at.
    Whatever is text is scrubbed of the `secrets`, beside those that the browser itself saw typed.
    """
    hidden = [secret for secret in secrets if secret]
    try:
        found = _look(browser, browser.current_url, hidden)
    except BrowserCrashed:
        found = _memory(browser, hidden)
    if not found:
        return
    kept, is_new = Evidence.objects.get_or_create(run=run, defaults={"taken_at": now, **found})
    if not is_new and kept.browser_gone and not found.get("browser_gone"):
        kept.delete()
        Evidence.objects.create(run=run, taken_at=now, **found)


def _look(browser: Browser, url: str, hidden: list[str]) -> dict[str, Any]:
    """Everything that can be seen; a browser that shows only half is kept by half."""
    found: dict[str, Any] = {}
    with contextlib.suppress(PortalError):
        hidden += cookie_values(browser.cookies())
    with contextlib.suppress(PortalError):
        found["html"] = _clean(browser.page_source(), browser, hidden)
    with contextlib.suppress(PortalError):
        found["requests"] = _requests(browser, hidden)
    with contextlib.suppress(PortalError):
        found["screenshot"] = browser.screenshot()
    return {"url": _clean(url, browser, hidden), **found}


def _memory(browser: Browser, hidden: list[str]) -> dict[str, Any]:
    """What is known of a browser that is gone; nothing where it never came to a page."""
    seen = browser.last_seen()
    hidden += cookie_values(seen.cookies) if seen else []
    found: dict[str, Any] = {"requests": _requests(browser, hidden)}
    if seen is not None:
        found |= {name: _clean(getattr(seen, name), browser, hidden) for name in ("url", "html")}
        found["seen_at"] = seen.at
    return {"browser_gone": True, **found} if seen or found["requests"] else {}


def prune_evidence(*, now: datetime) -> int:
    """Forget evidence that is older than `settings.EVIDENCE_DAYS`; returns how much there was."""
    old = Evidence.objects.filter(taken_at__lt=now - timedelta(days=settings.EVIDENCE_DAYS))
    return old.delete()[0] if old.exists() else 0


def cookie_values(cookies: Iterable[Any]) -> list[str]:
    """What in cookies would let somebody else in; short values are flags, and hiding them would garble a page."""
    return [cookie["value"] for cookie in cookies if len(str(cookie.get("value", ""))) >= 12]


def _requests(browser: Browser, hidden: list[str]) -> list[dict[str, Any]]:
    last = browser.requests()[-MOST_REQUESTS:]
    return [{**asdict(one), "at": one.at.isoformat(), "url": _clean(one.url, browser, hidden)} for one in last]


def _clean(text: str, browser: Browser, hidden: list[str]) -> str:
    return redact(browser.redact(text), hidden).replace("\x00", "")
