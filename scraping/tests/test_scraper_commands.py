"""Commands over portals: what they print, and the exit codes."""

import json
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as current
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from scraping.models import PortalAccount
from scraping.services import leftovers, save_account
from scraping.services.sealing import credentials_of, keep_session, session_of
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import PAPER_PASSWORD, Paper, PaperPortal
from twin_project.kit.registry import BrokenPlugin

pytestmark = pytest.mark.django_db
SEED = "GEZDGNBVGY3TQOJQ"
COOKIES = [{"name": "sid", "value": "a-session-of-the-portal-9917"}]


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def sealed_account(paper_account: PortalAccount) -> PortalAccount:
    """With a password, a seed and a session."""
    words = {"portal": "paper_portal", "username": "me", "password": PAPER_PASSWORD, "params": {}}
    account = save_account(name="Paper", totp_seed=SEED, **words)  # type: ignore[arg-type]  # plain words
    keep_session(account=account, cookies=COOKIES, now=NOW)
    account.refresh_from_db()
    return account


def test_after_a_rotation_the_new_key_alone_opens_everything(sealed_account: PortalAccount, settings: Settings) -> None:
    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *current.FIELD_KEYS]
    assert json.loads(said("rotate_credentials", "--dry-run", "--json")) == {
        "rotated": 3,
        "failed": [],
        "dry_run": True,
    }
    before = PortalAccount.objects.get().sealed_password
    assert before == sealed_account.sealed_password
    assert "3 secrets are sealed under the newest key" in said("rotate_credentials")
    settings.FIELD_KEYS = [new]
    account = PortalAccount.objects.get()
    assert account.sealed_password != before
    credentials = credentials_of(account=account)
    assert (credentials.password, credentials.totp_seed) == (PAPER_PASSWORD, SEED)
    assert session_of(account=account) == COOKIES


def test_a_secret_that_no_key_opens_is_named_and_the_others_are_rotated(
    sealed_account: PortalAccount, settings: Settings
) -> None:
    PortalAccount.objects.update(sealed_totp_seed=Fernet(Fernet.generate_key()).encrypt(b"x").decode())
    with pytest.raises(CommandError, match="None of the keys opens: totp seed of Paper") as caught:
        said("rotate_credentials")
    assert caught.value.returncode == 1
    assert PAPER_PASSWORD not in str(caught.value)


def test_portals_are_listed_with_what_they_ask_for_and_their_accounts(paper_account: PortalAccount) -> None:
    told = json.loads(said("list_portals", "--json"))
    found = {portal["key"]: portal for portal in told["portals"]}
    assert "base_url" in found["demo_utility"]["params"]
    assert told["broken"] == {}
    assert "demo_utility: Demo Utility." in said("list_portals")


def test_a_broken_plug_in_is_named_with_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    from scraping.registry import portals

    def broken(key: str) -> type[PaperPortal]:
        raise BrokenPlugin("it has no title")

    monkeypatch.setattr(portals, "get", broken)
    with pytest.raises(CommandError, match="demo_utility: it has no title") as caught:
        said("list_portals")
    assert caught.value.returncode == 1


def test_a_sign_in_by_hand_needs_a_screen_and_a_plug_in_that_keeps_sessions(
    paper: Paper, paper_account: PortalAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(CommandError, match="no screen on this machine"):
        said("sign_in", "Paper")
    monkeypatch.setenv("DISPLAY", ":0")
    with pytest.raises(CommandError, match="keeps no session"):
        said("sign_in", "Paper")


def test_the_session_of_a_sign_in_by_hand_is_kept_and_lets_the_scraper_start(
    paper: Paper, paper_account: PortalAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("builtins.input", lambda: paper.cookies.extend(COOKIES))
    paper.keeps_session = True
    PortalAccount.objects.update(stopped_class="Blocked", stopped_because="A captcha.", failures=1)
    assert "The session is kept" in said("sign_in", "Paper")
    account = PortalAccount.objects.get()
    assert (account.stopped_class, account.failures, session_of(account=account)) == ("", 0, COOKIES)
    assert paper.passwords == []


def test_what_a_killed_command_left_is_swept_by_the_tending(
    paper_account: PortalAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "FOLDER", tmp_path)
    (tmp_path / str(paper_account.pk) / "profile").mkdir(parents=True)
    swept: list[Path] = []

    def sweep(folder: Path) -> int:
        swept.append(folder)
        return 1

    monkeypatch.setattr("scraping.services.leftovers.processes.sweep", sweep)
    assert leftovers.sweep_command_folders() == 1
    assert swept == [tmp_path / str(paper_account.pk)]
    assert leftovers.sweep_command_folders() == 0
