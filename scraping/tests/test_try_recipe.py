"""`try_recipe` at a prompt: what a recipe reads of a real portal, and what is wrong with it; nothing is stored."""

import json
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from meters.models import Reading
from scraping.models import PortalAccount, StoredDocument
from scraping.portals.recipe import EXAMPLE
from tests.demo_portal import NOW, PASSWORD, USERNAME, RunningPortal

e2e = [pytest.mark.e2e, pytest.mark.enable_socket, pytest.mark.django_db]


@pytest.fixture
def recipe(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example of the page "Add a portal" in a file; the password is in a variable."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    monkeypatch.setattr("scraping.management.commands.try_recipe.timezone.now", lambda: datetime.fromisoformat(NOW))
    monkeypatch.setenv("PORTAL_WORD", PASSWORD)
    path = tmp_path / "portal.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


def said(recipe: Path, *more: str) -> str:
    out = StringIO()
    call_command("try_recipe", str(recipe), "--username", USERNAME, "--password-env", "PORTAL_WORD", *more, stdout=out)
    return out.getvalue()


def at(portal: RunningPortal, recipe: Path, old: str = "", new: str = "") -> None:
    text = EXAMPLE.replace("http://127.0.0.1:8600/", portal.url)
    recipe.write_text(text.replace(old, new) if old else text, encoding="utf-8")


class TestAtThePortal:
    """With a real browser."""

    pytestmark = e2e

    def test_it_prints_the_readings_keeps_the_files_and_stores_nothing(
        self, recipe: Path, demo_portal: RunningPortal, tmp_path: Path
    ) -> None:
        at(demo_portal, recipe)
        text = said(recipe, "--days", "1", "--keep", str(tmp_path / "tried"))
        for words in ("Family house (21-417-803)", "readings of Family house", "Europe/Paris", "Nothing was stored."):
            assert words in text
        [kept] = (tmp_path / "tried").iterdir()
        assert kept.name == "document-1.csv"
        assert PASSWORD not in text + kept.read_text()
        assert not Reading.objects.exists() | StoredDocument.objects.exists() | PortalAccount.objects.exists()
        told = json.loads(said(recipe, "--days", "1", "--json"))
        assert told["meter"] == "21-417-803"
        assert told["rows"][0]["energy_kwh"] > 0

    def test_a_name_that_does_not_fit_is_told_with_those_that_are_there_and_the_page_is_kept(
        self, recipe: Path, demo_portal: RunningPortal, tmp_path: Path
    ) -> None:
        at(demo_portal, recipe, "Energy (kWh)", "Energy")
        with pytest.raises(CommandError, match=r"missing 'Energy'; there are .*'Energy \(kWh\)'.*does not fit yet"):
            said(recipe, "--keep", str(tmp_path / "tried"))
        names = {path.name for path in (tmp_path / "tried").iterdir()}
        assert names == {"document-1.csv", "page.png", "page.html"}
        assert PASSWORD not in (tmp_path / "tried" / "page.html").read_text()

    def test_a_meter_that_the_portal_does_not_list_is_told(self, recipe: Path, demo_portal: RunningPortal) -> None:
        at(demo_portal, recipe)
        with pytest.raises(CommandError, match="lists no meter '99'"):
            said(recipe, "--meter", "99")


def test_every_mistake_is_named_with_its_line_before_any_browser_starts(recipe: Path) -> None:
    recipe.write_text(EXAMPLE.replace("claims:", "claimz:").replace("15 min", "1 hr"), encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        said(recipe)
    first, *mistakes = str(caught.value).splitlines()
    assert first == f"{recipe} cannot be followed:"
    assert [mistake.partition(":")[0] for mistake in mistakes] == ["interval", "readings.claimz"]


def test_a_portal_in_the_own_network_is_refused_unless_an_admin_allows_it(recipe: Path, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    with pytest.raises(CommandError, match="TWIN_ALLOW_PRIVATE_ADDRESSES=1"):
        said(recipe)


def test_a_file_or_a_variable_that_is_not_there_is_told(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        said(recipe.with_name("other.yaml"))
    monkeypatch.delenv("PORTAL_WORD")
    with pytest.raises(CommandError, match="PORTAL_WORD is not set"):
        said(recipe)
