"""Sending one delivery: to the address that was judged, without redirects, within ten seconds."""

import contextlib
import re
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from shopfloor.core.settings import Network
from shopfloor.webhooks.addresses import Lookup, Target, Unreachable, resolve
from shopfloor.webhooks.models import Failure

SECONDS = 10.0
MOST_BYTES = 5_000_000
_LONGEST_HEAD = 32_000
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)


@dataclass(frozen=True)
class Sent:
    """How a delivery went: what the receiver answered, or why it did not arrive."""

    status: int | None = None
    problem: Failure | None = None
    milliseconds: int = 0


@dataclass(frozen=True)
class Sender:
    """What sends; tests give it a resolver, a connection and a time of their own."""

    networks: Iterable[Network] = ()
    lookup: Lookup | None = None
    seconds: float = SECONDS

    def send(self, target: Target, headers: Mapping[str, str], body: bytes) -> Sent:
        """Post the body; only an answer from 200 to 299 means that it has arrived."""
        began = time.monotonic()
        status, problem = None, None
        try:
            if len(body) > MOST_BYTES:
                raise Unreachable(Failure.TOO_LARGE)
            status = self._post(target, headers, body, began + self.seconds)
            problem = None if 200 <= status < 300 else Failure.STATUS
        except Unreachable as no:
            problem = no.problem
        return Sent(status, problem, int((time.monotonic() - began) * 1000))

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        """Connect to this address and to no other."""
        return socket.create_connection((address, port), timeout=seconds)

    def _post(self, target: Target, headers: Mapping[str, str], body: bytes, until: float) -> int:
        addresses = resolve(target, self.networks, self.lookup)
        try:
            with self._connected(target, addresses, until) as line:
                line.settimeout(_left(until))
                line.sendall(_head(target, headers, body) + body)
                return _answer(line, until)
        except ssl.SSLCertVerificationError:
            raise Unreachable(Failure.NOT_TRUSTED) from None
        except TimeoutError:
            raise Unreachable(Failure.TOO_SLOW) from None
        except OSError:
            raise Unreachable(Failure.NO_ANSWER) from None

    def _connected(self, target: Target, addresses: list[str], until: float) -> socket.socket:
        for address in addresses:
            try:
                line = self.connect(address, target.port, _left(until))
                break
            except TimeoutError:
                continue
            except OSError:
                continue
        else:
            raise Unreachable(Failure.NO_CONNECTION)
        if not target.secure:
            return line
        try:
            return _trust().wrap_socket(line, server_hostname=target.host)
        except BaseException:
            line.close()
            raise


@cache
def _trust() -> ssl.SSLContext:
    """Return what the system trusts; SSL_CERT_FILE names another list."""
    return ssl.create_default_context()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _head(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.named}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _answer(line: socket.socket, until: float) -> int:
    """Return the status; the rest is listened to for politeness, up to the same limits."""
    text = b""
    while True:
        head, end, rest = text.partition(b"\r\n\r\n")
        if end:
            found = _STATUS.match(head + b"\r")
            if found is None:
                raise Unreachable(Failure.NO_ANSWER)
            status = int(found[1])
            if status >= 200:
                break
            text = rest  # an interim answer; the real one follows
            continue
        if len(text) > _LONGEST_HEAD:
            raise Unreachable(Failure.NO_ANSWER)
        text += _read(line, until)
    length = _LENGTH.search(head + b"\r\n")
    _listen(line, until, len(rest), int(length[1]) if length else MOST_BYTES)
    return status


def _read(line: socket.socket, until: float) -> bytes:
    line.settimeout(_left(until))
    got = line.recv(65_536)
    if not got:
        raise Unreachable(Failure.NO_ANSWER)
    return got


def _listen(line: socket.socket, until: float, heard: int, length: int) -> None:
    # The receiver has said what he did with it; a body that drips or never ends is cut off.
    with contextlib.suppress(OSError, Unreachable):
        while heard < min(length, MOST_BYTES):
            heard += len(_read(line, until))
