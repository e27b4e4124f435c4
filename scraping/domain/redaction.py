"""Taking secrets out of what is kept: a page, an address, a message."""

import html
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

REMOVED = "[removed]"


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without any secret, as typed or as HTML, an address or JSON would write it."""
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):  # else a secret inside another leaves its rest
        text = text.replace(form, REMOVED)
    return text


def _forms(secret: str) -> set[str]:
    in_text = html.escape(secret, quote=False)
    in_attribute = secret.replace("&", "&amp;").replace('"', "&quot;")
    by_browser = {in_text, in_attribute, in_text.replace('"', "&quot;")}
    by_server = {html.escape(secret), html.escape(secret).replace("&#x27;", "&#39;")}
    in_address = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return {secret, json.dumps(secret)[1:-1], *by_browser, *by_server, *in_address}
