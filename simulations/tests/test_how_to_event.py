"""The example of docs/how-to/add-an-event.md is short and keeps the contract as it stands on the page."""

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulations.domain.conformance import CHECKS, SPAN, a_world
from simulations.domain.contract import Event

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-an-event.md"


@pytest.fixture(scope="module")
def standby_off(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Event]]:
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    assert len(code.splitlines()) < 40
    folder = tmp_path_factory.mktemp("events")
    (folder / "standby_off.py").write_text(code, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("standby_off").StandbyOff
    sys.path.remove(str(folder))
    del sys.modules["standby_off"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_example_of_the_page_keeps_the_contract(
    check: Callable[[type[Event]], None], standby_off: type[Event]
) -> None:
    check(standby_off)


def test_it_cuts_something(standby_off: type[Event]) -> None:
    _, load = a_world()
    assert standby_off().change_load(load, SPAN).kw.sum() < load.kw.sum()
