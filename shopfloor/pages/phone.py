"""What makes the pages an app on a phone: the worker, the manifest, the queue and its token."""

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from shopfloor.core.assets import STATIC, asset
from shopfloor.core.qr import qr_image
from shopfloor.core.words import LANGUAGES
from shopfloor.people.access import public, signed_in, viewer_or_none

bp = Blueprint("phone", __name__)

# Every letter and sign that a wrong keyboard layout changes.
SCANNER_TEST = "SHOPFLOOR-YZ/0123456789?_:;"
_MANIFEST = {
    "id": "/",
    "name": "Shopfloor",
    "short_name": "Shopfloor",
    "start_url": "/",
    "scope": "/",
    "display": "standalone",
    "background_color": "#1a2226",
    "theme_color": "#1a2226",
}
_ICONS: list[tuple[str, int, dict[str, str]]] = [
    ("192", 192, {}),
    ("512", 512, {}),
    ("maskable", 512, {"purpose": "maskable"}),
]


@bp.get("/queue")
@public("what a phone keeps is on the phone: this page brings only the words for it")
def queue() -> str:
    """Show what this phone keeps until the server has it; `?in=` is for the kept copies."""
    kept_copy = request.args.get("in") in LANGUAGES
    if kept_copy:
        g.language = request.args["in"]
    return render_template("pages/queue.html", kept_copy=kept_copy)


@bp.get("/scanner")
@signed_in
def scanner() -> str:
    """Test a trigger scanner, and say how one is set up."""
    image = qr_image(SCANNER_TEST, gettext("Code to test a scanner"))
    return render_template("pages/scanner.html", expected=SCANNER_TEST, image=image)


@bp.get("/outbox/token")
@public("an outbox asks who is there before it sends; nobody is told anything new")
def outbox_token() -> Response:
    """Give an outbox a form token that is good now, and the person whose entries may be sent."""
    person = viewer_or_none()
    return jsonify(token=generate_csrf(), person=person.person_id if person else None)


@bp.get("/service-worker.js")
@public("a browser asks for it without cookies")
def service_worker() -> Response:
    """Serve the worker from the top, so that it answers for every page."""
    response = make_response((STATIC / "js" / "service-worker.js").read_bytes())
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/manifest.webmanifest")
@public("a browser asks for it without cookies")
def manifest() -> Response:
    """Say how the app is installed on a phone."""
    icons = [
        {"src": asset(f"icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png"} | more
        for name, size, more in _ICONS
    ]
    response = jsonify(**_MANIFEST, icons=icons)
    response.headers["Content-Type"] = "application/manifest+json"
    return response
