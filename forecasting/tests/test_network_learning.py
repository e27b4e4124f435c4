"""A course of lessons on a made-up corpus: cut off anywhere and gone on, it ends in the same numbers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecasting.domain.errors import BadSeries, CannotLoad
from forecasting.domain.network import architecture, corpus, lessons, weights
from forecasting.domain.network.calendar_table import WEEKDAY
from forecasting.domain.network.corpus import Corpus
from forecasting.domain.network.course import CHECKPOINT, Course
from forecasting.domain.network.learning import Plan, State
from forecasting.domain.network.lessons import School
from forecasting.domain.quantiles import QUANTILES

PLAN = Plan(steps=4, batch=8, warm_up=2, seed=3)


@pytest.fixture(scope="module")
def school() -> School:
    hours = np.arange(24 * 900)
    draw = np.random.default_rng(0)
    load = 5 + np.sin(hours * np.pi / 12) + draw.gamma(2, 0.3, (4, len(hours)))
    temperature = 10 + 5 * np.sin(hours / 500) + np.zeros((2, 1))
    kinds = ("university", "university", "household", "household")
    data = Corpus(
        ("a", "b", "c", "d"),
        kinds,
        ("train",) * 4,
        np.array([0, 0, 1, 1]),
        load.astype(np.float32),
        temperature.astype(np.float32),
    )
    return lessons.school(data, frozenset())


def test_a_lesson_depends_on_the_seed_and_its_number_only(school: School) -> None:
    once, again, other = (lessons.batch(school, 3, number, 8) for number in (5, 5, 6))
    for one, same in zip(once.inputs.tensors, again.inputs.tensors, strict=True):
        np.testing.assert_array_equal(one, same)
    np.testing.assert_array_equal(once.truth, again.truth)
    assert not np.array_equal(once.truth, other.truth)
    assert np.isfinite(once.usual).all()
    assert (once.usual > 0).all()


def test_a_share_of_the_lessons_is_told_by_clocks_of_elsewhere(school: School) -> None:
    home, away = (lessons.batch(school, 3, 5, 64, elsewhere) for elsewhere in (0.0, 1.0))
    np.testing.assert_array_equal(home.truth, away.truth)
    differ = (home.inputs.steps[..., WEEKDAY : WEEKDAY + 7] != away.inputs.steps[..., WEEKDAY : WEEKDAY + 7]).any(
        axis=2
    )
    assert 0.1 < differ.mean() < 0.7  # of the hours lie on another day there


def _small() -> Any:
    """A network of one layer: what a course keeps does not depend on the network, and the real one compiles long."""
    architecture.use_jax()
    import keras

    whole = architecture.build()
    steps = whole.inputs[1]
    return keras.Model(whole.inputs, keras.layers.Dense(len(QUANTILES))(steps))


def test_a_course_cut_off_anywhere_ends_in_the_same_numbers(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = _small()
    monkeypatch.setattr(architecture, "build", lambda: small)

    def lesson(number: int) -> lessons.Batch:
        return lessons.batch(school, PLAN.seed, number, PLAN.batch)

    class Killed(Exception):
        """What a kill is to the code that it meets: nothing after it runs."""

    def killed_at(step: int, _: float) -> None:
        if step == 3:
            raise Killed

    marks: list[int] = []

    def examine(state: State) -> dict[str, float]:
        marks.append(state.step)
        return {"mark": float(state.step)}

    whole = Course(PLAN, 2, tmp_path / "whole")
    straight = whole.run(whole.state(resume=False), lesson, examine, lambda *_: None)
    broken = Course(PLAN, 2, tmp_path / "broken")
    with pytest.raises(Killed):
        broken.run(broken.state(resume=False), lesson, examine, killed_at)
    assert broken.state(resume=True).step == 2
    again = broken.run(broken.state(resume=True), lesson, examine, lambda *_: None)
    for one, other in zip(straight.mean, again.mean, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    assert broken.history() == whole.history()
    assert marks == [2, 4, 2, 4]
    with pytest.raises(CannotLoad, match=r"begun with other settings \(steps 4 instead of 9"):
        Course(replace(PLAN, steps=9), 2, tmp_path / "broken").state(resume=True)
    (tmp_path / "broken" / CHECKPOINT).write_bytes(b"half a checkpoint")
    with pytest.raises(CannotLoad, match="cannot be read"):
        broken.state(resume=True)


def test_every_meter_has_one_role_and_twins_share_theirs() -> None:
    roles = [corpus.role_of("university", f"b{number}") for number in range(400)]
    assert {"train", "validation", "test"} == set(roles)
    assert 0.05 < roles.count("test") / 400 < 0.2
    assert corpus.role_of("university", "b118") == corpus.role_of("university", "b60")


def test_stuck_hours_and_impossible_ones_do_not_teach() -> None:
    load = np.random.default_rng(1).gamma(2, 1, 5000).astype(np.float32)
    load[100:140], load[700], load[900:950] = 3.3, 1e5, 0.0
    found = corpus.cleaned(load)
    assert np.isnan(found[100:140]).all()
    assert np.isnan(found[700])
    assert (found[900:950] == 0).all()
    assert np.isfinite(found[:100]).all()


def test_a_folder_without_the_data_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSeries, match=r"no file .*cambridge_hourly.parquet"):
        corpus.read(tmp_path)


def test_weights_that_are_missing_changed_or_of_another_network_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotLoad, match="card"):
        weights.read(tmp_path)
    digest = weights.write(tmp_path, [[np.ones(3), np.zeros((2, 2))]], {"network": "cnn_lstm"})
    assert weights.read_card(tmp_path)["sha256"] == digest
    np.testing.assert_array_equal(weights.read(tmp_path)[0][0], np.ones(3))
    whole = (tmp_path / weights.WEIGHTS).read_bytes()
    (tmp_path / weights.WEIGHTS).write_bytes(whole[:-20] + b"\0" * 20)
    with pytest.raises(CannotLoad, match="not those that their card names"):
        weights.read(tmp_path)
    (tmp_path / weights.WEIGHTS).unlink()
    with pytest.raises(CannotLoad, match="are missing"):
        weights.read(tmp_path)


def test_the_command_says_which_data_it_misses(tmp_path: Path) -> None:
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="name the folder of the training data with --data"):
        call_command("train_cnn_lstm", data=tmp_path, out=tmp_path / "out")
