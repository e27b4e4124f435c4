"""Train the network that ships with the twin, on the folder of open data; resumable at any point."""

import warnings
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from forecasting.domain.errors import ForecastError
from forecasting.domain.known import holidays_between
from forecasting.domain.network import card, corpus, lessons, weights
from forecasting.domain.network.course import Course
from forecasting.domain.network.learning import Plan, State


class Command(BaseCommand):
    """Exit 0 with weights and a card, 1 with a sentence. Stopped early, `--resume` ends in the same numbers."""

    help = "Train the cnn_lstm network on the Cambridge and London readings, and write its weights and model card."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from, where to, how long."""
        parser.add_argument(
            "--data", type=Path, required=True, help="folder with cambridge_*.parquet, london_*.parquet"
        )
        parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, history, weights and card")
        parser.add_argument("--epochs", type=int, default=16)
        parser.add_argument("--steps", type=int, default=1000, help="of an epoch")
        parser.add_argument("--batch", type=int, default=256, help="windows of a step")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--elsewhere", type=float, default=0.1, help="share of lessons by a wrong clock (default %(default)s)"
        )
        parser.add_argument("--resume", action="store_true", help="go on where the folder's checkpoint stands")
        parser.add_argument("--minutes", type=float, help="stop after so many, to be resumed")
        parser.add_argument(
            "--join", type=Path, nargs="+", help="learn nothing: write the mean of the networks of these --out folders"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Train it."""
        if options["join"]:
            self._join(options)
            return
        total = options["epochs"] * options["steps"]
        plan = Plan(
            total,
            options["batch"],
            warm_up=min(500, total // 4),
            seed=options["seed"],
            elsewhere=options["elsewhere"],
        )
        course = Course(plan, options["steps"], options["out"], options["minutes"])
        try:
            data = corpus.read(options["data"])
            state = course.state(resume=options["resume"])
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "All-NaN|Mean of empty", RuntimeWarning)  # years without readings
                state = self._learn(course, state, lessons.school(data, _holidays()), data)
        except ForecastError as error:
            raise CommandError(str(error)) from error
        if state.step < total:
            self.stdout.write(f"Stopped at step {state.step} of {total}, whose weights are written; --resume goes on.")

    def _learn(self, course: Course, state: State, school: lessons.School, data: corpus.Corpus) -> State:
        import jax

        from forecasting.domain.network import examination, learning

        answer, plan = jax.jit(learning.forward()), course.plan

        def examine(now: State) -> dict[str, float]:
            marks = examination.examine(answer, now.mean, data, school.timelines)
            weights.write(course.folder, [now.mean], card.of(data, [(course.plan, now.step)], marks))
            tqdm.write(f"step {now.step}: " + _told(marks))
            return marks

        with tqdm(total=course.plan.steps, initial=state.step, unit="step", mininterval=5) as bar:
            losses: list[float] = []

            def progress(step: int, loss: float) -> None:
                losses.append(loss)
                bar.set_postfix(loss=f"{sum(losses[-200:]) / len(losses[-200:]):.4f}", refresh=False)
                bar.update(step - bar.n)

            state = course.run(
                state,
                lambda number: lessons.batch(school, plan.seed, number, plan.batch, plan.elsewhere),
                examine,
                progress,
            )
        if state.step < course.plan.steps:
            examine(state)  # weights as good as they are by now
        return state

    def _join(self, options: dict[str, Any]) -> None:
        """The mean of several networks is better than each; what it is on validation meters goes on its card."""
        import jax

        from forecasting.domain.network import examination, learning

        try:
            data = corpus.read(options["data"])
            courses = [Course.kept(folder) for folder in options["join"]]
            states = [course.state(resume=True) for course in courses]
        except ForecastError as error:
            raise CommandError(str(error)) from error
        one = jax.jit(learning.forward())

        def mean(members: list[Any], tensors: tuple[Any, ...]) -> Any:
            return sum(one(member, tensors) for member in members) / len(members)

        members = [state.mean for state in states]
        marks = examination.examine(mean, members, data, lessons.timelines(data, _holidays()))
        taught = [(course.plan, state.step) for course, state in zip(courses, states, strict=True)]
        weights.write(options["out"], members, card.of(data, taught, marks))
        self.stdout.write(_told(marks))


def _holidays() -> frozenset[date]:
    return holidays_between("GB", "ENG", corpus.FIRST.year, corpus.LAST.year)


def _told(marks: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in marks.items())
