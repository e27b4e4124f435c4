"""What the network reads: calendar, windows of the week, normalised inputs."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting.domain.network import asking, calendar_table, inputs, windows
from forecasting.domain.network.asking import Question
from forecasting.domain.network.calendar_table import COLUMNS, Place
from forecasting.domain.network.windows import CONTEXT

PARIS = Place("Europe/Paris", frozenset({date(2019, 4, 22), date(2019, 5, 1)}), 48.8, 2.3)
DRAW = np.random.default_rng(5)
WEEK_KW = 3 + np.sin(np.arange(CONTEXT) * np.pi / 12) + DRAW.normal(0, 0.1, CONTEXT)


def _instant(text: str) -> int:
    return int(pd.Timestamp(text, tz="UTC").timestamp())


def _column(place: Place, day: str, name: str, hour: int = 12) -> float:
    rows, _ = calendar_table.table(place, _instant(day), 24)
    return float(rows[hour, COLUMNS.index(name)])


def _question(
    load: "np.ndarray[tuple[int], np.dtype[np.float64]]", day: str = "2019-04-03", **more: object
) -> Question:
    return Question(load, _instant(day), PARIS, more.get("weather"), more.get("gaps", (0,)))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("year", "sunday"), [(2008, (3, 23)), (2011, (4, 24)), (2019, (4, 21)), (2024, (3, 31)), (2038, (4, 25))]
)
def test_easter_is_where_the_almanac_has_it(year: int, sunday: tuple[int, int]) -> None:
    assert _column(PARIS, str(date(year, *sunday)), "easter_-2") == 1
    assert _column(PARIS, str(date(year, *sunday) + pd.Timedelta(days=9)), "easter_-2") == 0


def test_days_off_in_a_row_are_counted_to_both_sides() -> None:
    assert _column(PARIS, "2019-04-22", "off_since") == pytest.approx(3 / 6)  # Saturday to Easter Monday
    assert _column(PARIS, "2019-04-20", "off_until") == pytest.approx(3 / 6)
    assert _column(PARIS, "2019-04-23", "off_since") == 0
    assert _column(PARIS, "2019-05-01", "holiday") == 1


def test_the_south_has_its_winter_in_july_and_nights_have_no_sun() -> None:
    south = Place("Australia/Sydney", frozenset(), -33.9, 151.2)
    assert _column(south, "2019-07-04", "year_cos") == pytest.approx(_column(PARIS, "2019-01-02", "year_cos"), abs=0.05)
    assert _column(PARIS, "2019-06-20", "sun", hour=0) == 0
    assert _column(PARIS, "2019-06-20", "sun", hour=11) == pytest.approx(np.sin(np.radians(90 - 48.8 + 23.4)), abs=0.02)
    assert _column(Place("UTC", frozenset()), "2019-06-20", "sun") == 0


def test_lags_have_the_same_wall_time_across_the_spring_night() -> None:
    cutoff = "2019-04-02"  # the clock went forward on 31 March
    hour = np.arange(CONTEXT, dtype=float)
    read = asking.read([_question(hour, cutoff)])
    lags = read.candidates[0, 12, :7] * read.scale[0] + read.centre[0]
    np.testing.assert_allclose(lags, [156, 132, 109, 85, 61, 37, 13], atol=1e-3)


def test_a_block_days_ahead_has_the_last_seven_days_as_its_lags() -> None:
    read = asking.read([_question(np.arange(CONTEXT, dtype=float), "2019-05-15", gaps=(0, 3))])
    np.testing.assert_allclose(read.candidates[0, :, :8], read.candidates[1, :, :8], atol=1e-6)
    assert not np.array_equal(read.steps[0], read.steps[1])


def test_the_size_of_a_meter_is_not_read_only_its_shape() -> None:
    small, large = (asking.read([_question(WEEK_KW * size)]) for size in (1.0, 1e4))
    for one, other in zip(small.tensors, large.tensors, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-4)
    assert large.scale[0] == pytest.approx(1e4 * small.scale[0], rel=1e-4)


def test_one_spike_does_not_drown_the_week() -> None:
    spiked = WEEK_KW.copy()
    spiked[40] = 1e5
    calm, odd = asking.read([_question(WEEK_KW)]), asking.read([_question(spiked)])
    assert odd.scale[0] < 3 * calm.scale[0]


def test_unknown_hours_are_masked_and_never_nan() -> None:
    holed = WEEK_KW.copy()
    holed[50:90] = np.nan
    read = asking.read([_question(holed), _question(np.full(CONTEXT, np.nan))])
    assert all(np.isfinite(tensor).all() for tensor in read.tensors)
    assert read.past[0, 50:90, 1].sum() == 0
    assert (read.valid[1, :, :-1] == 0).all()
    assert (read.valid[:, :, -1] == 1).all()


def test_temperature_of_the_days_after_the_block_is_not_read() -> None:
    index = pd.date_range("2019-03-20", "2019-04-10", freq="h", tz="UTC")
    one = pd.DataFrame({"temperature_c": DRAW.normal(10, 3, len(index))}, index=index)
    other = one.copy()
    other.loc["2019-04-04":] = 99.0
    reads = [asking.read([_question(WEEK_KW, weather=weather)]) for weather in (one, other)]
    np.testing.assert_array_equal(reads[0].steps, reads[1].steps)
    without = asking.read([_question(WEEK_KW)])
    assert not np.array_equal(reads[0].steps, without.steps)


def test_the_means_of_the_temperature_skip_what_is_unknown() -> None:
    row = np.array([[1.0, np.nan, 3.0, 5.0]])
    found = windows.with_memories(row)[0]
    np.testing.assert_allclose(found[:, 1], [1.0, np.nan, 2.0, 3.0])
    assert asking.read([_question(WEEK_KW)]).steps.shape[2] == inputs.STEP_COLUMNS
