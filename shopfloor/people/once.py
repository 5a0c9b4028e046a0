"""Secrets that are shown once: what the page needs to show them, and nothing to keep."""

import segno
from flask import current_app, session
from markupsafe import Markup

from shopfloor.people.secrets import repeatable


def fresh_secret(purpose: str, action_id: str) -> bytes:
    """Return the random bytes of a new badge or token, the same when one form is sent twice.

    They hang on the token in this browser's form cookie, which is nowhere in the database.
    """
    key = f"{current_app.config['SECRET_KEY']}{session.get('csrf_token')}"
    return repeatable(key, purpose, action_id)


def qr_image(text: str, label: str) -> Markup:
    """Return a QR code as an inline SVG, dark on white in every theme."""
    svg = segno.make(text, error="m", micro=False).svg_inline(
        border=4,
        dark="#000",
        light="#fff",
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        title=label,
    )
    return Markup(svg)  # noqa: S704 - segno writes figures only, and escapes the title
