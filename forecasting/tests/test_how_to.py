"""The example of docs/how-to/add-a-forecaster.md is short, and keeps the contract as it stands on the page."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecasting.domain.conformance import CHECKS, Make

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-forecaster.md"


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    assert len(code.splitlines()) < 40
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "daily_mean.py").write_text(code, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("daily_mean").DailyMean
    sys.path.remove(str(folder))
    del sys.modules["daily_mean"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_example_of_the_page_keeps_the_contract(check: object, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(sys.modules[type(make()).__module__].__file__ or "").parent
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{root}")
    assert callable(check)
    check(make)
