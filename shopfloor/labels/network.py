"""Sends bytes to a printer in the factory's network, and never waits long for it."""

import socket
import threading
import time
from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import current_app
from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, Refused, Sentence

CONNECT_SECONDS = 3.0
SEND_SECONDS = 10.0
# Not more at once, so that printers that are off never take all threads of the server.
_LINES = threading.BoundedSemaphore(4)
# Below are the doors of other services, which a label must not knock at.
LOWEST_PORT = 1024

PROBLEMS: dict[str, Sentence] = {
    "no_name": _l("The network knows no printer of this name."),
    "not_local": _l("This address is not in the factory's network."),
    "no_answer": _l("The printer does not answer. Is it on, and in the network?"),
    "refused": _l("There is a machine at this address, but it takes no print jobs at this port."),
    "broke_off": _l("The printer broke off. Are there labels in it, and is it closed?"),
    "busy": _l("Several printers are being waited for. Try again in a few seconds."),
}


class NotSentError(Exception):
    """The bytes did not reach the printer; `problem` is a word of PROBLEMS."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def require_local(host: str, port: int) -> None:
    """Refuse a printer's address outside the factory, as it is typed; a name is resolved later."""
    if port < LOWEST_PORT and not _configured(host):
        raise Malformed(
            _l("Printers listen at ports from %(lowest)s on; most at 9100.", lowest=LOWEST_PORT),
            rule="bad_port",
            field="port",
        )
    try:
        address = ip_address(host)
    except ValueError:
        return
    if not (_inside(address) or _configured(host)):
        raise Refused(
            PROBLEMS["not_local"],
            _l("Write the address that the printer shows in its network settings."),
            rule="not_local",
            field="host",
        )


def send(host: str, port: int, content: bytes) -> None:
    """Send to a printer; NotSentError when it cannot be reached or does not take it."""
    if not _LINES.acquire(blocking=False):
        raise NotSentError("busy")
    try:
        with _connected(_address_of(host, port), port) as line:
            _pour(line, content)
    finally:
        _LINES.release()


def _address_of(host: str, port: int) -> str:
    """Return the address to connect to; checked after the name is resolved, and not asked again."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise NotSentError("no_name") from None
    address = str(found[0][4][0])
    if not (_inside(ip_address(address.split("%")[0])) or _configured(host)):
        raise NotSentError("not_local")
    return address


def _connected(address: str, port: int) -> socket.socket:
    try:
        return socket.create_connection((address, port), timeout=CONNECT_SECONDS)
    except ConnectionRefusedError:
        raise NotSentError("refused") from None
    except OSError:
        raise NotSentError("no_answer") from None


def _pour(line: socket.socket, content: bytes) -> None:
    """Send everything before the deadline, however slowly the printer reads."""
    ends = time.monotonic() + SEND_SECONDS
    rest = memoryview(content)
    try:
        while rest:
            left = ends - time.monotonic()
            if left <= 0:
                raise NotSentError("broke_off")
            line.settimeout(left)
            rest = rest[line.send(rest) :]
        line.shutdown(socket.SHUT_WR)
    except OSError:
        raise NotSentError("broke_off") from None


def _inside(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    address = mapped or address
    # Our own machine and the addresses of cloud machines' keys are private, too, but no printers.
    return address.is_private and not (
        address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or address.is_reserved
    )


def _configured(host: str) -> bool:
    return host.lower() in current_app.config["PRINTER_HOSTS"]
