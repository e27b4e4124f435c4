"""Secrets leave every form of a text."""

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraping.domain.redaction import REMOVED, redact

WRITERS = [str, html.escape, lambda s: html.escape(s, quote=False), quote, quote_plus, lambda s: json.dumps(s)[1:-1]]


@pytest.mark.parametrize("write", WRITERS)
@given(secret=st.text(min_size=1, max_size=20))
def test_a_secret_is_removed_in_every_way_of_writing_it(write: Callable[[str], str], secret: str) -> None:
    assert redact(f"12:{write(secret)}:34", [secret]).count(REMOVED) >= 1


def test_a_secret_inside_another_leaves_no_rest() -> None:
    assert redact("password-2", ["password", "password-2"]) == REMOVED


def test_no_secret_changes_nothing() -> None:
    assert redact("as it was", ["", "other"]) == "as it was"
