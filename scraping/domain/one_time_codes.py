"""Second factors out of a seed: one-time codes of RFC 6238 (SHA-1, 30 s, six digits), as authenticator apps show them.

By hand, because the usual library refuses seeds under 112 bits, and many portals hand out 80.
"""

import base64
import binascii
import hmac
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

STEP_S = 30
DIGITS = 6
NO_SEED = "This is no seed of one-time codes: it has 16 or more letters A to Z and digits 2 to 7."


def one_time_code(seed: str, *, now: datetime) -> str:
    """The code at `now`; raises ValueError where the seed is none."""
    counter = int(now.timestamp()) // STEP_S
    digest = hmac.digest(_key(plain_seed(seed)), counter.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 0xF
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def plain_seed(text: str) -> str:
    """A seed as a portal shows it, or the otpauth address behind its picture, as base32; raises ValueError."""
    words = text.strip()
    if words.lower().startswith("otpauth:"):
        words = parse_qs(urlsplit(words).query).get("secret", [""])[0]
    seed = "".join(words.split()).replace("-", "").rstrip("=").upper()
    if len(seed) < 16:
        raise ValueError(NO_SEED)
    _key(seed)
    return seed


def _key(seed: str) -> bytes:
    try:
        return base64.b32decode(seed + "=" * (-len(seed) % 8))
    except binascii.Error:
        raise ValueError(NO_SEED) from None
