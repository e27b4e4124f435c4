"""Where a portal may be: not on this machine or in its own network, unless an admin allows it.

Checked when an account is saved, and again when each visit begins. The browser then connects to the very machine that
was checked and to no other host, so that neither a redirect nor a name that changes its meaning leads elsewhere.
"""

import ipaddress

from django.conf import settings

from twin_project.kit.addresses import check_address


def place_of(*, host: str, may_be_local: bool) -> str:
    """The one machine behind a host name; raises AddressRefused, or AddressUnknown where it cannot be looked up.

    `may_be_local` is for what comes with this product: it opens loopback, not the local network.
    """
    shown = f"[{host}]" if ":" in host else host
    found = check_address(f"https://{shown}/", allow_private=settings.ALLOW_PRIVATE_ADDRESSES or may_be_local)
    if not settings.ALLOW_PRIVATE_ADDRESSES and may_be_local and not ipaddress.ip_address(found.ip).is_loopback:
        found = check_address(f"https://{shown}/", allow_private=False)
    return found.ip
