"""A receiver on this machine that tests send to; the resolver of the tests names it 10.1.2.3."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from shopfloor.core.settings import read_networks
from shopfloor.webhooks.sending import Sender

INSIDE = "10.1.2.3"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Receiver:
    """What came in, and what is answered: bytes, or a function that talks itself."""

    port: int
    answers: list[bytes | Callable[[socket.socket], None]] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)

    @property
    def bodies(self) -> list[bytes]:
        """Return the bodies in the order in which they came."""
        return [request.partition(b"\r\n\r\n")[2] for request in self.requests]

    def headers(self, number: int = -1) -> dict[str, str]:
        """Return the headers of a request, in small letters."""
        head = self.requests[number].partition(b"\r\n\r\n")[0].decode()
        pairs = (line.partition(": ") for line in head.split("\r\n")[1:])
        return {name.lower(): value for name, _, value in pairs}

    def _take(self, line: socket.socket) -> None:
        with line:
            text = b""
            while b"\r\n\r\n" not in text:
                text += line.recv(65_536)
            head, _, body = text.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            while len(body) < length:
                body += line.recv(65_536)
            self.requests.append(head + b"\r\n\r\n" + body)
            answer = self.answers.pop(0) if self.answers else OK
            if callable(answer):
                answer(line)
            else:
                line.sendall(answer)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Receive on a port of this machine until the test is over."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        receiver = Receiver(server.getsockname()[1])

        def listen() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_quietly, args=(receiver, line), daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        yield receiver
        server.shutdown(socket.SHUT_RDWR)


def _quietly(receiver: Receiver, line: socket.socket) -> None:
    with suppress(OSError):
        receiver._take(line)


def names(*addresses: str) -> Callable[..., list[Any]]:
    """Return a resolver that knows one name; each lookup gives the next of the addresses."""
    left = list(addresses)

    def lookup(_host: str, port: int, **_how: Any) -> list[Any]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    return lookup


class Inside(Sender):
    """A sender for which 10.1.2.3 is this machine; it keeps where it has connected to."""

    def __init__(self, *addresses: str, allowed: str = "10.0.0.0/8", seconds: float = 5.0) -> None:
        super().__init__(read_networks(allowed), names(*addresses or (INSIDE,)), seconds)
        object.__setattr__(self, "reached", [])

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        """Connect to this machine in the place of the address inside."""
        self.reached.append(address)  # type: ignore[attr-defined]  # set above
        return socket.create_connection(("127.0.0.1", port), timeout=seconds)
