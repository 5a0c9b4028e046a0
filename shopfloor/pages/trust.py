"""How a phone comes to trust this server: the page it opens first, and the desk's page about it."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    render_template,
    request,
)
from flask_babel import gettext as _

from shopfloor.core.authority import authority_of, fingerprint, profile
from shopfloor.core.qr import qr_image
from shopfloor.core.words import LANGUAGES
from shopfloor.people.access import public, requires

bp = Blueprint("trust", __name__)


@dataclass(frozen=True)
class Addresses:
    """Where this server is, and where a phone learns to trust it; the same place without TLS."""

    app: str
    trust: str


@bp.get("/trust")
@public("a phone reads it before it trusts the server, even without TLS")
def trust() -> str:
    """Show how a phone learns to trust this server; without cookies, forms and scripts."""
    if request.args.get("in") in LANGUAGES:
        g.language = request.args["in"]
    authority = _authority()
    return render_template(
        "pages/trust.html",
        mark=fingerprint(authority) if authority else None,
        # It may have been opened in plain: then the way on is another scheme.
        app_url=f"https://{request.host}/" if current_app.config["TLS"] else "/",
    )


@bp.get("/trust/shopfloor.crt")
@public("it is the public half of the authority")
def certificate() -> Response:
    """Give the authority's certificate as Android and Windows take it."""
    return _download(_known(), "application/x-x509-ca-cert", "shopfloor.crt")


@bp.get("/trust/shopfloor.mobileconfig")
@public("it is the public half of the authority")
def apple_profile() -> Response:
    """Give the authority's certificate as iPhones and iPads take it."""
    host = request.host.partition(":")[0]
    words = _("Lets this device trust the Shopfloor server of the factory. Nothing else changes.")
    content = profile(_known(), f"Shopfloor {host}", words)
    return _download(content, "application/x-apple-aspen-config", "shopfloor.mobileconfig")


@bp.get("/connect")
@requires("plant.edit")
def connect() -> str:
    """Show what a phone scans to trust this server and to open it."""
    authority = _authority()
    addresses = _addresses(own=authority is not None)
    return render_template(
        "pages/connect.html",
        addresses=addresses,
        mark=fingerprint(authority) if authority else None,
        trust_code=qr_image(addresses.trust, _("Code of the page about trust")),
        app_code=qr_image(addresses.app, _("Code of the address of Shopfloor")),
    )


def _authority() -> bytes | None:
    """Return our authority's certificate; None where somebody else's is used, or none."""
    if not current_app.config["TLS"] or current_app.config["GIVEN_CERTIFICATE"]:
        return None
    return authority_of(Path(current_app.instance_path))


def _known() -> bytes:
    authority = _authority()
    if authority is None:
        abort(404)
    return authority


def _addresses(*, own: bool) -> Addresses:
    # Whoever sits at the server itself has opened `localhost`, which no phone can.
    url = (current_app.config["PRINTED_URL"] if own else "") or request.host_url
    return Addresses(url, f"http://{urlsplit(url).netloc}/trust" if own else url)


def _download(content: bytes, kind: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    # Shown and not saved, an iPhone offers a profile to be installed.
    if not name.endswith(".mobileconfig"):
        response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
