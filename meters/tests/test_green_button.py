"""Green Button: real samples against an independent sum over their XML, and feeds made for their odd parts."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from meters.domain.layouts import Layout
from meters.domain.tables import BadTable, Table, joined
from meters.services.importing.opening import open_file, portions

SAMPLES = settings.BASE_DIR.parent / "shared" / "data" / "greenbutton"
NAMES = ("Coastal_Single_Family_2011.xml", "openespi_test_usage_data.xml", "openespi_test_usage_data_01.xml")


def read(path: Path) -> tuple[Layout, Table, tuple[str, ...]]:
    found = open_file(path)
    parts = portions(path=path, format=found.format, options=found.sample.options, layout=found.layout)
    return found.layout, joined(parts), found.sample.notes


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
@pytest.mark.parametrize("name", NAMES)
def test_the_total_of_a_sample_is_that_of_its_xml(name: str) -> None:
    text = re.sub(r"<!--.*?-->", "", (SAMPLES / name).read_text(), flags=re.S)
    blocks = re.findall(r"<IntervalReading>.*?<value>(-?\d+)</value>.*?</IntervalReading>", text, flags=re.S)
    layout, table, notes = read(SAMPLES / name)
    assert layout.questions == ()
    assert len(table.frame) == len(blocks) > 90
    assert table.frame["energy_kwh"].sum() == pytest.approx(sum(map(int, blocks)) / 1000, abs=1e-9)
    assert not table.faults
    assert notes[0].endswith("60 min ahead of that in summer.")


FEED = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="self" href="UsagePoint/7/MeterReading/1"/>
<link rel="related" href="ReadingType/1"/><content><MeterReading xmlns="http://naesb.org/espi"/></content></entry>
<entry><link rel="self" href="ReadingType/1"/><content><ReadingType xmlns="http://naesb.org/espi">
<commodity>{commodity}</commodity><flowDirection>{flow}</flowDirection><intervalLength>1800</intervalLength>
<powerOfTenMultiplier>{power}</powerOfTenMultiplier><uom>{uom}</uom></ReadingType></content></entry>
<entry><link rel="self" href="UsagePoint/7/MeterReading/1/IntervalBlock/1"/><content>
<IntervalBlock xmlns="http://naesb.org/espi">{readings}</IntervalBlock></content></entry></feed>"""
READING = "<IntervalReading><timePeriod><start>{}</start></timePeriod><value>{}</value></IntervalReading>"


@pytest.fixture
def feed(tmp_path: Path) -> Callable[..., tuple[Layout, Table, tuple[str, ...]]]:
    """Read a feed of three half-hours."""

    def run(**words: int) -> tuple[Layout, Table, tuple[str, ...]]:
        readings = "".join(READING.format(1_700_000_000 // 1800 * 1800 + n * 1800, 5 + n) for n in range(3))
        given = {"commodity": 1, "flow": 1, "power": 0, "uom": 72, **words}
        path = tmp_path / "feed.xml"
        path.write_text(FEED.format(readings=readings, **given))
        return read(path)

    return run


@pytest.mark.parametrize(
    ("uom", "power", "column", "first"),
    [(72, 0, "energy_kwh", 0.005), (72, 3, "energy_kwh", 5), (72, -3, "energy_kwh", 5e-6), (38, 0, "power_kw", 0.005),
     (29, 0, "voltage_v", 5), (5, -1, "current_a", 0.5)],
)  # fmt: skip
def test_unit_and_power_of_ten_give_the_stored_unit(
    feed: Callable[..., tuple[Layout, Table, tuple[str, ...]]], uom: int, power: int, column: str, first: float
) -> None:
    _, table, _ = feed(uom=uom, power=power)
    assert table.frame[column].iloc[0] == pytest.approx(first)
    assert table.frame["interval_s"].tolist() == [1800] * 3
    assert table.frame["meter"].unique().tolist() == ["7"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"commodity": 7}, "The feed holds natural gas, not electricity."),
        ({"uom": 132}, "The unit 132 of this feed is not one of electricity readings"),
        ({"power": 99}, "A power of ten of 99 is no multiplier of a meter."),
        ({"flow": 19}, "has no interval reading of electricity that was drawn"),
    ],
)
def test_what_is_no_electricity_that_was_drawn_is_refused(
    feed: Callable[..., tuple[Layout, Table, tuple[str, ...]]], words: dict[str, int], sentence: str
) -> None:
    with pytest.raises(BadTable, match=re.escape(sentence)):
        feed(**words)
