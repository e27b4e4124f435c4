"""Where in a page a selector points to: the page itself, its frames, its shadow roots."""

from collections.abc import Iterator
from typing import Any

from scraping import page_scripts
from scraping.domain import piercing

_FRAMES, _DEEPEST = "iframe, frame", 3
_CSS = "css selector"


class Places:
    """Moves the driver into the frame that a selector names, and back to the top before the next.

    `driver` answers `find_elements`, `execute_script` and `switch_to`; `gone` are its errors for what has just left.
    """

    def __init__(self, driver: Any, gone: tuple[type[Exception], ...]) -> None:
        self._driver = driver
        self._gone = gone
        self._framed = False

    def top(self, *, anew: bool = False) -> None:
        """Stand in the page itself; `anew` where a new page has done that already."""
        if self._framed and not anew:
            self._driver.switch_to.default_content()
        self._framed = False

    def find(self, selector: str) -> list[Any]:
        """Every match, the driver standing in the frame where they are."""
        if piercing.STEP not in selector and piercing.TEXT not in selector:
            self.top()
            return list(self._driver.find_elements(_CSS, selector))
        for where in self.each(selector):
            found: list[Any] = self._driver.execute_script(page_scripts.MATCHES, *where)
            if found:
                return found
        return []

    def each(self, selector: str) -> Iterator[tuple[Any, str, bool]]:
        """One place after the other where the last step is to be looked for: the arguments of FIND."""
        self.top()
        path = piercing.path_of(selector)
        if not path.deep:
            yield from self._below(None, path.hosts, path.last)
            return
        for _ in self.frames():
            first, *others = (*path.hosts, path.last)
            if not others:
                yield None, first, True
            elif found := self._driver.execute_script(page_scripts.MATCHES, None, first, True):
                yield from self._below(self._enter(found[0]), tuple(others[:-1]), others[-1])

    def frames(self, place: str = "", depth: int = 0) -> Iterator[str]:
        """The selector of each frame, "" for the page itself, the driver standing in it."""
        yield place
        if depth == _DEEPEST:
            return
        for frame, selector in self._driver.execute_script(page_scripts.FRAMES, None, _FRAMES, True):
            try:
                self._enter(frame)
            except self._gone:
                continue
            yield from self.frames(piercing.inside(place, selector), depth + 1)
            self._driver.switch_to.parent_frame()

    def _below(self, root: Any, hosts: tuple[str, ...], last: str) -> Iterator[tuple[Any, str, bool]]:
        for host in hosts:
            found = (root or self._driver).find_elements(_CSS, host)
            if not found:
                return
            root = self._enter(found[0])
        yield root, last, False

    def _enter(self, host: Any) -> Any:
        """The shadow root of a host, or None after stepping into a frame."""
        if host.tag_name not in {"iframe", "frame"}:
            return host.shadow_root
        self._framed = True
        self._driver.switch_to.frame(host)
        return None
