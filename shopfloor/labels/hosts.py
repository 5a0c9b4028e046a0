"""Where the QR of a label leads: a host inside the factory, or the public one."""

import re

from flask import current_app, request

from shopfloor.core.codes import LENGTH
from shopfloor.core.qr import LONGEST
from shopfloor.labels.designs import Host

_OWN_MACHINE = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?", re.IGNORECASE)


def qr_text(host: Host, code: str) -> str:
    """Return what the QR says: a link in capitals, or the bare code when nothing else fits."""
    if host is Host.NONE:
        return code
    text = f"{base(host)}/Q/{code}".upper()
    return text if len(text) <= LONGEST else code


def base(host: Host) -> str:
    """Return scheme and host of a label's link.

    Inside: as set, else as this browser calls us; on the server's own screen the address that it
    printed at its start, because `localhost` is another machine on every phone.
    """
    public = str(current_app.config["PUBLIC_URL"]).rstrip("/")
    inside = str(current_app.config["LABEL_URL"]).rstrip("/")
    if host is Host.PUBLIC and public:
        return public
    if inside:
        return inside
    printed = str(current_app.config["PRINTED_URL"]).rstrip("/")
    if printed and _OWN_MACHINE.fullmatch(request.host):
        return printed
    return f"{request.scheme}://{request.host}"


def links_fit() -> bool:
    """Say whether labels carry a link; a bare code is opened by our own scanner alone."""
    return len(base(Host.INTERNAL)) + len("/Q/") + LENGTH <= LONGEST
