"""The kinds of job there are. An app's `tasks.py` declares its own; nobody keeps a list.

    @job_kind(title="Make a forecast", cluster="computing", after=("readings_stored",))
    def make_forecast(job: RunningJob, *, meter_id: int) -> dict: ...

`after` subscribes a kind to an announcement: whoever stores readings announces `readings_stored` and
does not know who listens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Body = Callable[..., dict[str, Any]]
Tick = Callable[[datetime], object]


@dataclass(frozen=True)
class JobKind:
    """One kind of job: its body and how it is run."""

    key: str
    title: str
    cluster: str
    body: Body
    max_attempts: int
    timeout_s: int
    after: tuple[str, ...]
    subject: Callable[[dict[str, Any]], str]


_kinds: dict[str, JobKind] = {}
_ticks: list[Tick] = []


def _values_of(params: dict[str, Any]) -> str:
    return ", ".join(map(str, params.values()))


def job_kind(
    *,
    title: str,
    cluster: str,
    max_attempts: int = 3,
    timeout_s: int = 3600,
    after: tuple[str, ...] = (),
    subject: Callable[[dict[str, Any]], str] = _values_of,
) -> Callable[[Body], Body]:
    """Declare the decorated function as the body of a job kind; its name is the key."""

    def declare(body: Body) -> Body:
        key = body.__name__
        known = _kinds.get(key)
        if known is not None and known.body.__module__ != body.__module__:
            raise ValueError(f"Two job kinds are called {key}: in {known.body.__module__} and {body.__module__}.")
        _kinds[key] = JobKind(key, title, cluster, body, max_attempts, timeout_s, after, subject)
        return body

    return declare


def every_tick(function: Tick) -> Tick:
    """Call `function(now)` every few seconds in the process that tends the ledger: it enqueues what is due."""
    _ticks.append(function)
    return function


def get_kind(key: str) -> JobKind:
    """The kind of that key; KeyError with a sentence where there is none."""
    if key not in _kinds:
        raise KeyError(f"No job kind is called {key}; there are: {', '.join(sorted(_kinds))}.")
    return _kinds[key]


def kinds() -> list[JobKind]:
    """Every kind, by key."""
    return [_kinds[key] for key in sorted(_kinds)]


def listeners(announcement: str) -> list[JobKind]:
    """The kinds that follow an announcement."""
    return [kind for kind in kinds() if announcement in kind.after]


def ticks() -> list[Tick]:
    """What enqueues due work."""
    return list(_ticks)
