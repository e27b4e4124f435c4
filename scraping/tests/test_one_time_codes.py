"""One-time codes are those of RFC 6238, and seeds come in the shapes in which portals show them."""

from datetime import UTC, datetime

import pytest

from scraping.domain.contract import Credentials
from scraping.domain.errors import SecondFactorRequired
from scraping.domain.one_time_codes import one_time_code, plain_seed

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of the RFC's own examples
NOW = datetime.fromtimestamp(59, UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_examples_of_the_rfc_come_out(seconds: int, code: str) -> None:
    assert one_time_code(SEED, now=datetime.fromtimestamp(seconds, UTC)) == code


@pytest.mark.parametrize(
    "shown",
    ["gezd gnbv gy3t qojq", "GEZD-GNBV-GY3T-QOJQ", "otpauth://totp/Utility:me?secret=GEZDGNBVGY3TQOJQ&issuer=Utility"],
)
def test_a_seed_of_80_bits_is_taken_as_a_portal_shows_it(shown: str) -> None:
    assert plain_seed(shown) == "GEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize("wrong", ["", "GEZD", "GEZDGNBVGY3TQOJ1", "otpauth://totp/x?issuer=y", "482910 482910 48"])
def test_what_is_no_seed_is_a_sentence(wrong: str) -> None:
    with pytest.raises(ValueError, match="no seed of one-time codes"):
        plain_seed(wrong)


def test_a_code_comes_from_the_seed_else_from_the_customer_else_the_visit_stops() -> None:
    assert Credentials("me", "pw", SEED).code("?", now=NOW) == "287082"
    assert Credentials("me", "pw", ask=lambda question: question[::-1]).code("123456", now=NOW) == "654321"
    with pytest.raises(SecondFactorRequired, match="sent a code") as caught:
        Credentials("me", "pw").code("The portal sent a code to your phone.", now=NOW)
    assert "Enter the code" in caught.value.advice
    assert SEED not in repr(Credentials("me", "pw", SEED))
