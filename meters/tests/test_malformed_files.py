"""Two hundred files that are not what they say: each gives a sentence and changes nothing, in little memory."""

import io
import random
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from meters.domain.files import Limits
from meters.domain.layouts import answered
from meters.domain.tables import BadTable
from meters.formats.csv import Csv
from meters.formats.excel import Excel
from meters.models import ImportBatch, Meter, Reading
from meters.services import import_readings
from meters.services.importing.opening import open_file, portions

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MEMORY_MIB = 256
HOURS = pd.date_range("2026-05-01", periods=200, freq="h", tz="UTC")
GOOD = pd.DataFrame({"start": HOURS, "kwh": [n % 7 / 2 for n in range(200)]})
XML_HEAD = '<?xml version="1.0"?>'
FEED = (
    XML_HEAD
    + '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content><IntervalBlock xmlns="http://naesb.org/espi">{}'
    "</IntervalBlock></content></entry></feed>"
)
READING = (
    "<IntervalReading><timePeriod><duration>{}</duration><start>{}</start></timePeriod>"
    "<value>{}</value></IntervalReading>"
)


def good(ending: str) -> bytes:
    target = io.BytesIO()
    if ending == "csv":
        GOOD.to_csv(target, index=False)
    elif ending == "parquet":
        GOOD.to_parquet(target)
    elif ending == "xlsx":
        GOOD.assign(start=GOOD["start"].dt.tz_localize(None)).to_excel(target, index=False)
    else:
        readings = "".join(READING.format(3600, int(at.timestamp()), 5) for at in HOURS)
        target.write(FEED.format(readings).encode())
    return target.getvalue()


