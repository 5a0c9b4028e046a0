"""Under which names and addresses phones in the same network reach this machine."""

import re
import socket
import struct
import sys
from ipaddress import AddressValueError, IPv4Address

import click
import segno

LOCALHOST = IPv4Address("127.0.0.1")
# Reserved for documentation, so nothing answers there; a UDP connect sends no packet anyway.
_FAR_AWAY = ("192.0.2.1", 9)
_SIOCGIFADDR = 0x8915
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def host_names() -> list[str]:
    """Return the names of this machine: localhost, its own, and the one that mDNS announces."""
    own = socket.gethostname().lower().rstrip(".")
    names = ["localhost"]
    # A certificate with a name that is no DNS name is refused as a whole.
    if is_host_name(own):
        names += [own, f"{own.split('.')[0]}.local"]
    return list(dict.fromkeys(names))


def is_host_name(text: str) -> bool:
    """Say whether a certificate can be made out to this name."""
    return bool(_HOST_NAME.fullmatch(text)) and len(text) <= 64 and not is_address(text)


def is_address(text: str) -> bool:
    """Say whether this is an IPv4 address."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def main_address() -> IPv4Address:
    """Return the address that other machines most likely reach, 127.0.0.1 if there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_FAR_AWAY)
            return IPv4Address(probe.getsockname()[0])
        except OSError:
            # A factory network without a router has no way out, but it has addresses.
            return next(iter(_interface_addresses()), LOCALHOST)


def lan_addresses() -> list[IPv4Address]:
    """Return every address of this machine, 127.0.0.1 first."""
    return sorted({LOCALHOST, main_address(), *_interface_addresses()}, key=_loopback_first)


def show_address(url: str, words: str = "Shopfloor is at") -> None:
    """Print an address as text and as a QR code to scan from the screen."""
    click.echo(f"\n{words}:  {url}\n")
    # Half blocks are smaller, but a terminal that speaks only ASCII cannot print them.
    compact = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    segno.make(url, error="m", micro=False).terminal(out=sys.stdout, compact=compact)
    click.echo()


def _interface_addresses() -> list[IPv4Address]:
    if sys.platform != "linux":
        return []
    import fcntl  # only where the request number below is right

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, request)
            except OSError:
                continue  # the interface has no IPv4 address
            found.append(IPv4Address(answer[20:24]))
    return [address for address in found if not address.is_loopback]


def _loopback_first(address: IPv4Address) -> tuple[bool, IPv4Address]:
    return (not address.is_loopback, address)
