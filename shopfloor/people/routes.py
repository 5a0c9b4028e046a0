"""Signing in and out, and choosing one's language."""

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed
from shopfloor.core.same_origin import csrf, require_own_form, safe_path
from shopfloor.core.web import fresh_id
from shopfloor.core.words import LANGUAGES
from shopfloor.people import sign_in
from shopfloor.people.access import (
    COOKIE,
    browser,
    keep_cookie,
    keep_known,
    public,
    signed_in,
    viewer,
    viewer_or_none,
)
from shopfloor.people.commands import choose_language
from shopfloor.people.proofs import LONGEST_PASSWORD
from shopfloor.people.setup import nobody_yet

bp = Blueprint("people", __name__)


@bp.get("/sign-in")
@public("nobody is signed in yet")
def sign_in_form() -> ResponseReturnValue:
    """Show both ways in: badge first on a shared device, login first on one's own."""
    return render_template(
        "people/sign_in.html",
        shared=browser().device_id is not None,
        next=safe_path(request.values.get("next")),
        nobody=nobody_yet(),
    )


@bp.post("/sign-in")
@public("this is how one signs in")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF has no types for it
def enter() -> Response:
    """Sign in with login and password, or with badge and PIN, under a cookie never used before."""
    require_own_form()
    form = Form(request.form)
    if form.text("badge"):
        token = sign_in.by_badge(form.text("badge"), form.text("pin"), browser())
    else:
        # As it was typed when it was chosen: a blank at its end belongs to it.
        password = form.fields.get("password", "")[: LONGEST_PASSWORD + 1]
        token = sign_in.by_password(form.text("login"), password, browser())
    return let_in(token, safe_path(form.text("next")))


@bp.post("/sign-out")
@signed_in
def leave() -> Response:
    """End the session on the server and empty the browser."""
    person = viewer()
    if person.sign_in_id is not None:
        sign_in.sign_out(person.sign_in_id)
    session.clear()
    response = make_response(redirect(url_for("people.sign_in_form"), code=303))
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.post("/language")
@public("who is not signed in reads too")
def language() -> Response:
    """Switch the language at once, for the person or for this browser."""
    form = Form(request.form)
    chosen = form.text("language", 10)
    if chosen not in LANGUAGES:
        raise Malformed(_l("This language is not offered."), rule="bad_language")
    person = viewer_or_none()
    if person is not None:
        choose_language(person.act(fresh_id()), language=chosen)
    # A form that was sent along is posted on, to be shown again as it was typed.
    carry = form.text("carry", 2000)
    there = safe_path(carry or form.text("next", 2000))
    response = make_response(redirect(there, code=307 if carry else 303))
    response.set_cookie("shopfloor_language", chosen, max_age=31536000, samesite="Lax")
    return response


@bp.post("/theme")
@public("who is not signed in sees too")
def theme() -> Response:
    """Choose light, dark, or what the phone says."""
    form = Form(request.form)
    response = make_response(redirect(safe_path(form.text("next", 2000)), code=303))
    chosen = form.text("theme", 10)
    if chosen in ("light", "dark"):
        response.set_cookie("shopfloor_theme", chosen, max_age=31536000, samesite="Lax")
    else:
        response.delete_cookie("shopfloor_theme")
    return response


def let_in(token: str, target: str) -> Response:
    """Send a person who has just proved himself on to where he wanted to go."""
    # A form that was opened before is nobody's now: not the next person's, and no stranger's.
    session.clear()
    response = make_response(redirect(target, code=303))
    keep_cookie(response, COOKIE, token)
    keep_known(response)
    return response
