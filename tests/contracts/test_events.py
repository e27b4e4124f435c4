"""Every event of `simulations/events/` keeps the contract."""

from collections.abc import Callable

import pytest

from simulations.domain.conformance import CHECKS
from simulations.domain.contract import Event
from simulations.registry import events


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("key", events.keys())
def test_every_event_keeps_the_contract(key: str, check: Callable[[type[Event]], None]) -> None:
    check(events.get(key))
