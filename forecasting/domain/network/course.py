"""A course of lessons: epochs, a checkpoint that survives a kill at any point, an examination after each epoch."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from forecasting.domain.errors import CannotLoad
from forecasting.domain.network.learning import Plan, State, compiled, learn
from forecasting.domain.network.lessons import Batch

CHECKPOINT, HISTORY = "checkpoint.npz", "history.json"
_SAVE_EVERY = 100


@dataclass(frozen=True)
class Course:
    """`epochs` of `per_epoch` steps; `minutes` stops it early, to be resumed (None: never)."""

    plan: Plan
    per_epoch: int
    folder: Path
    minutes: float | None = None

    @classmethod
    def kept(cls, folder: Path) -> "Course":
        """The course that a folder holds; raises CannotLoad where there is none."""
        try:
            plan = Plan(**json.loads((folder / HISTORY).read_text())["plan"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CannotLoad(f"There is no course of lessons in {folder}; train one there first.") from error
        return cls(plan, plan.steps, folder)

    def state(self, *, resume: bool) -> State:
        """Where a course that was cut off stood, or its beginning; raises CannotLoad for one of another plan."""
        path = self.folder / CHECKPOINT
        if not resume or not path.exists():
            (self.folder / HISTORY).unlink(missing_ok=True)
            return State.begin(self.plan.seed)
        wanted, found = asdict(self.plan), self.history().get("plan")
        if found is not None and (found := asdict(Plan(**found))) != wanted:  # older plans lack what has a default
            raise CannotLoad(
                f"The course in {self.folder} was begun with other settings ({_differences(found, wanted)}); "
                "resume it with those, or start a new one in another folder."
            )
        return State.open(path)

    def history(self) -> dict[str, Any]:
        """The plan, and for each epoch its mean loss and the marks of its examination."""
        path = self.folder / HISTORY
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"epochs": {}}
        return found

    def run(
        self,
        state: State,
        lesson: Callable[[int], Batch],
        examine: Callable[[State], dict[str, float]],
        progress: Callable[[int, float], None],
    ) -> State:
        """Go on to the end, or until the minutes are over; the state returned is also in the checkpoint."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._remember(self.history())
        ends = time.monotonic() + 60 * self.minutes if self.minutes else float("inf")

        def after(now: State, loss: float) -> bool:
            progress(now.step, loss)
            if now.step % _SAVE_EVERY == 0:
                now.save(self.folder / CHECKPOINT)
            return time.monotonic() < ends

        step = compiled(self.plan)
        while state.step < self.plan.steps:
            until = min(self.plan.steps, (state.step // self.per_epoch + 1) * self.per_epoch)
            state = learn(state, step, lesson, until=until, after=after)
            state.save(self.folder / CHECKPOINT)
            if state.step < until:
                return state
            history = self.history()
            history["epochs"][str(until // self.per_epoch)] = examine(state)
            self._remember(history)
        return state

    def _remember(self, history: dict[str, Any]) -> None:
        path = self.folder / HISTORY
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps({**history, "plan": asdict(self.plan)}, indent=1))
        draft.rename(path)


def _differences(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {found.get(name)} instead of {wanted[name]}" for name in wanted if found.get(name) != wanted[name]
    )
