"""Pages on which a barcode of others is linked to a lot, an item or a gauge, or no longer."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Subject, read_reference
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.people.models import Person
from shopfloor.scanning import answers, refusals
from shopfloor.scanning.commands import LINKABLE, link_barcode, unlink_barcode
from shopfloor.scanning.matching import Found
from shopfloor.scanning.models import LinkedCode
from shopfloor.scanning.posted import scan_of
from shopfloor.scanning.reach import within_reach

bp = Blueprint("links", __name__)


@bp.get("/scan/link")
@requires("code.link")
def form() -> str:
    """Show a barcode and ask for the lot, item or gauge that it stands for."""
    scan = scan_of(g.get("typed") or request.args)
    answer = answers.answer(scan)
    return render_template("scanning/link.html", scan=scan, scanned=answer.scanned)


@bp.post("/scan/link")
@requires("code.link")
def link() -> ResponseReturnValue:
    """Link the barcode, so that its next scan finds the thing."""
    fields = Form(request.form)
    target, doing = _target(to := fields.text("to", 200)), act()
    linked = link_barcode(
        doing,
        text=scan_of(request.form).whole,
        subject_id=target.id,
        also=fields.text("also", 200) == to,
    )
    said = _l("Linked. The next scan of this barcode finds it.")
    return onward(url_for("links.of", code=linked.subject_code), doing.id, said)


@bp.get("/barcodes/<code>")
@bp.get("/barcodes/<code>/remove", endpoint="remove_form")
@requires("work.view")
def of(code: str) -> str:
    """Show the barcodes of others that stand for a lot, an item or a gauge."""
    subject = _target(code)
    linked = db.session.execute(
        select(LinkedCode, Person.name)
        .join(Person, Person.id == LinkedCode.linked_by_id, isouter=True)
        .where(LinkedCode.subject_id == subject.id, LinkedCode.archived_at.is_(None))
        .order_by(LinkedCode.id)
    ).all()
    page = answers.page_of(subject)
    return render_template("scanning/barcodes.html", subject=subject, linked=linked, page=page)


@bp.post("/barcodes/<code>/remove")
@requires("code.link")
def remove(code: str) -> ResponseReturnValue:
    """Take a link away; the barcode is unknown again."""
    doing = act()
    unlink_barcode(doing, link_id=Form(request.form).needed("link"))
    return onward(
        url_for("links.of", code=code), doing.id, _l("The barcode is not linked any more.")
    )


def _target(reference: str) -> Found:
    """Return the one lot, item or gauge within reach that a number or a code of ours names."""
    code, number = read_reference(reference)
    meant = db.session.scalars(
        select(Subject).where(
            Subject.kind.in_(LINKABLE), (Subject.code == code) | (Subject.number == number)
        )
    )
    found = [
        Found(row.id, row.kind, row.code, row.number, row.archived_at is not None, row.site_id)
        for row in meant
    ]
    seen = within_reach(db.session(), viewer().rights, found)
    exact = [each for each in seen if each.code == code] or seen
    if len(exact) > 1:
        raise refusals.several_to_link()
    if not exact:
        raise NotFound(
            _l("There is no lot, item or gauge under “%(number)s”.", number=reference[:80]),
            _l("Scan the lot's label, or type the number of the lot, item or gauge."),
            rule="not_found",
            field="to",
        )
    return exact[0]
