"""Plug-ins are found by their file."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from twin_project.kit.registry import BrokenPlugin, Plugin, Registry, UnknownPlugin

GOOD = "from twin_project.kit.registry import Plugin\nclass Any(Plugin):\n    title = 'Good'\n    summary = 'Works.'\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    package = tmp_path / "shelf"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [name for name in sys.modules if name.split(".")[0] == "shelf"]:
        del sys.modules[name]


def test_a_dropped_file_is_a_plugin_whose_key_is_its_name(folder: Path) -> None:
    (folder / "good.py").write_text(GOOD)
    registry = Registry("shelf", Plugin)
    assert registry.keys() == ["good"]
    assert registry.get("good").key == "good"
    assert registry.choices() == [("good", "Good")]


def test_a_file_that_raises_leaves_the_others_alone_and_says_why(folder: Path) -> None:
    (folder / "good.py").write_text(GOOD)
    (folder / "sick.py").write_text("raise ZeroDivisionError('no luck')\n")
    registry = Registry("shelf", Plugin)
    assert list(registry.all()) == ["good"]
    assert registry.broken()["sick"].startswith("ZeroDivisionError: no luck (line 1 of")
    with pytest.raises(BrokenPlugin):
        registry.get("sick")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "it defines 0"),
        (GOOD + GOOD.replace("Any", "Other"), "it defines 2"),
        (GOOD.replace("    title = 'Good'\n", ""), "has no title"),
        (
            GOOD.replace("Plugin):", "Plugin, ABC):").replace("from", "from abc import ABC, abstractmethod\nfrom", 1)
            + "    @abstractmethod\n    def fit(self): ...\n",
            "does not define fit",
        ),
    ],
)
def test_a_file_without_exactly_one_whole_class_is_broken(folder: Path, source: str, reason: str) -> None:
    (folder / "odd.py").write_text(source)
    assert reason in Registry("shelf", Plugin).broken()["odd"]


def test_an_unknown_key_lists_those_there_are(folder: Path) -> None:
    (folder / "good.py").write_text(GOOD)
    with pytest.raises(UnknownPlugin, match="there are: good"):
        Registry("shelf", Plugin).get("bad")


def test_keys_are_listed_without_importing_anything(folder: Path) -> None:
    (folder / "heavy.py").write_text("raise RuntimeError('imported')\n")
    assert Registry("shelf", Plugin).keys() == ["heavy"]
    assert "shelf.heavy" not in sys.modules
