"""Keeps other sites from writing through our pages, and our pages from leading to theirs."""

from urllib.parse import urlsplit

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFProtect

from shopfloor.core.refusals import Refused

csrf = CSRFProtect()


class FormCookie(SecureCookieSessionInterface):
    """The cookie of the form tokens; over HTTPS it is never sent without."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Say whether this answer goes over HTTPS."""
        return request.is_secure


def refuse_foreign_origin() -> None:
    """Refuse a write that another site makes this browser send, before the token is looked at."""
    if request.method in ("GET", "HEAD", "OPTIONS") or request.path.startswith("/api/"):
        return
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") or (
        origin is not None and not _is_ours(origin)
    ):
        refusal = Refused(_l("This entry was sent from another site."), rule="foreign_origin")
        refusal.status = 403
        raise refusal


def require_own_form() -> None:
    """Ask a form of somebody who is not signed in for its token, unless the browser named our page.

    Two pages that a stranger opens at once outdate each other's token, and so does a closed
    browser; that a named origin is ours has been looked at before.
    """
    if "Origin" not in request.headers:
        csrf.protect()


def safe_path(target: str | None) -> str:
    """Return a path of ours to go on to, and never another host's."""
    text = (target or "").strip()
    ours = text.startswith("/") and not text.startswith("//")
    return text if ours and "\\" not in text and text.isprintable() else "/"


def _is_ours(origin: str) -> bool:
    """Compare host and port, and the scheme as far as we know it.

    A proxy may take the HTTPS off: then the page came by https and the request comes by http.
    """
    scheme, _, host = origin.partition("://")
    try:
        usual = {"http": 80, "https": 443}.get(scheme)
        parts = urlsplit(f"//{request.host}")
        asked = urlsplit(f"//{host}")
        same_port = (parts.port or usual) == (asked.port or usual)
    except ValueError:
        return False
    if host != asked.netloc or asked.username is not None or not asked.hostname:
        return False
    known = scheme == "https" or (scheme == "http" and not request.is_secure)
    return known and same_port and parts.hostname == asked.hostname
