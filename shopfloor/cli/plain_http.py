"""What is said without TLS on the port of HTTPS: how to trust this server, and nothing else.

A phone cannot read the page about trust over a connection that it does not trust yet. So a request
in plain HTTP sees that page, the certificate and the style sheets. Everything else leads there,
without cookies in either direction: nothing of the factory is ever told or taken in plain.
"""

from collections.abc import Callable, Iterable
from typing import Any

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
OPEN = frozenset({"/trust", "/trust/shopfloor.crt", "/trust/shopfloor.mobileconfig"})
STYLES = "/static/"
HINT = (
    "This is HTTPS. Open the address with https:// in front. / "
    "这里只支持 HTTPS。请用 https:// 开头的地址打开。\n"
)


def only_trust(app: WSGI) -> WSGI:
    """Return the app as those see it who come without TLS; over TLS it is as it was."""

    def gated(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] == "https":
            return app(environ, start)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _answer(start, "403 Forbidden")
        path = environ.get("PATH_INFO", "")
        if path not in OPEN and not path.startswith(STYLES):
            # Relative, so that it stays on the address that was typed.
            return _answer(start, "302 Found", ("Location", "/trust"))
        known = {
            name: value
            for name, value in environ.items()
            if name not in ("HTTP_COOKIE", "HTTP_AUTHORIZATION")
            and not name.startswith("HTTP_X_FORWARDED")
        }

        def bare(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [pair for pair in headers if pair[0].lower() != "set-cookie"]
            return start(status, kept, *rest)

        return app(known, bare)

    return gated


def _answer(start: Callable[..., Any], status: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    body = HINT.encode()
    start(
        status,
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            *headers,
        ],
    )
    return [body]
