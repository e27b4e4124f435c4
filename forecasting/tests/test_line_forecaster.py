"""What forecasters on the corrected line share, and what each has for itself."""

import pandas as pd
import pytest

from forecasting.domain.example import Example, example
from forecasting.domain.line_forecaster import Classroom, LineForecaster
from forecasting.forecasters.gradient_boosting import GradientBoosting
from forecasting.forecasters.load_temperature import LoadTemperature
from forecasting.forecasters.random_forest import RandomForest


def members() -> list[LineForecaster]:
    trees = 10
    return [
        LoadTemperature(),
        RandomForest(RandomForest.Params(trees=trees)),
        GradientBoosting(GradientBoosting.Params(trees=trees)),
    ]


def answer(trained: LineForecaster, case: Example) -> pd.DataFrame:
    return trained.predict(case.load, case.known, case.starts)


def test_members_of_one_classroom_say_what_each_says_alone() -> None:
    case, room = example(), Classroom()
    for alone, shared in zip(members(), members(), strict=True):
        alone.fit(case.load, case.known)
        shared.fit_in(room, case.load, case.known)
        pd.testing.assert_frame_equal(answer(shared, case), answer(alone, case))
        assert room.taught is not None
        assert shared._line is room.taught.line


def test_those_taught_the_next_day_only_say_the_same_of_it() -> None:
    case = example()
    for whole, soon in zip(members(), members(), strict=True):
        whole.fit(case.load, case.known)
        soon.fit_in(Classroom(far=False), case.load, case.known)
        pd.testing.assert_frame_equal(answer(soon, case), answer(whole, case))


@pytest.mark.parametrize(("hours", "usual"), [(0, True), (24, True), (7, False)])
def test_the_time_at_which_readings_end_has_a_process_of_its_own(hours: int, usual: bool) -> None:
    case = example()
    trained = members()[-1]
    assert isinstance(trained, GradientBoosting)
    trained.fit(case.load, case.known)
    asked = case.earlier(hours, 24) if hours else case
    before = answer(trained, asked)
    trained._usual = trained._near
    assert before.equals(answer(trained, asked)) is not usual
