"""The features: no leak, all documented; the weather's gaps."""

from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain.drivers import in_words
from forecasting.domain.example import Example, example
from forecasting.domain.features import Site, cut_offs
from forecasting.domain.grid import seconds
from forecasting.domain.thermal import Climate, on_grid

DOCS = Path(__file__).parents[2] / "docs" / "forecasting.md"


def _site(case: Example, load: "pd.Series[float] | None" = None) -> Site:
    climate = Climate.fitted(case.weather["temperature_c"])
    known = case.load if load is None else load
    return Site.of(known, case.known, int(seconds(case.starts)[-1]) + 3600, climate)


def test_no_row_depends_on_a_load_at_or_after_its_cut_off() -> None:
    case = example(days=60, gaps=0.05)
    draw = np.random.default_rng(1)
    at = seconds(pd.DatetimeIndex(case.load.index))[24 * 20 :]
    cut = at - 3600 * draw.integers(0, 24 * 8, len(at))
    rows = _site(case).rows(at, cut)
    for change in range(24 * 25, 24 * 60, 97):
        altered = case.load.copy()
        altered.iloc[change:] = 1e6
        before = cut <= seconds(pd.DatetimeIndex(case.load.index[change : change + 1]))[0]
        again = _site(case, altered).rows(at[before], cut[before])
        np.testing.assert_array_equal(again.matrix, rows.matrix[before])
        np.testing.assert_array_equal(again.base, rows.base[before])
        np.testing.assert_array_equal(again.scale, rows.scale[before])


def test_a_forecast_sees_the_same_row_as_training_made_for_that_moment() -> None:
    case = example(days=60)
    cut = int(seconds(case.starts)[0]) - 5 * 86_400
    at = cut + 3600 * np.arange(48, dtype=np.int64)
    whole = _site(case).rows(at, np.full(48, cut))
    short = case.load.loc[case.load.index < pd.Timestamp(cut, unit="s", tz="UTC")]
    served = _site(case, short).rows(at, np.full(48, cut))
    np.testing.assert_array_equal(whole.matrix, served.matrix)


def test_cut_offs_lie_on_the_grid_within_their_leads() -> None:
    at = np.arange(0, 500 * 900, 900, dtype=np.int64)
    lead = at - cut_offs(at, 900, (pd.Timedelta(0), pd.Timedelta(days=1)), np.random.default_rng(0))
    assert lead.min() == 0
    assert lead.max() < 86_400
    assert not (lead % 900).any()


def test_every_feature_is_documented_and_has_plain_words() -> None:
    case = example()
    names = _site(case).rows(seconds(case.starts), seconds(case.starts)).names
    text = DOCS.read_text()
    assert [name for name in names if f"`{name}`" not in text] == []
    words = [words for words, _ in in_words(names, np.ones(len(names)))]
    assert not set(words) & set(names)


def test_unknown_temperature_fades_from_the_last_anomaly_to_the_ordinary_course() -> None:
    case = example(days=60)
    climate = Climate.fitted(case.weather["temperature_c"])
    warm = case.weather + 10
    until = case.starts[0] - pd.Timedelta(days=10)
    start, end = int(seconds(pd.DatetimeIndex(case.load.index))[0]), int(seconds(case.starts)[-1])
    filled = on_grid(warm.loc[warm.index < until], start, end, 3600, climate)
    excess = filled.values - climate.at(start + 1800 + 3600 * np.arange(len(filled.values)))
    last = int((until - case.load.index[0]) / pd.Timedelta(hours=1))
    assert np.isfinite(filled.values).all()
    assert abs(excess[last + 24]) < abs(excess[last - 1])
    assert abs(excess[-1]) < 0.1


def test_a_finer_weather_record_is_averaged_and_a_coarser_one_is_drawn_between() -> None:
    climate = Climate.fitted(pd.Series([0.0, 0.0], index=pd.date_range("2020-01-01", periods=2, freq="D", tz="UTC")))
    index = pd.date_range("2020-01-01", periods=8, freq="30min", tz="UTC")
    start = int(seconds(index)[0])
    fine = on_grid(pd.DataFrame({"temperature_c": np.arange(8.0)}, index=index), start, start + 4 * 3600, 3600, climate)
    np.testing.assert_allclose(fine.values, [0.5, 2.5, 4.5, 6.5])
    daily = pd.DataFrame(
        {"temperature_c": [0.0, 24.0]}, index=pd.date_range("2020-01-01", periods=2, freq="D", tz="UTC")
    )
    coarse = on_grid(daily, start, start + 24 * 3600, 3600, climate)
    np.testing.assert_allclose(coarse.values, np.arange(24.0))
