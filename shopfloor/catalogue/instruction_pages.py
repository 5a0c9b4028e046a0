"""Pages on which work instructions are written, looked at and published, and their pictures."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, send_file, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue import instruction_reads as reads
from shopfloor.catalogue import queries
from shopfloor.catalogue.instruction_models import INSTRUCTION
from shopfloor.catalogue.instructions import (
    LONGEST,
    MOST_STEPS,
    StepWritten,
    begin_instruction,
    publish_instruction,
    save_instruction,
)
from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core.db import db
from shopfloor.core.files import path_of
from shopfloor.core.forms import Form
from shopfloor.core.media import media_of
from shopfloor.core.qr import qr_image
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Subject, find
from shopfloor.core.web import onward
from shopfloor.core.words import LANGUAGES
from shopfloor.people.access import act, requires, viewer

bp = Blueprint("instructions", __name__)
EDIT, SEE = "catalogue.edit", "work.view"


@bp.get("/items/<code>/instructions")
@requires(SEE)
def of_item(code: str) -> str:
    """Show the operations of an item with the revisions of their instructions."""
    found = queries.item_page(db.session(), code, viewer().today)
    written = reads.revisions(db.session(), found.item.id)
    names = {step.sequence: step.names for step in found.steps}
    sequences = sorted({*names, *(each.sequence for each, _code in written)})
    return render_template(
        "catalogue/instructions.html",
        found=found,
        names=names,
        written={n: [row for row in written if row[0].sequence == n] for n in sequences},
    )


@bp.post("/items/<code>/instructions")
@requires(EDIT)
def begin(code: str) -> Response:
    """Begin a revision with the steps of the last one, and go on to its page."""
    doing, form = act(), Form(request.form)
    made = begin_instruction(
        doing, item_id=find(db.session(), ITEM, code).id, sequence=form.needed("sequence")
    )
    return onward(url_for("instructions.revision", code=made.code), doing.id)


@bp.get("/instructions/<code>")
# A refused button is shown again at its own address.
@bp.get("/instructions/<code>/publish", endpoint="publish_form")
@requires(SEE)
def revision(code: str) -> str:
    """Show a revision: a draft to be written, a published one as it is."""
    return render_template("catalogue/instruction.html", longest=LONGEST, **_shown(code))


@bp.get("/instructions/<code>/preview")
@requires(SEE)
def preview(code: str) -> str:
    """Show a revision as the phone will show it, and the code to open it on one."""
    here = url_for("instructions.preview", code=code, _external=True)
    return render_template(
        "catalogue/instruction_preview.html",
        qr=qr_image(here, str(_l("Open it on a phone"))),
        **_shown(code),
    )


@bp.post("/instructions/<code>")
@requires(EDIT)
def save(code: str) -> Response:
    """Save the steps of a draft; the button that was pressed may also move or add one."""
    doing, form = act(), Form(request.form)
    subject = find(db.session(), INSTRUCTION, code)
    steps, place = _arranged(form, _steps(form))
    save_instruction(
        doing, instruction_id=subject.id, version=form.needed("version"), steps=tuple(steps)
    )
    back = url_for("instructions.revision", code=subject.code, _anchor=f"step-{place}")
    return onward(back, doing.id, _l("Saved."))


@bp.post("/instructions/<code>/publish")
@requires(EDIT)
def publish(code: str) -> Response:
    """Publish a draft as it is saved."""
    doing, form = act(), Form(request.form)
    publish_instruction(
        doing,
        instruction_id=find(db.session(), INSTRUCTION, code).id,
        version=form.needed("version"),
    )
    said = _l("Published. Orders released from now on show it.")
    return onward(url_for("instructions.revision", code=code), doing.id, said)


@bp.get("/instructions/files/<sha256>")
@requires(SEE)
def media(sha256: str) -> Response:
    """Send a picture or video of an instruction, or the part of it that a player asks for."""
    file = reads.shown_file(db.session(), sha256)
    if file is None or not path_of(file.sha256).exists():
        raise NotFound(_l("This picture is not here."), rule="not_found")
    sent = send_file(
        path_of(file.sha256), mimetype=file.media_type, conditional=True, etag=file.sha256
    )
    response = make_response(sent)
    # Its name is its content, so it never changes; it stays in this browser only.
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _shown(code: str) -> dict[str, Any]:
    subject = find(db.session(), INSTRUCTION, code)
    reading = reads.reading_of(db.session(), subject.id)
    item = db.session.get_one(Item, reading.instruction.item_id)
    number = db.session.get_one(Subject, item.id)
    return {"reading": reading, "item": item, "subject": number}


def _steps(form: Form) -> list[StepWritten]:
    """Return the steps of the form; one without words and picture is left out."""
    count = min(form.whole("count") or 0, MOST_STEPS + 1)
    steps = []
    for n in range(1, count + 1):
        words = {name: form.text(f"words_{name}_{n}", LONGEST * 2) for name in LANGUAGES}
        fresh = media_of(request.files.get(f"media_{n}"), f"media_{n}")
        kept = None if form.text(f"drop_{n}") else form.text(f"sha256_{n}", 64) or None
        steps.append(StepWritten(words, fresh or kept))
    return steps


def _arranged(form: Form, steps: list[StepWritten]) -> tuple[list[StepWritten], int]:
    """Return the steps in the order that the pressed button asks for, and where to look next."""
    what, _, number = form.text("do", 20).partition("-")
    at = int(number) - 1 if number.isdigit() else -1
    if what == "add":
        return [*steps, StepWritten()], len(steps) + 1
    if not 0 <= at < len(steps):
        return steps, 1
    step = steps.pop(at)
    if what == "remove":
        return steps, max(at, 1)
    place = max(at - 1, 0) if what == "up" else min(at + 1, len(steps))
    steps.insert(place, step)
    return steps, place + 1
