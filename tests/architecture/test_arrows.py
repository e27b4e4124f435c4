"""import-linter is only worth its name if a broken arrow fails: each direction is broken once, in a copy."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("twin_project", "meters", "forecasting", "scraping", "simulations")

BROKEN = {
    "meters must not know forecasting": ("meters/selectors.py", "import forecasting.services"),
    "forecasting and scraping never meet": ("forecasting/services.py", "import scraping.models"),
    "the kit knows no app": ("twin_project/kit/params.py", "import meters.models"),
    "the domain knows no Django": ("forecasting/domain/metrics.py", "import django.db"),
    "a selector calls no service": ("meters/selectors.py", "import meters.services"),
    "only services and selectors between apps": ("scraping/services.py", "import meters.models"),
    "only the browser knows selenium": ("scraping/services.py", "import selenium"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "*.parquet"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _file(copy: Path, name: str) -> Path:
    """A module that became a package keeps its name: the arrow is then broken in its __init__."""
    path = copy / name
    return path if path.exists() else copy / name.removesuffix(".py") / "__init__.py"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_arrow_fails_the_run(copy: Path, name: str) -> None:
    module, line = BROKEN[name]
    path = _file(copy, module)
    kept = path.read_text()
    path.write_text(f"{kept}\n{line}\n")
    try:
        command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    finally:
        path.write_text(kept)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
