"""A search for the meter's series at a portal without a recipe: asked for, run, kept as proposals."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from scraping.domain.discovery.proposals import Ignored, Proposal
from scraping.domain.discovery.search import Search
from scraping.domain.discovery.walk import Limits
from scraping.domain.errors import PortalError
from scraping.domain.records import Credentials
from scraping.domain.redaction import redact
from scraping.models import Probe
from scraping.models import Proposal as ProposalRow
from scraping.services.places import place_of
from scraping.services.plugins import OFFLINE, AccountUnusable
from scraping.services.sealing import sealed
from scraping.services.visits import Watcher
from twin_project.kit import processes
from twin_project.kit.addresses import AddressRefused, AddressUnknown, parsed
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.vault import CannotOpen, unseal

KIND = "probe_portal"
PAUSE_S = 2.0  # between two actions at a portal that is not on this machine
SECRETS_KEPT = timedelta(days=1)
MOST_IGNORED = 60


def ask_probe(
    *,
    address: str,
    username: str,
    password: str,
    totp_seed: str = "",
    zone: str = "UTC",
    now: datetime,
    by: AbstractBaseUser | None = None,
) -> Probe:
    """Ask for a search; raises AddressRefused for an address that no portal may have."""
    check_place(address=address)
    with transaction.atomic():
        probe = Probe.objects.create(
            address=address,
            username=username,
            sealed_password=sealed(password),
            sealed_totp_seed=sealed(totp_seed),
            zone=zone,
            created_at=now,
            created_by_id=getattr(by, "pk", None),
            terms_accepted_at=now,
        )
        probe.job = enqueue(kind=KIND, params={"probe_id": probe.pk}, by=by).pk
        probe.save(update_fields=["job"])
    return probe


def check_place(*, address: str) -> dict[str, str]:
    """The portal's host with its machine; raises AddressRefused, or PortalUnavailable where it cannot be looked up."""
    host = parsed(address).hostname or ""
    try:
        return {host: place_of(host=host, may_be_local=False)}
    except AddressUnknown as error:
        from scraping.domain.errors import PortalUnavailable

        raise PortalUnavailable(str(error), advice=OFFLINE) from error


def run_probe(*, probe: Probe, watcher: Watcher, now: datetime) -> list[ProposalRow]:
    """Search and keep what was found; raises PortalError."""
    credentials = credentials_of_probe(probe=probe)
    search, proposals = search_portal(address=probe.address, credentials=credentials, watcher=watcher, zone=probe.zone)
    with transaction.atomic():
        probe.proposals.all().delete()
        rows = [keep_proposal(probe=probe, rank=rank, proposal=one) for rank, one in enumerate(proposals, start=1)]
        probe.pages_n = search.pages_n
        probe.ignored = [{"name": one.name, "why": one.why} for one in _distinct(search.ignored)]
        probe.finished_at = now
        probe.save(update_fields=["pages_n", "ignored", "finished_at"])
    return rows


def search_portal(
    *, address: str, credentials: Credentials, watcher: Watcher, zone: str = "UTC", limits: Limits | None = None
) -> tuple[Search, list[Proposal]]:
    """One search in a browser of its own that can reach the portal's host and nothing else; raises PortalError."""
    try:
        pins = check_place(address=address)
    except AddressRefused as error:
        raise AccountUnusable(f"This portal may not be visited: {error}") from error
    from scraping.browser import open_browser

    processes.sweep(watcher.folder)
    pause_s = 0.0 if _is_local(address) else PAUSE_S
    with open_browser(watcher.folder, hosts=tuple(pins), pins=pins, pause_s=pause_s) as browser:
        search = Search(address, credentials, browser, limits or Limits(), zone, watcher.step, watcher.progress)
        try:
            return search, search.run()
        except PortalError as error:
            error.what = redact(error.what, [credentials.password, credentials.totp_seed])
            raise


def keep_proposal(*, probe: Probe, rank: int, proposal: Proposal) -> ProposalRow:
    """A proposal as a row, with what its recipe brought."""
    told = proposal.as_json()
    document = proposal.document
    return ProposalRow.objects.create(
        probe=probe,
        rank=rank,
        title=told["title"][:200],
        place=told["place"],
        recipe=told["recipe"],
        confidence=told["confidence"],
        guesses=told["guesses"],
        columns=told["columns"],
        ignored=told["ignored"],
        told=[*told["how"], *(f"It is also seen as {one}." for one in told["also"])],
        preview=told["preview"],
        trouble=told["trouble"],
        document=document.body if document else b"",
        content_type=document.content_type if document else "",
        window_start_at=document.window.start if document else None,
        window_end_at=document.window.end if document else None,
    )


def credentials_of_probe(*, probe: Probe) -> Credentials:
    """What the search signs in with; raises AccountUnusable where it was forgotten or cannot be opened."""
    from django.conf import settings

    if not probe.sealed_password:
        raise AccountUnusable(
            "The password of this search has been forgotten, as it is after a day.", advice="Start a new search."
        )
    try:
        password = unseal(probe.sealed_password, keys=settings.FIELD_KEYS)
        seed = unseal(probe.sealed_totp_seed, keys=settings.FIELD_KEYS) if probe.sealed_totp_seed else ""
    except CannotOpen as error:
        raise AccountUnusable(str(error), advice="Then start a new search.") from error
    return Credentials(probe.username, password, seed)


def forget_probe_secrets(*, now: datetime) -> int:
    """Passwords of searches older than a day are deleted; returns how many searches lost theirs."""
    old = Probe.objects.filter(created_at__lt=now - SECRETS_KEPT).exclude(sealed_password="")
    return old.update(sealed_password="", sealed_totp_seed="")


def _distinct(ignored: list[Ignored]) -> list[Ignored]:
    return list(dict.fromkeys(ignored))[:MOST_IGNORED]


def _is_local(address: str) -> bool:
    return (urlsplit(address).hostname or "") in {"127.0.0.1", "localhost", "::1"}
