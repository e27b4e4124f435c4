"""What the page asked of its portal: notes of every request, and the answers that may hold data."""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from scraping.domain.browsing import RequestNote, Response
from scraping.domain.network_log import NetworkLog, retry_after
from scraping.domain.redaction import redact

MOST_HELD = 64 << 20
LONG = timedelta(seconds=15)


class NetworkWatch:
    """Reads the performance log on and takes bodies while the browser still has them; `secrets` grows as one types."""

    def __init__(self, secrets: list[str]) -> None:
        self._secrets = secrets
        self._log = NetworkLog()
        self._held: list[Response] = []

    @property
    def asked_n(self) -> int:
        """Requests so far."""
        return self._log.asked_n

    def is_waiting(self, *, now: datetime) -> bool:
        """Whether an answer with data is on its way; one that takes very long holds nobody up."""
        return self._log.is_waiting(since=now - LONG)

    def drain(
        self, entries: Iterable[Mapping[str, Any]], body_of: Callable[[str], Mapping[str, Any] | None], now: datetime
    ) -> None:
        """`body_of` gives the answer to Network.getResponseBody, None where it is gone with its page."""
        for seen in self._log.take(entries):
            answer = body_of(seen.id)
            if answer is not None:
                text = answer["body"]
                body = self.clean(base64.b64decode(text) if answer["base64Encoded"] else text.encode())
                about = (seen.method, seen.status, seen.content_type, body, seen.kind)
                self._hold(Response(self._redact(seen.url), *about, retry_after(seen.headers, now=now)))

    def downloaded(self, body: bytes, page: str) -> None:
        """A file that a click gave."""
        url = self._log.downloads[-1] if self._log.downloads else page
        self._hold(Response(self._redact(url), "GET", 200, "", body, "download"))

    def responses(self) -> list[Response]:
        """What is held, which is then forgotten."""
        held, self._held = self._held, []
        return held

    def notes(self) -> list[RequestNote]:
        """Every request, the oldest first."""
        return [replace(note, url=self._redact(note.url)) for note in self._log.notes()]

    def wait_of(self, url: str, *, now: datetime) -> timedelta | None:
        """What the last page of that address said in Retry-After."""
        return retry_after(self._log.headers_of(url), now=now)

    def clean(self, body: bytes) -> bytes:
        """Without typed secrets; those of digits alone stay, since a reading may have the same digits."""
        secrets = [secret for secret in self._secrets if not secret.isdigit()]
        if not any(form in body for secret in secrets for form in (secret.encode(), quote(secret).encode())):
            return body
        as_latin = [secret.encode().decode("latin-1") for secret in secrets]
        return redact(body.decode("latin-1"), as_latin).encode("latin-1")

    def _redact(self, text: str) -> str:
        return redact(text, self._secrets)

    def _hold(self, response: Response) -> None:
        self._held.append(response)
        while sum(len(one.body) for one in self._held) > MOST_HELD:
            del self._held[0]
