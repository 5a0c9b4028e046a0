"""How gunicorn serves: two processes, sixteen requests at a time in each, one copy of the code."""

import gc
import os
import resource
import ssl
from pathlib import Path
from typing import Any

from shopfloor.cli.settings import read_settings
from shopfloor.cli.tls import Certificate

_settings = read_settings()

wsgi_app = "app:app"
bind = f"0.0.0.0:{_settings.port}"
worker_class = "shopfloor.cli.web_worker.Worker"
workers = 2
threads = 16
# So many connections may wait in each process; every one is an open file.
worker_connections = 1000
_, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
_wanted = 4 * worker_connections
resource.setrlimit(
    resource.RLIMIT_NOFILE,
    (_wanted if _most == resource.RLIM_INFINITY else min(_wanted, _most), _most),
)
preload_app = True
if _settings.tls:
    _certificate = Certificate(*_settings.certificate_files)
    # Read before the fork: what is broken later does not take it away from any process.
    _certificate.context()
    certfile, keyfile = map(str, _settings.certificate_files)

    def ssl_context(_config: Any, _make: Any) -> ssl.SSLContext:
        """Return what a new connection is secured with: the files as they are now."""
        return _certificate.context()


# A stop must be over before a service manager loses its patience and kills.
graceful_timeout = 5
# The heartbeat file must never wait for a disk that is busy with fsync.
_memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes its own private file there
worker_tmp_dir = str(_memory) if os.access(_memory, os.W_OK) else None
control_socket_disable = True
loglevel = "warning"
# A request makes some thousand objects; at the usual 700 it is interrupted to look through them.
gc.set_threshold(20_000, 10, 10)


def when_ready(_arbiter: Any) -> None:
    """Set everything loaded aside before the fork: it stays shared and is never looked through."""
    gc.collect()
    gc.freeze()


def post_fork(_arbiter: Any, _worker: Any) -> None:
    """Drop the database connections that the preloaded app opened before the fork."""
    from shopfloor.core.db import dispose_after_fork

    dispose_after_fork()
