"""Several answers kept as one document: the pages of a table, the calls of one view."""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass

from scraping.domain.extraction.raw import NotThisKind


@dataclass(frozen=True)
class Part:
    """One answer."""

    url: str
    content_type: str
    body: bytes


def packed(parts: Iterable[Part]) -> bytes:
    """The document of these answers."""
    written = [
        {"url": part.url, "content_type": part.content_type, "body": base64.b64encode(part.body).decode()}
        for part in parts
    ]
    return json.dumps({"parts": written}).encode()


def unpacked(body: bytes) -> list[Part]:
    """The answers of a document; raises NotThisKind."""
    try:
        written = json.loads(body)["parts"]
        return [Part(one["url"], one["content_type"], base64.b64decode(one["body"])) for one in written]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise NotThisKind(f"The document of several answers cannot be taken apart: {error!r}.") from error
