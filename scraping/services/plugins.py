"""The portal plug-in of an account, with every way in which it cannot serve turned into a sentence."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from scraping.domain.contract import Portal
from scraping.domain.errors import LayoutChanged, PortalError, PortalUnavailable
from scraping.models import PortalAccount
from scraping.registry import portals
from scraping.services.places import place_of
from twin_project.kit import params as kit_params
from twin_project.kit.addresses import AddressRefused, AddressUnknown, parsed
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin

POLITE_MINUTES = 720
OFFLINE = "If other pages open on this machine, the address of this portal account is wrong."


class AccountUnusable(PortalError):
    """The account itself cannot be used: its plug-in, its parameters or its stored password."""

    default_advice = "Correct the portal account, then start it again."


class PluginFailed(LayoutChanged):
    """The plug-in stumbled over what the portal gave, without a word of the vocabulary."""

    default_advice: ClassVar[str] = "This is a fault of the portal plug-in: report it with the page that was kept."


def portal_of(*, account: PortalAccount) -> Portal:
    """An instance for one visit; raises AccountUnusable."""
    try:
        return _portal(account.portal, account.params)
    except (UnknownPlugin, BrokenPlugin) as error:
        advice = "Mend or update that file in scraping/portals/, or choose another portal for this account."
        raise AccountUnusable(f"The portal plug-in {account.portal} cannot be used: {error}.", advice=advice) from error
    except kit_params.BadParams as error:
        raise AccountUnusable(f"The parameters of this portal account are wrong: {error}") from error


def checked_params(*, portal: str, params: Any, interval_minutes: int | None = None) -> dict[str, Any]:
    """The parameters as they are stored; raises BadParams, also for a schedule that would get a customer banned."""
    made = _portal(portal, params)
    _check_address(made)
    if interval_minutes is not None and not made.is_local and interval_minutes < POLITE_MINUTES:
        told = f"must be {POLITE_MINUTES} or more: portals ban customers who come more often than twice a day."
        raise kit_params.BadParams({"interval_minutes": told})
    return kit_params.dump(made.params)


def checked_places(*, portal: Portal) -> dict[str, str]:
    """Each host that the browser may speak to, with its machine; raises AccountUnusable or PortalUnavailable."""
    places = {}
    for host in portal.hosts:
        try:
            places[host] = place_of(host=host, may_be_local=portal.may_be_local)
        except AddressRefused as error:
            raise AccountUnusable(f"This portal may not be visited: {error}") from error
        except AddressUnknown as error:
            raise PortalUnavailable(str(error), advice=OFFLINE) from error
    return places


def _check_address(portal: Portal) -> None:
    try:
        parsed(portal.params.base_url)
        for host in portal.hosts:
            place_of(host=host, may_be_local=portal.may_be_local)
    except AddressRefused as error:
        raise kit_params.BadParams({"base_url": str(error)}) from error
    except AddressUnknown:
        pass  # perhaps this machine is offline just now; each visit looks again


@contextmanager
def of_plugin(portal: Portal) -> Iterator[None]:
    """Turn what the plug-in raises beside PortalError into PluginFailed, with the line; only its calls go in here."""
    try:
        yield
    except PortalError:
        raise
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = (
            f"The portal plug-in {portal.key} failed: {type(error).__name__}: {error} ({where.name}, {where.lineno})."
        )
        raise PluginFailed(what) from error


def _portal(key: str, params: Any) -> Portal:
    plugin = portals.get(key)
    if not isinstance(params, dict):
        raise kit_params.BadParams({"params": 'must be names with values, like {"base_url": "https://…"}.'})
    return plugin(kit_params.read(plugin.Params, params))
