"""How long a client may take to send a request: whoever goes on sending is waited for."""

import time
from typing import Any

from gunicorn.http.unreader import SocketUnreader

# Granted to every request, and a second more for so many bytes that have come: a photo over bad
# Wi-Fi takes its minutes, and one byte now and then earns nothing.
PATIENCE = 10.0
BYTES_PER_SECOND = 4096
# So much of a body is read before a request takes a place among those that are answered: a whole
# form, and of a photo enough to tell whoever stops in the middle.
AHEAD = 65_536


class PatientUnreader(SocketUnreader):  # type: ignore[misc]  # gunicorn brings no types
    """Reads what a client sends; from one that stops sending nothing more is read."""

    sock: Any

    def __init__(self, sock: Any) -> None:
        """Read of this socket, with patience from now on."""
        super().__init__(sock)
        self.over = False
        self.be_patient()

    def be_patient(self) -> None:
        """Be patient anew: a request begins, or one that had to wait itself."""
        self.deadline = time.monotonic() + PATIENCE

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return what comes next; nothing, as from a client that has hung up, when it is over."""
        left = self.deadline - time.monotonic()
        if self.over or left <= 0:
            self.over = True
            return b""
        self.sock.settimeout(left)
        try:
            came: bytes = super().chunk(size_hint)
        except TimeoutError:
            self.over = True
            return b""
        finally:
            self.sock.settimeout(None)
        self.deadline += len(came) / BYTES_PER_SECOND
        return came


def parts_of_body(req: Any) -> tuple[int, bool]:
    """Return how much of a body is read at once, and whether more is to be read after that."""
    headers = dict(req.headers)
    length = int(headers.get("CONTENT-LENGTH", 0))
    # In chunks nobody knows how much; whoever asks whether he may send does not before he is told.
    if "TRANSFER-ENCODING" in headers or "EXPECT" in headers:
        return 0, True
    return min(length, AHEAD), length > AHEAD


def read_ahead(req: Any, length: int) -> bool:
    """Read so much of a body into the request's own buffer; False when it does not come."""
    body = req.body.read(length)
    req.body.buf.write(body)
    return len(body) == length
