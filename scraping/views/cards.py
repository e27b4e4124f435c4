"""One portal account as its control shows it, on the scraper's pages and on Home."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from meters.selectors import data_through, usual_lag
from scraping.models import PortalAccount
from scraping.selectors import ScraperStatus, scraper_status
from scraping.services import BREAKER_OPENS_AT
from twin_project.kit.jobs.models import Job, JobLine
from twin_project.kit.jobs.selectors import view_of

if TYPE_CHECKING:
    from meters.models import Meter

CARD_LINES = 6
WORDS = {
    "asking": ("warn", "asks for a code"),
    "working": ("busy", "visiting"),
    "waiting": ("busy", "about to visit"),
    "stopped": ("", "stopped"),
    "failing": ("bad", "failing"),
    "scheduled": ("good", "on schedule"),
}
DOING = {
    "check_sign_in": ("busy", "testing the sign-in"),
    "backfill_portal": ("busy", "backfilling"),
    "fetch_again": ("busy", "fetching again"),
    "replay_documents": ("busy", "reading again"),
}


@dataclass(frozen=True)
class ScraperCard:
    """One account as its control shows it."""

    status: ScraperStatus
    tone: str
    word: str
    lines: list[JobLine]
    left_s: float | None
    through_at: datetime | None
    lag_s: float | None
    zone: ZoneInfo
    now: datetime
    breaker: int = BREAKER_OPENS_AT

    @property
    def interval_s(self) -> int:
        """Seconds between two visits."""
        return self.status.account.interval_minutes * 60

    @property
    def poll_s(self) -> int:
        """Seconds between two looks: often while something runs."""
        return 2 if self.status.job else 15

    @property
    def wants_password(self) -> bool:
        """Whether the portal refused the name or the password, so that nothing goes on before they are right."""
        return self.status.job is None and self.status.account.stopped_class == "InvalidCredentials"

    @property
    def is_blocked(self) -> bool:
        """Whether the portal refuses programs, so that other ways in are offered."""
        return self.status.job is None and self.status.account.stopped_class == "Blocked"

    @property
    def tested(self) -> bool:
        """Whether the last thing done was a test of the sign-in, and it went well."""
        latest = self.status.latest
        return latest is not None and latest.kind == "check_sign_in" and latest.state == Job.State.DONE


def usual_lag_s(meter: "Meter") -> float | None:
    """Seconds from the end of an interval to the arrival of its reading, as learned; None before a few visits."""
    lag = usual_lag(meter)
    return lag.usual.total_seconds() if lag else None


def scraper_card(account: PortalAccount) -> ScraperCard:
    """What the control of one account shows."""
    now = timezone.now()
    status = scraper_status(account, now=now)
    job = status.job
    tone, word = WORDS[status.state]
    if status.state == "stopped" and account.stopped_because:
        tone, word = "bad", "stopped by itself"
    if job is not None and status.state == "working":
        tone, word = DOING.get(job.kind, (tone, word))
    view = view_of(status.latest, now=now, lines_n=CARD_LINES) if status.latest else None
    meters = [link.meter for link in status.meters]
    known = [(at, meter) for meter in meters if (at := data_through(meter)) is not None]
    through_at, oldest = min(known, key=lambda pair: pair[0], default=(None, None))
    return ScraperCard(
        status=status,
        tone=tone,
        word=word,
        lines=view.lines if view else [],
        left_s=view.left_s if view else None,
        through_at=through_at,
        lag_s=usual_lag_s(oldest) if oldest is not None else None,
        zone=ZoneInfo(meters[0].site.zone if meters else "UTC"),
        now=now,
    )
