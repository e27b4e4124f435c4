"""Whatever a portal gives, its tables come out the same; what is not whole says so."""

import io
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraping.domain.extraction.parts import Part, packed
from scraping.domain.tables import CHARTS_TYPE, PARTS_TYPE, NotThisKind, RawTable, kind_of, tables_in

TWO = (("2026-01-01T00:00", 1.5), ("2026-01-01T01:00", None))


def first(body: object, content_type: str = "") -> RawTable:
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    return tables_in(data, content_type)[0]


JSON = {
    "a list of objects": [{"t": at, "kwh": value} for at, value in TWO],
    "a list of lists under headings": {"fields": ["t", "kwh"], "items": [list(row) for row in TWO]},
    "a list of lists with its own headings": [["t", "kwh"], *map(list, TWO)],
    "lists side by side": {"t": [row[0] for row in TWO], "kwh": [row[1] for row in TWO]},
    "lists in groups": {"t": [row[0] for row in TWO], "values": {"kwh": [row[1] for row in TWO]}},
    "labels and datasets": {"t": [row[0] for row in TWO], "sets": [{"label": "kwh", "data": [r[1] for r in TWO]}]},
    "deep inside": {"a": {"b": [{"c": [{"t": at, "kwh": value} for at, value in TWO]}]}},
}


@pytest.mark.parametrize("shape", JSON)
def test_json_of_any_nesting_gives_the_same_rows(shape: str) -> None:
    found = [table for table in tables_in(json.dumps(JSON[shape]).encode()) if {"t", "values.kwh"} & {*table.columns}]
    found += [table for table in tables_in(json.dumps(JSON[shape]).encode()) if "kwh" in table.columns]
    table = next(table for table in found if "t" in table.columns)
    assert list(zip(table.column("t"), table.column(table.columns[-1]), strict=True)) == list(TWO)


def test_times_as_keys_are_a_column() -> None:
    table = first({f"2026-01-0{day}": day * 1.5 for day in (1, 2, 3)})
    assert table.columns == ("key", "value")
    assert table.rows[2] == ("2026-01-03", 4.5)


def test_single_texts_beside_a_table_are_its_facts_and_count_its_rows() -> None:
    table = first({"meta": {"unit": "Wh", "recordsTotal": 8760}, "data": [{"t": 1, "v": 2}]})
    assert table.fact("unit") == "Wh"
    assert table.fact("meta.unit") == "Wh"
    assert table.fact("nothing") is None
    assert table.claimed_rows == 8760


@pytest.mark.parametrize("guard", [")]}',\n", "while(1);", "callback(", "\ufeff"])
def test_json_behind_a_guard_is_json(guard: str) -> None:
    end = ");" if guard == "callback(" else ""
    assert first(f'{guard}{{"rows": [[1, 2], [3, 4]]}}{end}').rows == ((1, 2), (3, 4))


CSV = {
    "commas": "# Meter: 21\r\nStart,kWh\r\n2026-01-01T00:00,1.5\r\n2026-01-01T01:00,\r\n",
    "semicolons and decimal commas": "Meter;21\n\nStart;kWh\n01.01.2026 00:00;1,5\n01.01.2026 01:00;\n",
    "tabs": "Meter:\t21\nStart\tkWh\n2026-01-01 00:00\t1.5\n2026-01-01 01:00\t\n",
    "a summary below": "Meter;21\nStart;kWh\n01.01.2026 00:00;1,5\n01.01.2026 01:00;\nTotal;1,5\n",
    "two numbers above": "Meter;21\nStep;60 min\nStart;kWh\n01.01.2026 00:00;1,5\n01.01.2026 01:00;2,5\n",
}


@pytest.mark.parametrize("dialect", CSV)
def test_csv_of_any_dialect_gives_its_heading_rows_and_facts(dialect: str) -> None:
    table = first(CSV[dialect])
    assert table.columns == ("Start", "kWh")
    assert len(table.rows) == 2
    assert str(table.rows[0][1]).replace(",", ".") == "1.5"
    assert table.fact("Meter") == "21"


def test_a_workbook_gives_each_sheet_and_the_summary_as_facts() -> None:
    out = io.BytesIO()
    hours = pd.DataFrame({"Start": pd.date_range("2026-03-29", periods=3, freq="h"), "kWh": [1.5, None, 2.0]})
    with pd.ExcelWriter(out) as book:
        pd.DataFrame([["Meter", "21"], ["Hours", 3]]).to_excel(book, sheet_name="About", index=False, header=False)
        hours.to_excel(book, sheet_name="Hours", index=False)
    table = first(out.getvalue())
    assert (table.name, table.columns) == ("sheet Hours", ("Start", "kWh"))
    assert [row[0] for row in table.rows] == ["2026-03-29 00:00:00", "2026-03-29 01:00:00", "2026-03-29 02:00:00"]
    assert table.fact("Meter") == "21"


