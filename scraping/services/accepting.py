"""A proposal that a person takes: corrected where a guess was wrong, then a portal account with its recipe."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import yaml
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from scraping.domain.discovery.proposals import preview_of
from scraping.domain.discovery.writing import as_yaml
from scraping.domain.errors import LayoutChanged
from scraping.domain.recipes import quantities
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.reading import read_by
from scraping.domain.records import Document, Window
from scraping.models import PortalAccount, Proposal
from scraping.services.accounts import save_account, start_scraper
from scraping.services.probing import credentials_of_probe

SAID = "You said so."


class BadCorrection(ValueError):
    """A correction that cannot be; `name` is the field's."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        super().__init__(sentence)


def correct_proposal(
    *, proposal: Proposal, zone: str = "", stamp_at: str = "", units: dict[str, str] | None = None
) -> Proposal:
    """Write what a person knows better into the recipe, and read what was brought again; raises BadCorrection."""
    recipe: dict[str, Any] = yaml.safe_load(proposal.recipe)
    if zone and zone != recipe["zone"]:
        if zone not in available_timezones():
            raise BadCorrection("zone", f"{zone!r} is no time zone like Europe/Paris.")
        recipe["zone"] = zone
        proposal.guesses["zone"] = _certain(zone)
    if stamp_at and stamp_at != recipe["series"]["stamp"].get("at", "start"):
        if stamp_at not in ("start", "end"):
            raise BadCorrection("stamp_at", f"{stamp_at!r} is neither start nor end.")
        recipe["series"]["stamp"]["at"] = stamp_at
        proposal.guesses["stamp_at"] = _certain(stamp_at)
    for name, unit in (units or {}).items():
        _correct_unit(proposal, recipe, name, unit)
    proposal.recipe = as_yaml(recipe)
    _read_again(proposal)
    proposal.save(update_fields=["recipe", "guesses", "columns", "preview", "window_start_at", "window_end_at"])
    return proposal


def accept_proposal(
    *, proposal: Proposal, name: str, first_days: int = 60, now: datetime, by: AbstractBaseUser | None = None
) -> PortalAccount:
    """A portal account that follows the recipe, started: its first visit is asked for. Raises AccountUnusable."""
    probe = proposal.probe
    credentials = credentials_of_probe(probe=probe)
    parts = urlsplit(str(yaml.safe_load(proposal.recipe)["base_url"]))
    with transaction.atomic():
        account = save_account(
            name=_free_name(name),
            portal="recipe",
            username=credentials.username,
            password=credentials.password,
            totp_seed=credentials.totp_seed,
            params={"base_url": f"{parts.scheme}://{parts.netloc}/", "recipe": proposal.recipe},
            first_days=first_days,
            terms_accepted_at=probe.terms_accepted_at or now,
        )
        proposal.account = account
        proposal.save(update_fields=["account"])
        start_scraper(account=account, now=now, by=by)
    return account


def _correct_unit(proposal: Proposal, recipe: dict[str, Any], name: str, unit: str) -> None:
    value = recipe["series"]["values"].get(name)
    if value is None or unit == value["unit"]:
        return
    known = quantities.unit_named(unit)
    if not known or quantities.quantity_of(known) != name:
        raise BadCorrection(f"unit-{name}", f"{unit!r} is no unit of this quantity.")
    value["unit"] = known
    for column in proposal.columns:
        if column["quantity"] == name:
            column |= {"unit": known, "confidence": 1.0, "because": [SAID]}


def _read_again(proposal: Proposal) -> None:
    """The preview by the corrected recipe; where it reads nothing so, the old one is no help and goes."""
    if not proposal.document or proposal.window_start_at is None or proposal.window_end_at is None:
        return
    recipe = load_recipe(proposal.recipe)
    old = Window(proposal.window_start_at, proposal.window_end_at)
    window = Window.of_local_days(*old.local_days(_zone_before(proposal)), recipe.zone)
    document = Document(
        portal="recipe",
        meter_reference=recipe.meters[0].reference,
        window=window,
        content_type=proposal.content_type,
        body=bytes(proposal.document),
        fetched_at=proposal.probe.created_at,
        url=proposal.probe.address,
    )
    try:
        proposal.preview = preview_of(read_by(recipe, document).frame)
    except LayoutChanged:
        proposal.preview = {}
    proposal.window_start_at, proposal.window_end_at = window.start, window.end


def _zone_before(proposal: Proposal) -> str:
    """The zone in which the window of the document is whole days."""
    stored = Proposal.objects.only("recipe").get(pk=proposal.pk)
    return str(yaml.safe_load(stored.recipe)["zone"])


def _free_name(name: str) -> str:
    """The name, with a number behind it where an account has it already: nobody's account is overwritten."""
    taken = set(PortalAccount.objects.values_list("name", flat=True))
    tries = [name[:110], *(f"{name[:110]} ({n})" for n in range(2, len(taken) + 3))]
    return next(one for one in tries if one not in taken)


def _certain(value: str) -> dict[str, Any]:
    return {"value": value, "confidence": 1.0, "because": [SAID]}
