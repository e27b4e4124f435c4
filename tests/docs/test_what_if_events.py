"""docs/what-if.md lists the events as they are."""

import re
from pathlib import Path

from simulations.registry import events

DOC = Path(__file__).resolve().parents[2] / "docs" / "what-if.md"


def test_the_page_lists_every_event_with_its_effect() -> None:
    found = re.search(r"<!-- events -->\n(.*?)\n<!-- end -->", DOC.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    rows = [
        f"| `{key}` | {plugin.effect} | {plugin.stage.name.lower()} | {plugin.summary} |"
        for key, plugin in events.all().items()
    ]
    assert found[1].splitlines()[2:] == rows
