"""Chrome's performance log, read: which requests a page made and which answers are whole. Pure."""

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from scraping.domain.browsing import RequestNote
from scraping.domain.errors import Blocked, PortalUnavailable
from scraping.domain.records import public_url

KEPT_NOTES, MOST_BYTES = 2_000, 20 << 20
_WATCHED = {"XHR": "xhr", "Fetch": "fetch", "Document": "document"}
_DATA = ("json", "csv", "xml", "text/", "excel", "spreadsheet", "octet-stream", "javascript", "zip")


@dataclass(frozen=True)
class Seen:
    """One request as far as it is known. `kind` as in browsing.Response, "" for pictures, styles and the like."""

    id: str
    at: datetime
    clock_s: float
    method: str
    url: str
    kind: str
    status: int = 0
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    size: int = 0
    ms: int = 0

    @property
    def has_data(self) -> bool:
        """Whether its body may hold a series."""
        return (
            bool(self.kind)
            and self.url.startswith("http")
            and self.size <= MOST_BYTES
            and any(word in self.content_type for word in _DATA)
        )

    def note(self) -> RequestNote:
        """Without what may be secret."""
        return RequestNote(
            self.at, self.method, public_url(self.url), self.status, self.content_type, self.size, self.ms
        )


class NetworkLog:
    """Fed with entries of the performance log; remembers requests and hands out each whole answer once."""

    def __init__(self) -> None:
        self._open: dict[str, Seen] = {}
        self._ended: OrderedDict[str, Seen] = OrderedDict()
        self._redirects = 0
        self.asked_n = 0
        self.downloads: list[str] = []  # addresses of files that began

    def take(self, entries: Iterable[Mapping[str, Any]]) -> list[Seen]:
        """Read on; returns the answers that have become whole and may hold data."""
        whole: list[Seen] = []
        for entry in entries:
            message = json.loads(entry["message"])["message"]
            step = _STEPS.get(message["method"])
            if step is not None:
                ended = step(self, message["params"])
                if ended is not None and ended.has_data:
                    whole.append(ended)
        return whole

    def is_waiting(self, *, since: datetime) -> bool:
        """Whether a page or a call that began later is without its answer."""
        return any(one.kind and one.at > since and one.url.startswith("http") for one in self._open.values())

    def notes(self) -> list[RequestNote]:
        """Every request, the oldest first."""
        seen = sorted([*self._ended.values(), *self._open.values()], key=lambda one: one.clock_s)
        return [one.note() for one in seen if one.url.startswith("http")]

    def headers_of(self, url: str) -> Mapping[str, str]:
        """What the last page of that address answered with; empty where none is known."""
        bare = url.partition("#")[0]
        seen = [*self._ended.values(), *self._open.values()]
        pages = [one for one in seen if one.kind == "document" and one.url.partition("#")[0] == bare]
        return max(pages, key=lambda one: one.clock_s).headers if pages else {}

    def _sent(self, params: Mapping[str, Any]) -> Seen | None:
        known, request = self._open.pop(params["requestId"], None), params["request"]
        if known is not None and "redirectResponse" in params:
            self._redirects += 1
            self._end(replace(_answered(known, params["redirectResponse"]), id=f"{known.id}/{self._redirects}"))
        self.asked_n += 1
        self._open[params["requestId"]] = Seen(
            id=params["requestId"],
            at=datetime.fromtimestamp(params["wallTime"], UTC),
            clock_s=params["timestamp"],
            method=request["method"],
            url=request["url"],
            kind=_WATCHED.get(params.get("type", ""), ""),
        )
        return None

    def _received(self, params: Mapping[str, Any]) -> Seen | None:
        known = self._open.get(params["requestId"])
        if known is not None:
            self._open[known.id] = _answered(known, params["response"])
        return None

    def _finished(self, params: Mapping[str, Any]) -> Seen | None:
        known = self._open.pop(params["requestId"], None)
        if known is None:
            return None
        ms = round((params["timestamp"] - known.clock_s) * 1000)
        return self._end(replace(known, size=int(params.get("encodedDataLength", known.size)), ms=ms))

    def _failed(self, params: Mapping[str, Any]) -> Seen | None:
        known = self._open.pop(params["requestId"], None)
        if known is not None:
            self._end(replace(known, ms=round((params["timestamp"] - known.clock_s) * 1000)))
        return None

    def _download(self, params: Mapping[str, Any]) -> Seen | None:
        self.downloads.append(str(params.get("url", "")))
        return None

    def _end(self, seen: Seen) -> Seen:
        self._ended[seen.id] = seen
        while len(self._ended) > KEPT_NOTES:
            self._ended.popitem(last=False)
        return seen


_STEPS = {
    "Network.requestWillBeSent": NetworkLog._sent,
    "Network.responseReceived": NetworkLog._received,
    "Network.loadingFinished": NetworkLog._finished,
    "Network.loadingFailed": NetworkLog._failed,
    "Page.downloadWillBegin": NetworkLog._download,
}


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for, in seconds or as a date; None without one, or with one of the past."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if said.isdigit() and len(said) < 9:
        return timedelta(seconds=int(said))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return until - now if until > now else None


def check_status(status: int, url: str, wait: timedelta | None = None) -> None:
    """Raises PortalUnavailable for a portal that is down, Blocked for one that refuses; `wait` as it asked for."""
    if status >= 500:
        raise PortalUnavailable(f"The portal answered {status} at {public_url(url)}.", retry_after=wait)
    if status in {403, 429}:
        raise Blocked(f"The portal answered {status} at {public_url(url)}.", retry_after=wait)


def _answered(seen: Seen, response: Mapping[str, Any]) -> Seen:
    return replace(
        seen,
        status=int(response.get("status", 0)),
        content_type=str(response.get("mimeType", "")),
        headers=dict(response.get("headers", {})),
        size=int(response.get("encodedDataLength", 0)),
    )
