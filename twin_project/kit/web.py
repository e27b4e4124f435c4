"""JSON over HTTP, as a good guest: one at a time, seldom, few retries, answers kept for a while."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.util import Retry, Timeout

from twin_project.kit.addresses import AddressRefused, AddressUnknown, Checked, check_address

AGENT = "smart-meter-twin/0.1"
LARGEST_BYTES = 32 * 1024 * 1024
_PORTION = 64 * 1024
_TRIES = 3
_LAST_GIVEN = 400


class WebError(Exception):
    """No answer to be used. `retryable`: asking later may help; `reason` is what the other side said."""

    def __init__(self, message: str, *, retryable: bool, reason: str = "") -> None:
        super().__init__(message)
        self.retryable = retryable
        self.reason = reason


@dataclass(frozen=True)
class Given:
    """A document, and when it was given."""

    document: Any
    given_at: datetime


@dataclass(frozen=True)
class Web:
    """`keep_in` holds answers for `keep_for`; `backoff_s` doubles from retry to retry."""

    keep_in: Path
    keep_for: timedelta = timedelta(minutes=30)
    allow_private: bool = False
    timeout_s: float = 20.0
    backoff_s: float = 1.0

    def get_json(self, address: str, query: Mapping[str, Any], *, now: datetime) -> Given:
        """The JSON document there. Redirects are not followed. Raises WebError with a sentence."""
        asked = f"{address}?{urlencode(query)}"
        place = self.keep_in / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"
        kept = self._kept(place, now)
        if kept is not None:
            return kept
        try:
            checked = check_address(address, allow_private=self.allow_private)
        except AddressRefused as error:
            raise WebError(str(error), retryable=False) from error
        except AddressUnknown as error:
            raise WebError(str(error), retryable=True) from error
        status, body = self._ask(checked, query)
        document = _document(checked.host, status, body)
        self._keep(place, now, document)
        return Given(document, now)

    def _ask(self, checked: Checked, query: Mapping[str, Any]) -> tuple[int, bytes]:
        retry = Retry(
            total=_TRIES, redirect=0, backoff_factor=self.backoff_s, status_forcelist=(429, 500, 502, 503, 504)
        )
        retry = retry.new(raise_on_status=False, respect_retry_after_header=False)
        words: dict[str, Any] = {"retries": retry, "timeout": Timeout(self.timeout_s), "maxsize": 1}
        if checked.parts.scheme == "https":
            secure: dict[str, Any] = {"server_hostname": checked.host, "assert_hostname": checked.host}
            pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(checked.ip, checked.port, **words, **secure)
        else:
            pool = urllib3.HTTPConnectionPool(checked.ip, checked.port, **words)
        path = f"{checked.parts.path or '/'}?{urlencode(query)}"
        headers = {"Host": checked.parts.netloc, "User-Agent": AGENT, "Accept": "application/json"}
        try:
            answer = pool.urlopen("GET", path, headers=headers, redirect=False, preload_content=False)
            try:
                return answer.status, _read(checked.host, answer, until=time.monotonic() + 3 * self.timeout_s)
            finally:
                answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            why = getattr(error, "reason", None) or error
            raise WebError(
                f"{checked.host} could not be reached ({type(why).__name__}).", retryable=True, reason=str(why)
            ) from error
        finally:
            pool.close()

    def _kept(self, place: Path, now: datetime) -> Given | None:
        try:
            stored = json.loads(place.read_text())
            given_at = datetime.fromisoformat(stored["given_at"]).astimezone(UTC)
        except (OSError, ValueError, KeyError):
            return None
        return Given(stored["document"], given_at) if timedelta(0) <= now - given_at < self.keep_for else None

    def _keep(self, place: Path, now: datetime, document: Any) -> None:
        """Beside it and moved, so that no half is ever read; the oldest make room."""
        self.keep_in.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = place.with_suffix(f".{time.monotonic_ns()}.draft")
        draft.write_text(json.dumps({"given_at": now.isoformat(), "document": document}))
        draft.replace(place)
        files = sorted(self.keep_in.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for old in files[:-_LAST_GIVEN]:
            old.unlink(missing_ok=True)


def _read(host: str, answer: Any, *, until: float) -> bytes:
    body = bytearray()
    for portion in answer.stream(_PORTION):
        body += portion
        if len(body) > LARGEST_BYTES:
            raise WebError(f"{host} sent more than {LARGEST_BYTES >> 20} MiB; that is no answer.", retryable=False)
        if time.monotonic() > until:
            raise WebError(f"{host} was too slow.", retryable=True)
    return bytes(body)


def _document(host: str, status: int, body: bytes) -> Any:
    """The JSON of an answer; an error's own words go into the sentence."""
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    said = str(document.get("reason", ""))[:200] if isinstance(document, dict) else ""
    if status == 200 and document is not None:
        return document
    words = {200: "answered with something that is not JSON", 429: "asks for fewer visits"}
    if 300 <= status < 400:
        what = "sends elsewhere, which is not followed"
    else:
        what = words.get(status, f"answered with an error ({status})")
    raise WebError(f"{host} {what}{f': {said}' if said else ''}.", retryable=status >= 500 or status in (200, 429))
