"""What every page and every answer has in common: headers, languages, refusals, errors."""

import secrets
import uuid
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    has_request_context,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_babel import Babel
from flask_babel import lazy_gettext as _l
from flask_compress import Compress
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter
from werkzeug.routing.exceptions import RequestRedirect

from shopfloor.core import headers, outbox
from shopfloor.core.assets import init_assets, version
from shopfloor.core.db import db
from shopfloor.core.demo_mark import is_demo
from shopfloor.core.files import with_photos
from shopfloor.core.forms import keep_small
from shopfloor.core.logs import init_logs, log, note_refusal, quiet
from shopfloor.core.problems import problem
from shopfloor.core.refusals import Parked, Refused, Sentence
from shopfloor.core.same_origin import FormCookie, csrf, refuse_foreign_origin
from shopfloor.core.shown import show_money
from shopfloor.core.subjects import KINDS
from shopfloor.core.templates import init_templates
from shopfloor.core.whose import is_anothers, whose_form
from shopfloor.core.wording import init_wording
from shopfloor.core.words import LANGUAGES, LOCALES


class _Number(IntegerConverter):
    """A number in an address that a database can keep; a longer one is no address of ours."""

    regex = r"\d{1,18}"


def init_web(app: Flask) -> None:
    """Give the app its languages, its form tokens, its headers and its way of saying no."""
    app.url_map.converters["int"] = _Number
    init_logs(app)
    # First of all: whoever asks for the templates makes them.
    init_templates(app)
    babel = Babel(app, locale_selector=choose_locale, timezone_selector=lambda: g.get("zone"))
    init_wording(app, babel)
    app.session_interface = FormCookie()
    app.before_request(keep_small)
    app.before_request(outbox.require_same_outbox)
    app.before_request(refuse_foreign_origin)
    csrf.init_app(app)
    Compress(app)
    app.jinja_env.globals.update(
        fresh_id=fresh_id,
        whose_form=whose_form,
        pay_text=show_money,
        kind_label=lambda kind: KINDS[kind].label,
    )
    init_assets(app, headers.FIXED)
    app.after_request(headers.finish)
    app.context_processor(_context)
    app.register_error_handler(Refused, show_refusal)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Exception, _show_bug)


def fresh_id() -> str:
    """Return a new action id, as the browser would make one."""
    return str(uuid.uuid4())


def language() -> str:
    """Return the language of this request: the person's, the cookie's, or the browser's.

    A program that asks for a language gets it, whosever token it holds.
    """
    if request.path.startswith("/api/"):
        asked = request.accept_languages.best_match(list(LANGUAGES))
        if asked:
            return asked
    chosen = g.get("language") or request.cookies.get("shopfloor_language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def choose_locale() -> str:
    """Return Babel's name of the language of this request."""
    return LOCALES[language()] if has_request_context() else "en"


def done(template: str, action_id: str, **context: Any) -> Response:
    """Answer a write that was booked: the page, and the header that tells the phone so."""
    return outbox.answered(make_response(render_template(template, **context)), "done", action_id)


def onward(url: str, action_id: str, said: Sentence | str = "") -> Response:
    """Answer a write that was booked by leading on to a page, which shows `said` once."""
    if outbox.by_outbox():
        return outbox.led_on(url, said, action_id)
    if str(said):
        flash(str(said))
    return outbox.answered(make_response(redirect(url, code=303)), "done", action_id)


def show_refusal(refusal: Refused) -> Response:
    """Show a "no" on the form it came from, with everything typed still in it."""
    db.session.rollback()
    note_refusal(refusal)
    if request.path.startswith("/api/"):
        return problem(refusal)
    body, typed = None, _typed()
    # A form that is too large to be read is answered, too: its id stands in a header as well.
    given = typed.get("action_id", "") or request.headers.get("Shopfloor-Action", "")
    action_id = quiet(given)[:64]
    if isinstance(refusal, Parked):
        page = make_response(render_template("_layout/parked.html", no=refusal), refusal.status)
        return outbox.answered(page, "parked", action_id)
    if request.method == "POST" and "refusal" not in g:
        g.refusal, g.typed = refusal, MultiDict() if is_anothers(typed) else with_photos(typed)
        body = _form_again()
    else:
        g.refusal = refusal
    response = make_response(body or render_template("_layout/refused.html"), refusal.status)
    response.headers["Shopfloor-Rule"] = refusal.rule
    return outbox.answered(response, "refused", action_id)


def _typed() -> MultiDict[str, str]:
    """Return what was typed; nothing of a form that was too large to be read."""
    try:
        return request.form
    except HTTPException:
        return MultiDict()


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


def _stale_form(_error: CSRFError) -> Response:
    again = outbox.outdated_token()
    if again is not None:
        return again
    hint = _l("Check what you typed and send it once more.")
    if is_anothers(_typed()):
        hint = _l("It was begun by somebody else. Enter it again as yourself.")
    refusal = Refused(
        _l("This form is out of date, so nothing was booked."),
        hint,
        rule="stale_form",
    )
    refusal.status = 403
    return show_refusal(refusal)


def _show_http_error(error: HTTPException) -> Response:
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


def _show_bug(error: Exception) -> Response:
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


def _context() -> dict[str, Any]:
    return {
        "nonce": headers.nonce(),
        "version": version(),
        "language": language(),
        "languages": list(LANGUAGES.items()),
        "theme": request.cookies.get("shopfloor_theme", ""),
        "refusal": g.get("refusal"),
        "typed": g.get("typed") or {},
        "demo": is_demo(),
    }
