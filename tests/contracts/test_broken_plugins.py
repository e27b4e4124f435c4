"""A broken plug-in is told by a system check and stops nothing else."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client

import forecasting.checks
import forecasting.registry
import scraping.checks
import scraping.registry
from twin_project.kit.registry import Registry

REGISTRIES: dict[str, tuple[Registry[Any], str]] = {
    "scraping.W001": (scraping.registry.portals, "stumbling_portal"),
    "forecasting.W001": (forecasting.registry.forecasters, "stumbling_forecaster"),
}


@pytest.fixture(params=REGISTRIES)
def broken(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, str]]:
    """A second folder on the package's path holds a file that cannot be imported."""
    registry, key = REGISTRIES[request.param]
    (tmp_path / f"{key}.py").write_text("import a_library_that_is_not_there\n")
    monkeypatch.setattr(registry._folder, "__path__", [*registry._folder.__path__, str(tmp_path)])
    yield request.param, key
    sys.modules.pop(f"{registry.package}.{key}", None)
    shutil.rmtree(tmp_path)


def test_a_healthy_tree_has_nothing_to_tell() -> None:
    assert scraping.checks.portals_can_serve() == []
    assert forecasting.checks.forecasters_can_serve() == []


def test_a_broken_file_is_told_once_with_its_reason(broken: tuple[str, str]) -> None:
    identity, key = broken
    [found] = [message for message in run_checks() if message.id in REGISTRIES]
    assert found.id == identity
    assert key in found.msg
    assert "a_library_that_is_not_there" in found.msg
    assert found.hint


@pytest.mark.usefixtures("broken")
def test_the_site_works_on(admin_client: Client) -> None:
    for address in ("/", "/scraper/", "/forecast/", "/admin/scraping/portalaccount/add/"):
        assert admin_client.get(address).status_code == 200
