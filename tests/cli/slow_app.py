"""A small WSGI app for the tests of the worker: it says what it was asked, /slow after a while.

/read says how much was sent, /stream says things until the server stops.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from shopfloor.core.live import TICKER

SLOW_SECONDS = 1.5


def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/stream":
        environ["shopfloor.waits"]()
        start("200 OK", [("Content-Type", "text/event-stream")])
        return stream()
    if path == "/slow":
        time.sleep(SLOW_SECONDS)
        said = "slow is done"
    elif path == "/read":
        said = str(len(environ["wsgi.input"].read()))
    else:
        said = f"{environ['wsgi.url_scheme']} {path} {environ.get('HTTP_COOKIE', '-')}"
    body = said.encode()
    start(
        "200 OK",
        [
            ("Content-Type", "text/plain"),
            ("Content-Length", str(len(body))),
            ("Set-Cookie", "shopfloor_form=x"),
        ],
    )
    return [body]


def stream() -> Iterable[bytes]:
    while not TICKER.closed:
        yield b": here\n\n"
        TICKER.wait(0, 20)
