"""Where a webhook may go: the address is read strictly, and judged by what its name resolves to.

The name is resolved once and the connection is made to that very address: a name that answers
differently the second time reaches nothing. Spellings such as 0x7f.1 need no list of their own,
because what counts is what they resolve to.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, Sentence
from shopfloor.core.settings import Network, read_networks
from shopfloor.webhooks.models import Failure

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[..., Sequence[Any]]
LONGEST = 2000
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9_.\-]{1,253}|\[?[0-9a-f:.]{2,45}\]?", re.IGNORECASE)
# Never, whatever is allowed: this machine, its own link, and where clouds keep their keys.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
        "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "::/127", "fe80::/10",
        "fec0::/10", "ff00::/8", "fd00:ec2::/32", "fd20:ce::254/128",
    )
)  # fmt: skip
# Addresses that carry another one inside, through a gateway that we do not know.
_WRAPPING = tuple(
    ipaddress.ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "::/96")
)


class Unreachable(Exception):  # noqa: N818 - it is an answer, not an error
    """Nothing is sent there; `problem` is the word that is kept of it."""

    def __init__(self, problem: Failure) -> None:
        """Keep why."""
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True)
class Target:
    """An address that was read: host and port to connect to, path to ask for."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """Return host and port as the Host header names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else (
            f"{host}:{self.port}"
        )  # fmt: skip


def read_address(text: str) -> Target:
    """Read the address of a webhook; Malformed for what could be read in two ways."""
    # Browsers and libraries disagree about anything else than plain printable ASCII.
    if len(text) > LONGEST or not re.fullmatch(r"[!-~]+", text) or "\\" in text:
        raise _bad(_l("This is not the address of a web server."))
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _bad(_l("This is not the address of a web server.")) from None
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or port == 0:
        raise _bad(_l("This is not the address of a web server."))
    if "@" in parts.netloc or "#" in text:
        raise _bad(_l("An address has no sign-in and no “#” in it here."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port or _PORTS[parts.scheme], path)


def resolve(target: Target, allowed: Iterable[Network], lookup: Lookup | None = None) -> list[str]:
    """Return the addresses behind a name, each of which may be reached; Unreachable otherwise.

    One address among several that may not be reached refuses them all.
    """
    try:
        found = (lookup or socket.getaddrinfo)(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(Failure.NO_NAME) from None
    kept, networks = [], tuple(allowed)
    for *_how, place in found:
        text = str(place[0])
        if not is_allowed(text, target.secure, networks):
            raise Unreachable(Failure.NOT_ALLOWED)
        kept.append(text)
    if not kept:
        raise Unreachable(Failure.NO_NAME)
    return list(dict.fromkeys(kept))


def is_allowed(text: str, secure: bool, networks: Iterable[Network]) -> bool:
    """Say whether an address may be reached: public ones with TLS, others when they are allowed."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return False  # with a zone, such as fe80::1%eth0: a link of this machine
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in (*_NEVER, *_WRAPPING)):
        return False
    if any(address in network for network in networks):
        return True
    return secure and address.is_global


def allowed_networks() -> tuple[Network, ...]:
    """Return the networks of the factory's own into which webhooks may lead."""
    return read_networks(current_app.config["WEBHOOK_NETWORKS"])


def _bad(sentence: Sentence) -> Malformed:
    return Malformed(
        sentence,
        _l("Write it like https://erp.example.com/shopfloor."),
        rule="bad_address",
        field="address",
    )
