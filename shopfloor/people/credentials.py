"""Pages by which an administrator hands out passwords, badges and tokens, and takes them back."""

from flask import Blueprint, Response, request

from shopfloor.core.forms import Form
from shopfloor.core.qr import qr_image
from shopfloor.core.web import done
from shopfloor.people.access import act, requires
from shopfloor.people.changes import sign_out_everywhere
from shopfloor.people.commands import (
    issue_badge,
    issue_token,
    revoke_badge,
    revoke_token,
    set_proofs,
)
from shopfloor.people.directory import back_to_person, found_person
from shopfloor.people.once import fresh_secret
from shopfloor.people.proofs import read_proofs
from shopfloor.people.secrets import badge_code, digest, token_text

bp = Blueprint("credentials", __name__)
EDIT = "people.edit"


@bp.post("/people/<code>/proofs")
@requires(EDIT)
def prove(code: str) -> Response:
    """Set a new password or a new PIN, or both; open sessions end."""
    doing, form, found = act(), Form(request.form), found_person(code)
    set_proofs(doing, person_id=found.person.id, proofs=read_proofs(form))
    return back_to_person(code, doing.id, "proofs")


@bp.post("/people/<code>/badge")
@requires(EDIT)
def give_badge(code: str) -> Response:
    """Issue a badge and show its code once, ready to print."""
    doing, found = act(), found_person(code)
    text = badge_code(fresh_secret("badge", doing.id))
    issue_badge(doing, person_id=found.person.id, code_hash=digest(text))
    image = qr_image(text, found.person.name)
    return done("people/badge.html", doing.id, found=found, text=text, image=image)


@bp.post("/people/<code>/badge/revoked")
@requires(EDIT)
def take_badge(code: str) -> Response:
    """Make a lost badge worthless at once."""
    doing, found = act(), found_person(code)
    revoke_badge(doing, person_id=found.person.id)
    return back_to_person(code, doing.id, "badge")


@bp.post("/people/<code>/tokens")
@requires(EDIT)
def give_token(code: str) -> Response:
    """Issue a program's token and show it once."""
    doing, found = act(), found_person(code)
    form = Form(request.form, many=("verbs",))
    text = token_text(fresh_secret("token", doing.id))
    issue_token(
        doing,
        person_id=found.person.id,
        name=form.text("name", 80),
        token_hash=digest(text),
        verbs=tuple(form.fields.getlist("verbs")),
    )
    return done("people/token.html", doing.id, found=found, text=text, name=form.text("name"))


@bp.post("/people/<code>/tokens/revoked")
@requires(EDIT)
def take_token(code: str) -> Response:
    """End a program's token at once."""
    doing, form = act(), Form(request.form)
    revoke_token(doing, token_id=form.needed("token"))
    return back_to_person(code, doing.id, "tokens")


@bp.post("/people/<code>/sessions/ended")
@requires(EDIT)
def end_sessions(code: str) -> Response:
    """Sign a person out on every phone."""
    doing, found = act(), found_person(code)
    sign_out_everywhere(doing, person_id=found.person.id)
    return back_to_person(code, doing.id, "sessions")
