"""How one process of the web server treats connections: it hangs up on nobody who is being served.

gunicorn's threaded worker, with four things of ours: a plain HTTP request on a TLS port is heard
(and led to the page about trust), a stop does not wait for connections on which nothing happens,
a closed connection lingers in its own thread, and whoever is slow to send takes nobody's place: a
thread of its own reads each request, and `threads` of them are answered at a time. Bound to the
gunicorn of requirements.txt; the tests of this file say whether another one still fits.
"""

import errno
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any

from gunicorn import http, sock, util
from gunicorn.workers import gthread

from shopfloor.cli.patience import PatientUnreader, parts_of_body, read_ahead
from shopfloor.cli.plain_http import only_trust
from shopfloor.core.live import TICKER

# The first byte of every TLS connection; no HTTP method begins with it.
TLS_HANDSHAKE = b"\x16"
HANDSHAKE_SECONDS = 10.0
# A kept connection may bring a request while we stop; a browser sends an unheard one again.
STOP_LINGER = 0.3
# For those whose last answer comes while we stop, gunicorn reads its own name of it.
gthread.STOP_KEEPALIVE_LINGER = STOP_LINGER
_NOBODY_THERE = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
_NO_FILE_LEFT = (errno.EMFILE, errno.ENFILE)


class Connection(gthread.TConn):  # type: ignore[misc]  # gunicorn brings no types
    """One connection: over TLS, or plain where TLS was expected."""

    sock: Any
    initialized: bool
    parser: Any
    plain = False
    closed = False

    def init(self) -> None:
        """Make a parser for it, after the TLS handshake if there is one."""
        if self.initialized:
            return
        self.initialized = True
        if self.cfg.is_ssl:
            self._shake_hands()
        self.sock.setblocking(True)
        self.parser = http.get_parser(self.cfg, self.sock, self.client)
        self.parser.unreader = PatientUnreader(self.sock)

    def _shake_hands(self) -> None:
        # Whoever begins a handshake and stays silent must not keep a thread.
        self.sock.settimeout(HANDSHAKE_SECONDS)
        try:
            self.plain = self.sock.recv(1, socket.MSG_PEEK) != TLS_HANDSHAKE
            if not self.plain:
                self.sock = sock.ssl_wrap_socket(self.sock, self.cfg)
                self.sock.do_handshake()
        except OSError:
            # A phone that does not trust us says so in every handshake: nothing to log.
            raise StopIteration from None

    @property
    def over(self) -> bool:
        """Say whether the client has stopped sending in the middle."""
        return self.parser is not None and self.parser.unreader.over

    def hang_up(self) -> None:
        """Wake the thread that waits for this connection: nothing more is read from it."""
        with suppress(OSError):  # it may be gone already
            # The plain shutdown: that of a TLS socket takes its TLS away under the thread.
            socket.socket.shutdown(self.sock, socket.SHUT_RD)

    def close(self, graceful: bool = False) -> None:
        """Close it once, whoever asks again."""
        if not self.closed:
            self.closed = True
            super().close(graceful)


class Place:
    """The place of one request among those being answered; a stream gives it up before its end."""

    def __init__(self, places: threading.Semaphore) -> None:
        """Wait until there is one."""
        places.acquire()
        self._leave: Callable[[], None] | None = places.release

    def leave(self) -> None:
        """Let another request be answered; once is enough."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()


class Worker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn brings no types
    """A process with threads that stops within a second when no request runs."""

    wsgi: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Connections that hold a thread while none of their requests is being answered.
        self.idle: set[Connection] = set()
        self.answered = threading.Semaphore(self.cfg.threads)
        self._placed = threading.local()
        # Of what is still to be read while it is answered there is less than there are places.
        self.uploads = threading.Semaphore(max(1, self.cfg.threads // 2))

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Return threads for all connections: most of them do nothing but wait for a client."""
        return ThreadPoolExecutor(max_workers=self.worker_connections)

    def load_wsgi(self) -> None:
        """Load the app; of what comes in plain on a TLS port it sees the pages about trust."""
        super().load_wsgi()
        self.wsgi = self._with_place(self.wsgi)
        if self.cfg.is_ssl:
            self.wsgi = only_trust(self.wsgi)

    def _with_place(self, app: Any) -> Any:
        def placed(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
            environ["shopfloor.waits"] = self._placed.place.leave
            return app(environ, start)

        return placed

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection in; as gunicorn does, with a connection of ours."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_FILE_LEFT:
                self.log.warning("too many connections: %s", error.strerror)
                # Those that are there go on; without a pause this would be all that we do.
                time.sleep(0.1)
            elif error.errno not in _NOBODY_THERE:
                raise
            return
        self.nr_conns += 1
        self.enqueue_req(Connection(self.cfg, client, address, listener.getsockname()))

    def handle(self, conn: Connection) -> Any:
        """Answer one request, in a thread of its own."""
        self.idle.add(conn)
        try:
            if not self.alive and not conn.wait_for_data(STOP_LINGER):
                return False
            if conn.parser is not None:
                conn.parser.unreader.be_patient()
            kept = super().handle(conn)
            if conn.over:
                kept = False
            if kept is False:
                # Here and not in the loop of the process, where all others would wait for it.
                self.idle.add(conn)
                conn.sock.setblocking(True)
                util.close_graceful(conn.sock, timeout=2.0 if self.alive else STOP_LINGER)
                conn.closed = True
            return kept
        except OSError:
            return False
        finally:
            self.idle.discard(conn)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Answer a request when it has come and is next; a stop waits for it from here on."""
        ahead, more = parts_of_body(req)
        if not read_ahead(req, ahead):
            return False
        self.idle.discard(conn)
        if conn.plain:
            # Whatever its headers say.
            req.scheme = "http"
            req.force_close()
        with ExitStack() as places:
            if more:
                places.enter_context(self.uploads)
            self._placed.place = Place(self.answered)
            places.callback(self._placed.place.leave)
            conn.parser.unreader.be_patient()
            return super().handle_request(req, conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Begin the stop; gunicorn calls this once, when no new connection is taken in."""
        super()._cap_keepalive(deadline)
        # Streams end by themselves, or the stop would wait for them in vain.
        TICKER.close()
        for conn in self.pending_conns:
            conn.timeout = 0.0
        self.murder_pending()
        bell = threading.Timer(STOP_LINGER, self._hang_up)
        bell.daemon = True
        bell.start()

    def _hang_up(self) -> None:
        for conn in list(self.idle):
            conn.hang_up()
