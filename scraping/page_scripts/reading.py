"""What a browser can tell of its page by script alone: the half of our browser that needs no driver's word."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

from scraping import page_scripts
from scraping.domain import piercing
from scraping.domain.browsing import FormField, FormNote, Link
from scraping.domain.errors import PortalUnavailable
from scraping.page_scripts import CHARTS, FORMS, LINKS

_WALKABLE = "a[href], button, [role=tab], [role=link], [role=button], [role=menuitem], summary, input[type=submit]"
_FIELDS = "input, select, textarea"
_BOXES, _BOX_S = 20, 0.1  # boxes (alert, confirm) that a page may open in a row, and the time that one takes to be gone


class PageReading(ABC):
    """Reads the page as `domain.browsing.Browser` promises, given a way to run scripts in its places."""

    @abstractmethod
    def wait_for(self, *selectors: str, timeout_s: float = 20) -> str:
        """As Browser has it."""

    @abstractmethod
    def redact(self, text: str) -> str:
        """As Browser has it."""

    @abstractmethod
    def _at(self, selector: str, source: str, *given: Any) -> list[Any]:
        """Run a script that begins with FIND where the selector points to; a result for each frame with a match."""

    @abstractmethod
    def _everywhere(self, ask: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
        """The answer of each frame, with the selector that leads into it ("" for the page itself)."""

    @abstractmethod
    def script(self, source: str, *arguments: Any) -> Any:
        """As Browser has it."""

    @abstractmethod
    def _run(self, source: str, *arguments: Any) -> Any:
        """Run a script in the frame that is current."""

    def _state(self) -> tuple[str, str, int]:
        """Address, readiness and status of the page. A box that opens in mid-script leaves the script no answer."""
        for _ in range(_BOXES):
            if (found := self.script(page_scripts.STATE)) is not None:
                href, state, status = found
                return href, state, status
            time.sleep(_BOX_S)
        raise PortalUnavailable("The page opens one box after another that wants to be clicked away.")

    def attributes(self, selector: str, *names: str) -> list[dict[str, str]]:
        """As Browser has it."""
        self.wait_for(selector)
        rows = [row for found in self._at(selector, page_scripts.ATTRIBUTES, list(names)) for row in found]
        return [{name: value or "" for name, value in zip(names, row, strict=True)} for row in rows]

    def cells(self, row_selector: str, cell_selector: str = "td, th", *, key: str = "") -> list[list[str]]:
        """As Browser has it."""
        return [row for found in self._at(row_selector, page_scripts.CELLS, cell_selector, key) for row in found]

    def markup(self, selector: str) -> str:
        """As Browser has it."""
        return self.redact("\n".join(found for found in self._at(selector, page_scripts.MARKUP) if found))

    def charts(self) -> bytes:
        """As Browser has it."""
        charts = [
            {**chart, "place": place}
            for place, text in self._everywhere(lambda: self._run(CHARTS))
            for chart in json.loads(text)
        ]
        return self.redact(json.dumps({"twin_charts": charts}, ensure_ascii=False)).encode()

    def links(self) -> list[Link]:
        """As Browser has it."""
        return [
            Link(**{**found, "selector": piercing.inside(place, found["selector"])})
            for place, found in self._found(LINKS, _WALKABLE)
        ]

    def forms(self) -> list[FormNote]:
        """As Browser has it."""
        return [_form(place, found) for place, found in self._found(FORMS, _FIELDS)]

    def _found(self, source: str, selector: str) -> Iterator[tuple[str, Any]]:
        for place, answer in self._everywhere(lambda: self._run(source, None, selector, True)):
            clean = json.loads(self.redact(json.dumps(answer, ensure_ascii=False)))
            yield from ((place, one) for one in clean)


def _form(place: str, found: dict[str, Any]) -> FormNote:
    fields = tuple(
        FormField(
            name=one["name"],
            kind=one["kind"],
            label=one["label"],
            value=one["value"],
            selector=piercing.inside(place, one["selector"]),
            options=tuple((value, text) for value, text in one["options"]),
        )
        for one in found["fields"]
    )
    selector = piercing.inside(place, found["selector"]) if found["selector"] else ""
    return FormNote(selector, found["method"], found["action"], fields)
