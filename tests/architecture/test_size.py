"""Small files: the median under 100 lines, none over 400."""

import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _lines() -> dict[str, int]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = {name: ROOT / name for name in listed.stdout.split("\n") if name}
    return {name: len(path.read_text().splitlines()) for name, path in files.items() if path.exists()}


def test_no_python_file_is_over_400_lines() -> None:
    assert {name: n for name, n in _lines().items() if n > 400 and "/migrations/" not in name} == {}


def test_the_median_python_file_is_under_100_lines() -> None:
    written = [n for n in _lines().values() if n > 0]
    assert statistics.median(written) < 100
