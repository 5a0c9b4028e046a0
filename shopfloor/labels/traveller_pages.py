"""Pages of the traveller: of one lot, or of all lots of an order; to print, and as PDF."""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template

from shopfloor.core.db import db
from shopfloor.core.qr import qr_image
from shopfloor.labels.routes import as_pdf
from shopfloor.labels.traveller import Traveller, traveller, travellers
from shopfloor.labels.traveller_pdf import traveller_pdf
from shopfloor.people.access import requires, viewer

bp = Blueprint("travellers", __name__)
SEE = "work.view"


@bp.get("/lots/<code>/traveller")
@requires(SEE)
def of_lot(code: str) -> str:
    """Show the traveller of a lot, to be printed from the browser's menu."""
    return _page([traveller(db.session(), viewer(), code)], f"/lots/{code}")


@bp.get("/lots/<code>/traveller.pdf")
@requires(SEE)
def of_lot_pdf(code: str) -> Response:
    """Return the traveller of a lot as PDF."""
    return as_pdf(traveller_pdf([traveller(db.session(), viewer(), code)]), f"traveller-{code}")


@bp.get("/orders/<code>/traveller")
@requires(SEE)
def of_order(code: str) -> str:
    """Show the travellers of an order's lots, each on pages of its own."""
    return _page(travellers(db.session(), viewer(), code), f"/orders/{code}")


@bp.get("/orders/<code>/traveller.pdf")
@requires(SEE)
def of_order_pdf(code: str) -> Response:
    """Return the travellers of an order's lots as one PDF."""
    return as_pdf(traveller_pdf(travellers(db.session(), viewer(), code)), f"traveller-{code}")


def _page(cards: Sequence[Traveller], back: str) -> str:
    return render_template("labels/traveller.html", cards=cards, back=back, qr=qr_image)
