"""docs/scraping.md shows the archetypes and the faults as they are."""

import re
from pathlib import Path

from scraping.demo_portal.matrix import archetype_table, fault_table

DOC = Path(__file__).resolve().parents[2] / "docs" / "scraping.md"


def shown(name: str) -> str:
    found = re.search(rf"<!-- {name}: [^\n]*-->\n(.*?)<!-- end -->", DOC.read_text(), re.DOTALL)
    assert found is not None, name
    return found[1].strip()


def test_the_page_lists_every_archetype() -> None:
    assert shown("archetypes") == archetype_table()


def test_the_page_lists_every_fault_with_its_end() -> None:
    assert shown("faults") == fault_table()
