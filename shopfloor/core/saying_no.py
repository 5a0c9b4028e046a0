"""How a "no" is shown: on the form it came from, as a page, to a program; errors of ours, too."""

import secrets

from flask import Response, current_app, g, make_response, redirect, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import RequestRedirect

from shopfloor.core import outbox
from shopfloor.core.db import db
from shopfloor.core.files import with_photos
from shopfloor.core.logs import log, note_refusal, quiet
from shopfloor.core.problems import problem
from shopfloor.core.refusals import Parked, Refused
from shopfloor.core.whose import is_anothers


def show_refusal(refusal: Refused) -> Response:
    """Show a "no" on the form it came from, with everything typed still in it."""
    db.session.rollback()
    note_refusal(refusal)
    if request.path.startswith("/api/"):
        return problem(refusal)
    body, (typed, sent) = None, _sent()
    # A form that is too large to be read is answered, too: its id stands in a header as well.
    given = typed.get("action_id", "") or request.headers.get("Shopfloor-Action", "")
    action_id = quiet(given)[:64]
    if isinstance(refusal, Parked):
        page = make_response(render_template("_layout/parked.html", no=refusal), refusal.status)
        return outbox.answered(page, "parked", action_id)
    if request.method == "POST" and "refusal" not in g:
        g.refusal = refusal
        g.typed = MultiDict() if is_anothers(typed) else with_photos(typed, sent)
        body = _form_again()
    else:
        g.refusal = refusal
    response = make_response(body or render_template("_layout/refused.html"), refusal.status)
    response.headers["Shopfloor-Rule"] = refusal.rule
    return outbox.answered(response, "refused", action_id)


def show_again() -> Response | None:
    """Show a phone the form of an entry that was refused before; its command is not asked."""
    said = outbox.refused_before()
    if said is None:
        return None
    hint = _l(
        "Nothing of it is booked. It stays in the list of this phone until you send it corrected, "
        "or remove it."
    )
    return show_refusal(Refused(said or _l("This was refused."), hint, rule="refused_before"))


def _sent() -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    """Return what was typed and sent along; nothing of a form that was too large to be read."""
    try:
        return request.form, request.files
    except HTTPException:
        return MultiDict(), MultiDict()


def _form_again() -> str | None:
    """Call the page that showed the form: the GET of the address that was posted to.

    A page that sends the person on (to sign in, say) has no form to show.
    """
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        endpoint, arguments = adapter.match(method="GET")
        page = current_app.view_functions[endpoint](**arguments)
        return page if isinstance(page, str) else None
    except (HTTPException, RequestRedirect, Refused):
        return None


def stale_form(_error: CSRFError) -> Response:
    """Ask for a form once more that is too old; an outbox just fetches a fresh token."""
    again = outbox.outdated_token()
    if again is not None:
        return again
    hint = _l("Check what you typed and send it once more.")
    if is_anothers(_sent()[0]):
        hint = _l("It was begun by somebody else. Enter it again as yourself.")
    refusal = Refused(
        _l("This form is out of date, so nothing was booked."),
        hint,
        rule="stale_form",
    )
    refusal.status = 403
    return show_refusal(refusal)


def show_http_error(error: HTTPException) -> Response:
    """Say what the framework refuses in our own words; a moved address is followed."""
    if isinstance(error, RequestRedirect):
        return make_response(redirect(error.new_url, error.code))
    code = error.code or 500
    if request.path.startswith("/static/"):
        # A page in the place of a script or a picture would only confuse whoever asked for it.
        said = Response(f"{code} {error.name}\n", code, mimetype="text/plain")
        said.headers["Cache-Control"] = "no-store"
        return said
    sentences = {
        400: _l("This could not be read."),
        404: _l("There is nothing here."),
        405: _l("This cannot be done here."),
        413: _l("This is too large."),
        415: _l("This kind of content is not taken here."),
    }
    refusal = Refused(sentences.get(code, _l("This did not work.")), rule=f"http_{code}")
    refusal.status = code
    response = show_refusal(refusal)
    if code == 405:
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
    return response


def show_bug(error: Exception) -> Response:
    """Log a bug under a number that the worker can read out; nothing was booked."""
    db.session.rollback()
    number = secrets.token_hex(3).upper()
    # The rule and not the path: a path may carry a one-time key.
    rule = request.url_rule or "-"
    log.exception("bug %s at %s %s", number, request.method, rule, exc_info=error)
    sentence = _l("Something went wrong on our side. Nothing was booked.")
    hint = _l(
        "Try once more. If it happens again, tell your supervisor the number %(number)s.",
        number=number,
    )
    g.refusal = Refused(sentence, hint, rule="bug")
    if request.path.startswith("/api/"):
        g.refusal.status = 500
        return problem(g.refusal)
    try:
        page = render_template("_layout/refused.html")
    except Exception:
        # Without its database not even the person's name can be shown.
        page = (
            f"<!doctype html><title>Shopfloor</title><p>{escape(str(sentence))} {escape(str(hint))}"
        )
    return outbox.failed(make_response(page, 500))