def broken_off() -> Iterator[tuple[str, bytes]]:
    """Cut at many places, and with bytes turned over, by a fixed seed."""
    chance = random.Random(7)  # noqa: S311 - the same files every time
    for ending in ("parquet", "xlsx", "xml"):
        whole = good(ending)
        for part in range(1, 29):
            yield f"cut {part}.{ending}", whole[: len(whole) * part // 30]
    for number in range(24):
        noise = bytes(chance.randrange(256) for _ in range(200 + number * 40))
        yield f"noise {number}.{chance.choice(['csv', 'xlsx', 'xml', 'parquet'])}", noise
        yield f"noise behind a mark {number}.bin", chance.choice([b"PAR1", b"PK\x03\x04", b"<feed"]) + noise


def odd_texts() -> Iterator[tuple[str, bytes]]:
    row = "2026-05-01 0{}:00,{}\n"
    plain = "".join(row.format(hour, hour) for hour in range(9))
    for number, cell in enumerate(
        ("NaN", "nan", "inf", "-inf", "Infinity", "1e999", "12,4,1", "0x1F", "1_000", "１２", "1;2", "٣")
    ):
        yield f"cell {number}.csv", f'start,kwh\n{plain}2026-05-01 09:00,"{cell}"\n'.encode()
    dates = (
        "1900-01-01",
        "1899-12-31",
        "1969-12-31",
        "2100-01-01",
        "2261-01-01",
        "9999-12-31",
        "2026-02-30",
        "2026-13-01",
        "0001-01-01",
    )
    for date in (*dates, "26-05-01", "tomorrow", "2026-05-01T25", "", "1/2"):
        yield f"date {date or 'none'}.csv".replace("/", "_"), f"start,kwh\n{plain}{date} 00:00,1\n".encode()
    for number, mark in enumerate((";", "\t", "|", " ", ",,")):
        mixed = plain + "".join(f"2026-05-02 0{hour}:00{mark}{hour}{mark}extra{mark}more\n" for hour in range(9))
        yield f"mixed {number}.csv", f"start,kwh\n{mixed}".encode()
    for number, text in enumerate(
        ("", " \n\n", "start", "start,kwh\n", "a,b\n1,2\n", "\0\0\0\0", "start,kwh\n\0,1\n", "{}", "[1,2]")
    ):
        yield f"nothing {number}.csv", text.encode()
    yield "open quotation.csv", f'start,kwh\n"{plain}'.encode() * 3000
    yield "one line.csv", b"x," * 200_000
    yield "many columns.csv", (",".join(f"c{n}" for n in range(2000)) + "\n").encode() * 3
    yield "utf-16 as utf-8.csv", f"start,kwh\n{plain}".encode("utf-16-le")[1:]
    yield "broken utf-8.csv", b"\xef\xbb\xbf" + f"start,kwh\n{plain}".encode() + b"\xff\xfe\xfa\n" * 9
    yield "page.html", b"<!DOCTYPE html><html><body>Please sign in</body></html>"
    yield "reading.json", b'{"start": "2026-05-01", "kwh": 1}'


def odd_archives() -> Iterator[tuple[str, bytes]]:
    for name, members in {
        "zip.xlsx": {"readme.txt": b"no workbook"},
        "empty book.xlsx": {"xl/workbook.xml": b""},
        "entities.xlsx": {"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'},
        "strings bomb.xlsx": {"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": b"\0" * (40 << 20)},
        "sheet bomb.xlsx": {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/s.xml": b" " * (64 << 20)},
    }.items():
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        yield name, target.getvalue()


def odd_feeds() -> Iterator[tuple[str, bytes]]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    yield "laughs.xml", f'{XML_HEAD}<!DOCTYPE f [<!ENTITY l0 "ha">{laughs}]><feed>&l8;</feed>'.encode()
    yield "outside.xml", f'{XML_HEAD}<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><feed>&x;</feed>'.encode()
    yield "quadratic.xml", f'{XML_HEAD}<!DOCTYPE f [<!ENTITY x "{"a" * 50_000}">]><feed>{"&x;" * 2000}</feed>'.encode()
    yield "deep.xml", (XML_HEAD + "<a>" * 5000).encode()
    yield "no feed.xml", f"{XML_HEAD}<html><body/></html>".encode()
    for number, cells in enumerate(
        (("x", 1, 1), (3600, "x", 1), (3600, 1.5e9, 1), (3600, 10**15, 1), (3600, -5, 1), (3600, "", 1),
         (3600, 1777593600, "NaN"), (3600, 1777593600, "1e5"), (3600, 1777593600, ""), (1, 1777593600, 1),
         (10**9, 1777593600, 1), (3600, 4102444800, 1),
         (3600, 86400, 1), (3600, 1777593600, 10**30), (3600, 1777593601, 1))
    ):  # fmt: skip
        yield f"feed {number}.xml", FEED.format(READING.format(*cells)).encode()


def all_files() -> list[tuple[str, bytes]]:
    return [*broken_off(), *odd_texts(), *odd_archives(), *odd_feeds()]


def test_two_hundred_malformed_files_each_give_a_sentence_and_change_nothing(meter: Meter, tmp_path: Path) -> None:
    files = all_files()
    assert len(files) >= 200
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    silent = []
    for name, content in files:
        path = tmp_path / name
        path.write_bytes(content)
        try:
            answers = {"stamp_at": "start", "kind": "interval", "unit": "kWh", "order": "day", "decimal": "point"}
            report, batch = import_readings(path=path, now=NOW, meter=meter, answers=answers)
        except BadTable as error:
            sentence = str(error)
        else:
            assert batch is None, name
            sentence = str(report.faults[0]) + "." if report.faults else ""
        if not sentence.rstrip().endswith(".") or len(sentence) < 15:
            silent.append((name, sentence))
        path.unlink()
    assert silent == []
    assert not Reading.objects.exists()
    assert not ImportBatch.objects.exists()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < MEMORY_MIB


MEASURE = """
import resource, sys
from pathlib import Path
from meters.domain.files import BadTable
from meters.services.importing.opening import open_file, portions
from meters.domain.layouts import answered
import pandas, pyarrow.parquet, openpyxl, defusedxml.ElementTree
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
path = Path(sys.argv[1])
try:
    found = open_file(path)
    layout = answered(found.layout, {"zone": "UTC", "stamp_at": "start", "interval_s": "3600"})
    for table in portions(path=path, format=found.format, options=found.sample.options, layout=layout):
        pass
except BadTable as error:
    print(error, file=sys.stderr)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize(
    "name", ["strings bomb.xlsx", "sheet bomb.xlsx", "laughs.xml", "quadratic.xml", "one line.csv"]
)
def test_a_bomb_takes_little_memory_in_a_process_of_its_own(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(dict([*odd_archives(), *odd_feeds(), *odd_texts()])[name])
    code = "import django; django.setup()\n" + MEASURE
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith(".")
    assert float(done.stdout) < MEMORY_MIB


@pytest.mark.parametrize(
    ("kind", "limits", "sentence"),
    [
        (Csv, Limits(rows=100), "more than 100 rows"),
        (Csv, Limits(columns=1), "more than 1 columns"),
        (Csv, Limits(line=8), "longer than 8 characters"),
        (Excel, Limits(rows=100), "more than 100 rows"),
        (Excel, Limits(inflated=1000), "unpacks to more than"),
    ],
)
def test_limits_hold_while_the_file_streams(
    tmp_path: Path, kind: type[Csv | Excel], limits: Limits, sentence: str
) -> None:
    ending = "csv" if kind is Csv else "xlsx"
    path = tmp_path / f"good.{ending}"
    path.write_bytes(good(ending))

    def read() -> int:
        options = kind().sample(path, limits).options
        return sum(len(chunk.frame) for chunk in kind().chunks(path, options, limits))

    with pytest.raises(BadTable, match=sentence):
        read()


def test_the_good_file_beside_them_is_read(tmp_path: Path) -> None:
    for ending in ("csv", "parquet", "xlsx", "xml"):
        path = tmp_path / f"good.{ending}"
        path.write_bytes(good(ending))
        found = open_file(path)
        layout = answered(found.layout, {"zone": "UTC"})
        parts = portions(path=path, format=found.format, options=found.sample.options, layout=layout)
        assert sum(len(part.frame) for part in parts) == 200
