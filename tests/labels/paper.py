"""A label printer for tests: a socket of our own that keeps what it is sent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Paper:
    """What came out so far, and the port at which the printer listens."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.jobs: list[bytes] = []
        self.came = threading.Semaphore(0)

    def next(self) -> bytes:
        """Wait for the next job and return it."""
        assert self.came.acquire(timeout=10)
        return self.jobs[-1]


@contextmanager
def printer(*, reads: bool = True) -> Iterator[Paper]:
    """Run a printer; one that does not read is one without labels in it."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        paper = Paper(door.getsockname()[1])
        ended = threading.Event()
        thread = threading.Thread(target=_serve, args=(door, paper, reads, ended), daemon=True)
        thread.start()
        try:
            yield paper
        finally:
            ended.set()
            # Wakes the thread that waits for the next job.
            socket.create_connection(("127.0.0.1", paper.port), timeout=1).close()
            thread.join(timeout=10)


def _serve(door: socket.socket, paper: Paper, reads: bool, ended: threading.Event) -> None:
    while True:
        line, _from = door.accept()
        with line:
            if ended.is_set():
                return
            if not reads:
                ended.wait(20)
                continue
            content = b""
            while part := line.recv(65536):
                content += part
            paper.jobs.append(content)
            paper.came.release()


def closed_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])
