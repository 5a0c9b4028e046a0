"""Pages of approved and limit samples: the list with what expires, one sample, its renewal."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue import queries as catalogue
from shopfloor.catalogue.models import PARTNER
from shopfloor.core.db import db
from shopfloor.core.files import photo_of
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.references import id_or_none
from shopfloor.core.subjects import find
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.quality import gauge_words as words
from shopfloor.quality import samples as queries
from shopfloor.quality.commands.samples import add_sample, archive_sample, renew_sample
from shopfloor.quality.gauge_fields import sample_fields
from shopfloor.quality.gauge_models import SAMPLE

bp = Blueprint("samples", __name__)
EDIT, SEE = "plan.edit", "work.view"
A_YEAR = timedelta(days=365)


@bp.get("/samples")
@requires(SEE)
def samples() -> str:
    """List the samples, those that expire first at the top."""
    search, item = (request.args.get(name, "").strip()[:80] for name in ("q", "item"))
    archived, expired = (bool(request.args.get(name)) for name in ("archived", "expired"))
    today = viewer().today
    found = queries.samples(today, search, archived=archived, expired=expired, item=item)
    page = page_of(db.session(), found, asked_page())
    return render_template(
        "quality/samples.html", page=page, search=search, item=item, words=words, today=today
    )


@bp.get("/samples/new")
@requires(EDIT)
def new_sample() -> str:
    """Show the form for a sample."""
    return render_template(
        "quality/sample_new.html",
        item=request.args.get("item", "")[:80],
        words=words,
        until=viewer().today + A_YEAR,
    )


@bp.post("/samples/new")
@requires(EDIT)
def make_sample() -> Response:
    """Approve a sample and go on to its page."""
    doing, form = act(), Form(request.form)
    photo = photo_of(request.files.get("photo"), form.text("sha256_photo", 64))
    made = add_sample(
        doing,
        **_whose(form),
        names=form.names(),
        kind=words.read_kind(form),
        place=form.text("place", 300),
        valid_until=form.needed_day("valid_until"),
        sha256=photo,
        number=form.text("number", 80) or None,
    )
    return onward(
        url_for("samples.sample", code=made.code), doing.id, _l("The sample is approved.")
    )


@bp.get("/samples/<code>")
# A refused button is shown again at its own address.
@bp.get("/samples/<code>/archive", endpoint="archive_form")
@requires(SEE)
def sample(code: str) -> str:
    """Show a sample: its photo, where it hangs, until when, and the form to renew it."""
    found = queries.sample_page(db.session(), code)
    return render_template(
        "quality/sample.html",
        found=found,
        stored=sample_fields(found.sample),
        words=words,
        today=viewer().today,
        until=viewer().today + A_YEAR,
    )


@bp.post("/samples/<code>")
@requires(EDIT)
def renew(code: str) -> Response:
    """Approve a sample anew."""
    doing, form = act(), Form(request.form)
    photo = photo_of(request.files.get("photo"), form.text("sha256_photo", 64))
    saved = renew_sample(
        doing,
        sample_id=find(db.session(), SAMPLE, code).id,
        version=form.needed("version"),
        names=form.names(),
        place=form.text("place", 300),
        valid_until=form.needed_day("valid_until"),
        sha256=photo,
    )
    return onward(url_for("samples.sample", code=saved.code), doing.id, _l("Saved."))


@bp.post("/samples/<code>/archive")
@requires(EDIT)
def archive(code: str) -> Response:
    """Take a sample down, or hang it up again."""
    doing, form = act(), Form(request.form)
    sample_id = find(db.session(), SAMPLE, code).id
    archive_sample(doing, sample_id=sample_id, archived=form.text("archived") == "1")
    return onward(url_for("samples.sample", code=code), doing.id, _l("Saved."))


def _whose(form: Form) -> dict[str, Any]:
    item, partner = form.text("item", 80), form.text("partner", 80) or None
    return {
        "item_id": catalogue.item_ids(db.session(), [("item", item)])[item],
        "partner_id": id_or_none(db.session(), PARTNER, partner, "partner"),
    }
