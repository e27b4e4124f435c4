"""Addresses that people type: none of this machine or of its own network, unless an admin allows it.

The host is looked up once, every answer is checked, and the connection goes to the very address that was
checked: a name that means one machine when it is saved and another when it is fetched leads nowhere else.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_SHARED = ipaddress.ip_network("100.64.0.0/10")  # carrier-grade NAT, which `is_private` leaves out


class AddressRefused(ValueError):
    """The address is not to be asked; the message says why."""


class AddressUnknown(OSError):
    """The host's name leads nowhere at the moment."""


@dataclass(frozen=True)
class Checked:
    """An address that may be asked, and the one machine to ask."""

    parts: SplitResult
    ip: str

    @property
    def host(self) -> str:
        """The name, for the Host line and the certificate."""
        return self.parts.hostname or ""

    @property
    def port(self) -> int:
        """As given, or the scheme's."""
        return self.parts.port or (443 if self.parts.scheme == "https" else 80)


def parsed(address: str) -> SplitResult:
    """The parts of an http(s) address without a user in it; raises AddressRefused."""
    try:
        parts = urlsplit(address.strip())
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise AddressRefused(f"{address!r} is no web address; it begins with https:// and a host.")
    if parts.username or parts.password:
        raise AddressRefused("Leave user and password out of the address.")
    return parts


def check_address(address: str, *, allow_private: bool) -> Checked:
    """The machine behind an address; raises AddressRefused, or AddressUnknown where the name cannot be looked up."""
    parts = parsed(address)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressUnknown(f"The name {host} could not be looked up; is this machine offline?") from error
    ips = [str(answer[4][0]) for answer in found]
    inside = next((ip for ip in ips if is_inside(ip)), None)
    if inside is not None and not allow_private:
        raise AddressRefused(
            f"{host} is {inside}, on this machine or its own network. "
            "An admin can allow such addresses by TWIN_ALLOW_PRIVATE_ADDRESSES=1."
        )
    return Checked(parts, ips[0])


def is_inside(ip: str) -> bool:
    """Loopback, private, link-local, shared by a carrier, reserved, or one of them mapped into IPv6."""
    at = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(at, ipaddress.IPv6Address):
        inner = at.ipv4_mapped or at.sixtofour or (at.teredo[1] if at.teredo else None)
        if inner is not None:
            at = inner
    return not at.is_global or at.is_multicast or (at.version == 4 and at in _SHARED)