ESPI = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:espi="http://naesb.org/espi">
<entry><link rel="self" href="r/UsagePoint/7/MeterReading/1"/><link rel="related" href="ReadingType/1"/>
<content><espi:MeterReading/></content></entry>
<entry><link rel="self" href="ReadingType/1"/><content><espi:ReadingType><espi:uom>72</espi:uom>
<espi:powerOfTenMultiplier>-3</espi:powerOfTenMultiplier></espi:ReadingType></content></entry>
<entry><link rel="self" href="r/UsagePoint/7/MeterReading/1/IntervalBlock/1"/><content><espi:IntervalBlock>
<espi:IntervalReading><espi:timePeriod><espi:duration>3600</espi:duration><espi:start>1767225600</espi:start>
</espi:timePeriod><espi:value>1234</espi:value></espi:IntervalReading></espi:IntervalBlock></content></entry></feed>"""


def test_green_button_is_scaled_and_names_its_meter_and_unit() -> None:
    table = first(ESPI)
    assert table.rows == ((1767225600, 3600, 1.234, None),)
    assert (table.fact("unit"), table.fact("meter")) == ("Wh", "7")


def test_green_button_with_entities_is_refused() -> None:
    with pytest.raises(NotThisKind):
        tables_in(f'<!DOCTYPE x [<!ENTITY a "b">]>{ESPI}'.encode())


def test_html_gives_tables_grids_and_the_json_in_it() -> None:
    page = """<!doctype html><p>Showing 1 to 2 of 8,760 readings</p><table><caption>Usage</caption>
    <thead><tr><th>Start</th><th>kWh</th></tr></thead><tbody><tr><td>a<td>1<tr><td>b <b>c</b></td><td>&nbsp;2</td></tr>
    </table><div role="grid" aria-label="Grid">
    <div role="row"><i role="columnheader">V</i><i role="columnheader">A</i></div>
    <div role="row"><i role="gridcell">230</i><i role="gridcell">4</i></div></div>
    <script type="application/json">{"rows": [[1, 2], [3, 4]]}</script>"""
    usage, grid, inner = tables_in(page.encode())
    assert (usage.name, usage.columns, usage.claimed_rows) == ("Usage", ("Start", "kWh"), 8760)
    assert usage.rows == (("a", "1"), ("b c", "2"))
    assert (grid.name, grid.columns, grid.rows) == ("Grid", ("V", "A"), (("230", "4"),))
    assert inner.rows == ((1, 2), (3, 4))


def test_series_of_a_chart_stand_side_by_side_where_their_times_are_the_same() -> None:
    series = [
        {"name": "Energy", "unit": "Wh", "points": [[0, 1], [1, None]]},
        {"name": "U", "points": [[0, 230], [1, 231]]},
    ]
    body = json.dumps({"twin_charts": [{"library": "echarts", "title": "Grid", "series": series}]}).encode()
    table = first(body, CHARTS_TYPE)
    assert table.columns == ("x", "Energy", "U")
    assert table.rows == ((0, 1, 230), (1, None, 231))
    assert table.fact("unit of Energy") == "Wh"


def test_several_answers_are_one_document() -> None:
    parts = [Part("u", "text/csv", b"a,b\r\n1,2\r\n"), Part("u", "application/json", b'[{"a": 3, "b": 4}]')]
    assert [table.rows for table in tables_in(packed(parts), PARTS_TYPE)] == [(("1", "2"),), ((3, 4),)]


@pytest.mark.parametrize("body", [b'{"rows": [[1, 2], [3', b"PK\x03\x04 broken", ESPI[:700].encode()])
def test_what_breaks_off_says_so(body: bytes) -> None:
    with pytest.raises(NotThisKind, match=r"\."):
        tables_in(body)


@pytest.mark.parametrize("body", [b"", b"\r\n", bytes(range(256)), b"\x00\xff<<< %PDF garbage\r\n" * 40])
def test_what_is_no_table_has_none(body: bytes) -> None:
    assert tables_in(body, "text/csv") == []
    assert kind_of(body) == ""


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(alphabet='{}[]",:;<>/td\n0123.-ae', max_size=300).map(str.encode)))
def test_garbage_ends_in_tables_or_in_a_sentence(body: bytes) -> None:
    try:
        tables = tables_in(body)
    except NotThisKind as error:
        assert str(error)  # noqa: PT017 - either way is right
    else:
        assert all(len(row) == len(table.columns) for table in tables for row in table.rows)


def test_titles_with_figures_are_titles_where_no_time_is_among_them() -> None:
    hours = ";".join(str(hour) for hour in range(1, 5))
    for head in ("Start;4711 (kWh);4712 (kWh)", f"Datum;{hours}"):
        rows = "".join(f"0{day}.01.2026;{';'.join(['1,5'] * head.count(';'))}\n" for day in range(1, 4))
        [table] = tables_in(f"{head}\n{rows}".encode())
        assert (table.columns, len(table.rows)) == (tuple(head.split(";")), 3)
    [bare] = tables_in("".join(f"0{day}.01.2026;1,5;2,5\n" for day in range(1, 4)).encode())
    assert (bare.columns, len(bare.rows)) == (("column 1", "column 2", "column 3"), 3)


def test_the_titles_of_a_sheet_may_be_the_numbers_of_hours() -> None:
    body = io.BytesIO()
    pd.DataFrame([["2026-01-01", *[0.5] * 24]], columns=["Date", *range(1, 25)]).to_excel(body, index=False)
    [table] = tables_in(body.getvalue())
    assert (table.columns[:3], len(table.rows)) == (("Date", "1", "2"), 1)
