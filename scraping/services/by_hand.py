"""A sign-in that a person makes in a browser that they can see, for portals that stop programs at the door."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from scraping.domain.errors import InvalidCredentials
from scraping.models import PortalAccount
from scraping.services.locks import lock_of
from scraping.services.plugins import AccountUnusable, checked_places, of_plugin, portal_of
from scraping.services.sealing import keep_session
from scraping.services.visits import NotNow
from twin_project.kit import processes
from twin_project.kit.jobs.services import alone

KEEPS_NONE = "The plug-in of this portal keeps no session, so a sign-in by hand would be of no use."
KEEPS_NONE_ADVICE = "Give its recipe a check of the session, or import the portal's files on the page Data."
NOT_IN = "The portal does not show the pages of a customer yet."


def sign_in_by_hand(*, account: PortalAccount, folder: Path, now: datetime, wait: Callable[[], object]) -> None:
    """Open the portal, `wait` for the person, and keep the session if the portal takes it; nothing is typed for them.

    Raises AccountUnusable where the plug-in keeps no session, InvalidCredentials where nobody is signed in after it.
    """
    portal = portal_of(account=account)
    if not portal.keeps_session:
        raise AccountUnusable(KEEPS_NONE, advice=KEEPS_NONE_ADVICE)
    from scraping.browser import open_browser

    with alone(lock_of(account.pk)) as free:
        if not free:
            raise NotNow(f"{account} is being visited right now. Stop it first.")
        processes.sweep(folder)
        with open_browser(folder, hosts=portal.hosts, pins=checked_places(portal=portal), visible=True) as browser:
            with of_plugin(portal):
                browser.open(portal.params.base_url)
            wait()
            with of_plugin(portal):
                if not portal.is_signed_in(browser):
                    raise InvalidCredentials(NOT_IN, advice="Start this command again and sign in to the end.")
                keep_session(account=account, cookies=browser.cookies(), now=now)
    PortalAccount.objects.filter(pk=account.pk).update(failures=0, stopped_because="", stopped_class="")
