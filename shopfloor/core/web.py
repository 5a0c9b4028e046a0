"""What every page and every answer has in common: headers, languages, and how a write ends."""

import uuid
from typing import Any

from flask import (
    Flask,
    Response,
    flash,
    g,
    has_request_context,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_babel import Babel
from flask_compress import Compress
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from shopfloor.core import headers, outbox
from shopfloor.core.assets import init_assets, version
from shopfloor.core.demo_mark import is_demo
from shopfloor.core.forms import keep_small
from shopfloor.core.logs import init_logs
from shopfloor.core.refusals import Refused, Sentence
from shopfloor.core.same_origin import FormCookie, csrf, refuse_foreign_origin
from shopfloor.core.saying_no import (
    show_again,
    show_bug,
    show_http_error,
    show_refusal,
    stale_form,
)
from shopfloor.core.shown import show_money
from shopfloor.core.subjects import KINDS
from shopfloor.core.templates import init_templates
from shopfloor.core.whose import whose_form
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
    app.before_request(show_again)
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
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(Exception, show_bug)


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
