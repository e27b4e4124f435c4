"""Accounts of the house: one for each archetype, by its recipe."""

from typing import Any

from benchmarks.proving.ground import PORTAL_PASSWORD, RECIPES, DemoUtility, Ground
from scraping.demo_portal.archetype import archetypes
from scraping.demo_portal.archetypes.totp_login import SEED


def recipes() -> list[str]:
    """The archetypes that have a recipe."""
    return sorted(path.stem for path in RECIPES.glob("*.yaml"))


def ensure_account(ground: Ground, key: str, *, first_days: int = 5, pause_s: float = 0.0) -> None:
    """Save it, or save it anew: nothing of earlier failures or of an earlier session is left."""
    params: dict[str, Any] = {"base_url": ground.portal, "pause_s": pause_s}
    words: dict[str, Any] = {"name": key, "portal": key, "username": "customer", "password": PORTAL_PASSWORD}
    if key != DemoUtility.key:
        params["base_url"] += f"{archetypes.get(key)().slug}/"
        params["recipe"] = (RECIPES / f"{key}.yaml").read_text()
        words["portal"] = "recipe"
    words |= {"params": params, "first_days": first_days, "reread_days": 3}
    if key == "totp_login":
        words["totp_seed"] = SEED
    from scraping.services import save_account

    save_account(**words)
    forget(key)


def forget(key: str) -> None:
    """No failure, no kept session."""
    from scraping.models import PortalAccount

    fresh = {"failures": 0, "stopped_because": "", "sealed_session": ""}
    PortalAccount.objects.filter(name=key).update(**fresh)


def run_now(key: str) -> str:
    """Ask the workers for a visit; returns the job's id."""
    from scraping.models import PortalAccount
    from scraping.services import run_now as ask

    forget(key)
    return str(ask(account=PortalAccount.objects.get(name=key)).pk)
