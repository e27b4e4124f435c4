"""Secrets at rest."""

import secrets

import pytest

from twin_project.kit.vault import CannotOpen, seal, unseal


def _key() -> str:
    return secrets.token_urlsafe(32)


def test_a_sealed_secret_shows_nothing_and_opens_again() -> None:
    keys = [_key()]
    token = seal("hunter2", keys=keys)
    assert "hunter2" not in token
    assert unseal(token, keys=keys) == "hunter2"


def test_an_older_secret_opens_after_a_new_key_was_put_in_front() -> None:
    old = _key()
    assert unseal(seal("hunter2", keys=[old]), keys=[_key(), old]) == "hunter2"


def test_a_wrong_key_is_an_error_and_never_a_mangled_value() -> None:
    with pytest.raises(CannotOpen, match="put the old key back"):
        unseal(seal("hunter2", keys=[_key()]), keys=[_key()])
