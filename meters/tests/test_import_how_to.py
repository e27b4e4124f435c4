"""The how-to of imports does what it says."""

import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from meters.models import Meter, Reading


def test_the_examples_of_the_how_to_run(meter: Meter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (settings.BASE_DIR / "docs" / "how-to" / "import-readings.md").read_text()
    csv = re.search(r"```csv\n(.*?)```", text, flags=re.S)
    assert csv is not None
    (tmp_path / "usage.csv").write_text(csv[1])
    monkeypatch.chdir(tmp_path)
    told = []
    for line in re.findall(r"^\$ \./twin (.*)$", text, flags=re.M):
        out = StringIO()
        call_command(*shlex.split(line), stdout=out, stderr=StringIO())
        told.append(out.getvalue())
    assert [line.split(" readings")[0] for line in told] == [
        "Would store 4 new, 0 corrected, 0 known",
        "Stored 4 new, 0 corrected, 0 known",
        "Wrote 4",
        "Stored 0 new, 0 corrected, 4 known",
    ]
    assert Reading.objects.filter(meter=meter).count() == 4


def test_every_question_of_the_command_stands_in_the_how_to() -> None:
    from meters.management.commands.import_readings import ANSWERS

    text = (settings.BASE_DIR / "docs" / "how-to" / "import-readings.md").read_text()
    missing = [name for name in ANSWERS if name != "interval_s" and f"--{name.replace('_', '-')}" not in text]
    assert missing == []
