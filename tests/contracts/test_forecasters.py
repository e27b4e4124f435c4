"""Every forecaster keeps the contract: each check of conformance.py over each key of the registry."""

from dataclasses import fields
from functools import partial

import pytest

from forecasting.domain.conformance import CHECKS, Make
from forecasting.registry import forecasters

QUICK = {"trees": 16, "judged_days": 7}  # what the contract promises does not hang on how much is learned


def _make(key: str) -> Make:
    plugin = forecasters.get(key)
    quick = {field.name: QUICK[field.name] for field in fields(plugin.Params) if field.name in QUICK}
    return partial(plugin, plugin.Params(**quick))


@pytest.mark.parametrize("key", forecasters.keys())
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_forecaster_keeps_the_contract(check: "object", key: str) -> None:
    make = _make(key)
    assert callable(check)
    check(make)


def test_no_forecaster_is_broken() -> None:
    assert forecasters.broken() == {}


def test_the_title_and_summary_of_each_forecaster_are_for_people() -> None:
    for forecaster in forecasters.all().values():
        assert forecaster.title[0].isupper()
        assert forecaster.summary.endswith(".")
