"""QR codes of ours: what is written in them, and how they are drawn."""

import segno
from flask import request
from markupsafe import Markup

# A QR of version 3 at level M holds so many capitals and digits; a longer host gets the bare code.
LONGEST = 61


def link_text(code: str) -> str:
    """Return what a label's QR says: a link to our resolver in capitals, or the bare code."""
    text = f"{request.scheme}://{request.host}/Q/{code}".upper()
    return text if len(text) <= LONGEST else code


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
