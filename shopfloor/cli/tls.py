"""The certificate that connections are secured with, read again when its files change."""

import logging
import ssl
import threading
import time
from pathlib import Path

log = logging.getLogger("gunicorn.error")
# A file is looked at once in so many seconds, not at every connection.
LOOKS_EVERY = 1.0
Stamp = tuple[tuple[int, int, int], ...]


class Certificate:
    """A certificate and its key in files; a renewed pair is used without a restart.

    A pair that cannot be used, half written for example, is not: the last good one stays.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self._lock = threading.Lock()
        self._stamp: Stamp = ()
        self._looked = 0.0
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """Return the context of the pair as it is now; OSError if there never was a good one."""
        with self._lock:
            now = time.monotonic()
            if self._context is None or now - self._looked >= LOOKS_EVERY:
                self._looked = now
                self._look()
            if self._context is None:
                raise FileNotFoundError("there is no certificate that can be used")
            return self._context

    def _look(self) -> None:
        try:
            stamp = stamp_of(*self._files)
            if stamp == self._stamp:
                return
            self._stamp = stamp
            self._context = load(*self._files)
        except (OSError, ValueError) as error:
            log.error("The certificate %s cannot be used: %s", self._files[0], error)


def load(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return a server's context; OSError or ValueError if certificate and key cannot be used."""

    def no_password() -> str:
        raise ValueError("its key asks for a password, which nobody can type at a start")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key, no_password)
    return context


def stamp_of(*files: Path) -> Stamp:
    """Return what changes when one of the files is replaced or written to."""
    found = [file.stat() for file in files]
    return tuple((stat.st_ino, stat.st_mtime_ns, stat.st_size) for stat in found)
