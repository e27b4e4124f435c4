"""Every forecaster keeps the contract: each check of conformance.py over each key of the registry."""

import pytest

from forecasting.domain.conformance import CHECKS, Make
from forecasting.registry import forecasters


@pytest.mark.parametrize("key", forecasters.keys())
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_forecaster_keeps_the_contract(check: "object", key: str) -> None:
    make: Make = forecasters.get(key)
    assert callable(check)
    check(make)


def test_no_forecaster_is_broken() -> None:
    assert forecasters.broken() == {}


def test_the_title_and_summary_of_each_forecaster_are_for_people() -> None:
    for forecaster in forecasters.all().values():
        assert forecaster.title[0].isupper()
        assert forecaster.summary.endswith(".")
