"""Secrets at rest: MultiFernet with keys of their own, the newest first.

TWIN_FIELD_KEYS is a comma-separated list; put a new key in front and every new secret uses it, while the
older ones still open. A wrong key is an error, never a mangled value.
"""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class CannotOpen(Exception):
    """The secret was sealed with a key that is not among those given."""


def _keyring(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key + "=" * (-len(key) % 4)) for key in keys])


def seal(text: str, *, keys: Sequence[str]) -> str:
    """Encrypt with the newest key."""
    return _keyring(keys).encrypt(text.encode()).decode()


def unseal(token: str, *, keys: Sequence[str]) -> str:
    """Decrypt with whichever key fits; raises CannotOpen."""
    try:
        return _keyring(keys).decrypt(token.encode()).decode()
    except InvalidToken:
        raise CannotOpen(
            "The stored password cannot be opened with the keys in TWIN_FIELD_KEYS or var/secrets/field_keys; "
            "put the old key back, or enter the password again."
        ) from None


def rotate(token: str, *, keys: Sequence[str]) -> str:
    """The same secret under the newest key; raises CannotOpen."""
    try:
        return _keyring(keys).rotate(token.encode()).decode()
    except InvalidToken:
        raise CannotOpen("The secret cannot be opened with any of the keys given.") from None
