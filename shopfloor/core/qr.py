"""QR codes of ours: what is written in them, and how they are drawn."""

from urllib.parse import urlsplit

import segno
from markupsafe import Markup

from shopfloor.core.codes import LENGTH

# A QR of version 3 at level M holds so many capitals and digits; a longer host gets the bare code.
LONGEST = 61
# What is left for the host beside HTTPS:// and /Q/ and the code.
LONGEST_HOST = LONGEST - len("HTTPS:///Q/") - LENGTH


def host_problem(url: str) -> str:
    """Return why an address cannot stand on labels, for whoever sets the server up; or nothing."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        return f"'{url}' is no address like https://shop.example.com, without a path."
    if len(parts.netloc) > LONGEST_HOST:
        return (
            f"its host '{parts.netloc}' has {len(parts.netloc)} characters. A QR code that scans "
            f"from a small label has room for {LONGEST_HOST}. Give the server a shorter name."
        )
    return ""


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
