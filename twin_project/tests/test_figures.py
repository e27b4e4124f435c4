"""Plain figures: arrays, gaps and thinning."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from twin_project.kit.figures import MAX_POINTS, decode, encode, line, missing_spans, open_gaps, thin

STEP = timedelta(minutes=15)
START = datetime(2026, 3, 1, tzinfo=UTC)


def series(values: list[float]) -> pd.Series:
    return pd.Series(values, index=pd.date_range(START, periods=len(values), freq=STEP), dtype=float)


def test_numbers_survive_the_packing_and_nan_stays_nan() -> None:
    back = decode(encode([1.5, np.nan, -3.25]))
    assert back[0] == 1.5
    assert np.isnan(back[1])
    assert back[2] == -3.25


def test_a_hole_in_the_index_becomes_one_nan_so_that_no_line_is_drawn_across_it() -> None:
    holed = series([1, 2, 3, 4, 5]).drop(pd.Timestamp(START) + STEP * 2)
    opened = open_gaps(holed, STEP)
    assert len(opened) == 5
    assert np.isnan(opened.loc[pd.Timestamp(START) + STEP * 2])


def test_a_regular_series_is_left_alone() -> None:
    whole = series([1, 2, 3])
    assert open_gaps(whole, STEP).equals(whole)


def test_missing_spans_are_half_open_and_join_nan_with_absent_rows() -> None:
    holed = series([1, np.nan, 3, 4, 5]).drop(pd.Timestamp(START) + STEP * 2)
    assert missing_spans(holed, STEP) == [(pd.Timestamp(START) + STEP, pd.Timestamp(START) + STEP * 3)]


def test_thinning_keeps_the_single_highest_and_lowest_interval_of_a_year() -> None:
    x = np.arange(35_040, dtype=float)
    y = np.sin(x / 50)
    y[12_345], y[20_001] = 9.0, -7.0
    few_x, few_y = thin(x, y)
    assert len(few_x) <= MAX_POINTS
    assert (few_y.max(), few_y.min()) == (9.0, -7.0)
    assert few_x[np.argmax(few_y)] == 12_345
    assert (np.diff(few_x) > 0).all()


def test_thinning_keeps_gaps_open() -> None:
    x = np.arange(10_000, dtype=float)
    y = np.ones(10_000)
    y[4_000:4_400] = np.nan
    few_x, few_y = thin(x, y)
    inside = (few_x >= 4_000) & (few_x < 4_400)
    assert np.isnan(few_y[inside]).all()
    assert inside.any()


@pytest.mark.parametrize("length", [0, 1, 2])
def test_short_series_draw_without_complaint(length: int) -> None:
    trace = line(series([1.0] * length), start=START, step=STEP, name="measured", unit="kW")
    assert len(decode(trace["y"])) == length
