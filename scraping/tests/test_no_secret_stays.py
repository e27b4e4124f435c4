"""Password, seed, code and cookie are looked for everywhere after visits to a portal that repeats all it knows."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from scraping.domain.browsing import RequestNote
from scraping.domain.errors import InvalidCredentials, LayoutChanged, PortalError
from scraping.models import PortalAccount
from scraping.services import answer_code, save_account
from scraping.tasks import scrape_portal
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import Paper
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import enqueue

pytestmark = pytest.mark.django_db
PASSWORD, SEED, CODE, COOKIE = "quiet-harbour-6094", "GEZDGNBVGY3TQOJQ", "739214", "a-session-of-the-portal-9917"
SECRETS = (PASSWORD, SEED, CODE, COOKIE)


@pytest.fixture
def gossip(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """A portal that repeats every secret in its page, its addresses and its sentences."""
    paper.keeps_session, paper.cookies = True, [{"name": "sid", "value": COOKIE}]
    paper.question = f"A code for {PASSWORD} was sent."
    monkeypatch.setattr("scraping.services.codes.time.sleep", lambda _s: answered())
    return paper


def answered() -> None:
    answer_code(account=PortalAccount.objects.get(), code=CODE, now=timezone.now())


def account_with(*, totp_seed: str) -> PortalAccount:
    words = {"portal": "paper_portal", "username": "me", "password": PASSWORD, "params": {}}
    return save_account(name="Paper", totp_seed=totp_seed, enabled=True, **words)  # type: ignore[arg-type]  # as above


def fails(account: PortalAccount, paper: Paper, error: type[PortalError], known: tuple[str, ...]) -> None:
    at_the_door = error is InvalidCredentials
    repeats(paper, error(f"The portal says: {' '.join(known)}", advice=" ".join(known)), known, at_the_door)
    row = enqueue(kind="scrape_portal", params={"account_id": account.pk}, dedup_key=error.__name__)
    Job.objects.filter(pk=row.pk).update(state=Job.State.RUNNING)
    row.attempts = row.max_attempts
    with pytest.raises(JobError) as caught:
        scrape_portal(RunningJob(row), account_id=account.pk)
    Job.objects.filter(pk=row.pk).update(state=Job.State.FAILED, error_message=str(caught.value))


def repeats(paper: Paper, error: PortalError, known: tuple[str, ...], at_the_door: bool) -> None:
    paper.at_the_door = error if at_the_door else None
    paper.pages = {"m1": [error]}
    paper.page = f"<p>{' '.join(known)}</p>"
    paper.asked = [RequestNote(NOW, "GET", f"https://p.example/?{'&'.join(known)}", 200, "text/html", 1, 1)]


def in_tables() -> list[str]:
    """Each table that holds one of the secrets; bytea is shown in hexadecimal."""
    forms = [f"%{form}%" for secret in SECRETS for form in (secret, secret.encode().hex())]
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY (%s)', [forms])  # noqa: S608
            found += [table] if cursor.fetchone()[0] else []
    return found


def test_no_table_page_or_log_holds_one(gossip: Paper, as_operator: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        account = account_with(totp_seed="")
        fails(account, gossip, LayoutChanged, (PASSWORD, CODE, COOKIE))
        account = account_with(totp_seed=SEED)
        PortalAccount.objects.update(sealed_session="")
        fails(account, gossip, InvalidCredentials, (PASSWORD, SEED))
    assert len(gossip.codes) == 1
    assert in_tables() == []
    runs = list(account.runs.values_list("pk", flat=True))
    pages = ["", f"{account.pk}/", f"{account.pk}/control/", f"{account.pk}/edit/"]
    pages += [f"visits/{run}/" for run in runs] + [f"visits/{run}/evidence.txt" for run in runs]
    read = [as_operator.get(f"/scraper/{page}").content.decode() for page in pages]
    read += [as_operator.get(f"/jobs/{job.pk}/").content.decode() for job in Job.objects.all()]
    for secret in SECRETS:
        assert secret not in caplog.text
        for html in read:
            assert secret not in html
    assert sum("[removed]" in html for html in read) >= 4
