"""The tools that guard the house, each one a test: what they find fails the run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PRODUCT = {"DJANGO_SETTINGS_MODULE": "twin_project.settings", "TWIN_HTTPS": "1"}

CHECKS: dict[str, list[object]] = {
    "ruff finds nothing": [BIN / "ruff", "check", "."],
    "ruff would format nothing": [BIN / "ruff", "format", "--check", "."],
    "mypy is content in strict mode": [BIN / "mypy", "."],
    "import-linter holds the directions": [BIN / "lint-imports"],
    "no migration is missing": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "the deployment check has no warning": [
        sys.executable,
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
    ],
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_guard_of_the_house(name: str) -> None:
    done = subprocess.run(
        [str(word) for word in CHECKS[name]],
        cwd=ROOT,
        env={**os.environ, **PRODUCT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{name}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
