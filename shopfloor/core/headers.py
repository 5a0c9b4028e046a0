"""The headers of every answer: what a browser may do with our pages, and what it may not."""

import secrets

from flask import Response, g, request

_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{nonce}; style-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Without a page around it: a worker obeys its own file's policy, not that of the page.
ALONE = _POLICY.format(nonce="")
FIXED = {
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def nonce() -> str:
    """Return the word of this page that only its own scripts and htmx attributes carry."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(12)
    return str(g.nonce)


def finish(response: Response) -> Response:
    """Give an answer the headers that keep it from being misused."""
    ours = FIXED | {"Content-Security-Policy": _policy()}
    if request.endpoint != "static":
        # Whoever presses Back after signing out sees nothing.
        ours["Cache-Control"] = "no-store"
    if request.is_secure:
        ours["Strict-Transport-Security"] = "max-age=31536000"
    # A view's own headers win; setdefault() would walk through all of them for each of ours.
    given = {name.lower() for name, _value in response.headers}
    response.headers.extend((n, v) for n, v in ours.items() if n.lower() not in given)
    return response


def _policy() -> str:
    return _POLICY.format(nonce=f" 'nonce-{g.nonce}'" if "nonce" in g else "")
