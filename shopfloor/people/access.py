"""Who may open what: every route names the verb it needs, or says that it is public."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import (
    Flask,
    Request,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    request,
    url_for,
)
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user
from itsdangerous import BadSignature, URLSafeSerializer

from shopfloor.core import clock, rights
from shopfloor.core.actions import Act
from shopfloor.core.clock import reckon
from shopfloor.core.db import db
from shopfloor.core.outbox import (
    by_outbox,
    made_offline,
    require_same_person,
    scanned_by_script,
)
from shopfloor.core.refusals import NotYours, Refused, Sentence
from shopfloor.core.same_origin import safe_path
from shopfloor.core.web import fresh_id
from shopfloor.people import sign_in
from shopfloor.people.looks import init_looks
from shopfloor.people.notices import init_notices
from shopfloor.people.revoked import under_revoked_badge
from shopfloor.people.secrets import new_token
from shopfloor.people.sign_in import Browser
from shopfloor.people.viewer import Viewer, by_cookie, by_token

COOKIE = "shopfloor_session"
DEVICE_COOKIE = "shopfloor_device"
KNOWN_COOKIE = "shopfloor_known"
KNOWN_DAYS = 400
SEEN_EVERY = timedelta(minutes=2)
View = TypeVar("View", bound=Callable[..., Any])

# Who is there is asked of our own sign-ins on every request, so that an ended one is ended at
# once; Flask-Login's own cookies are not used.
_login = LoginManager()
_login.session_protection = None


@dataclass(frozen=True)
class DeskLink:
    """A place of the desk and the verb that opens it."""

    verb: str
    url: str
    icon: str
    label: Sentence
    place: str


def init_access(app: Flask, desk_links: list[DeskLink]) -> None:
    """Greet whoever is there, and tell every page who that is and where he may go."""
    app.config["REMEMBER_COOKIE_NAME"] = "shopfloor_never_remembered"
    _login.init_app(app, add_context_processor=False)
    # Before the form's token is looked at: that no, too, is said in the person's language.
    app.before_request_funcs.setdefault(None, []).insert(0, _greet)

    def about_viewer() -> dict[str, Any]:
        person = viewer_or_none()
        links = [link for link in desk_links if person and person.rights.has(link.verb)]
        return {"person": person, "desk_links": links}

    app.context_processor(about_viewer)
    init_notices(app)
    init_looks(app)


def public(because: str) -> Callable[[View], View]:
    """Declare a route that needs no sign-in, and why."""

    def mark(view: View) -> View:
        view.public = because  # type: ignore[attr-defined]  # read by the route test
        return view

    return mark


def requires(verb: str, *, parks: bool = False) -> Callable[[View], View]:
    """Declare the verb a route needs; without it 403, without sign-in the way to it.

    Where an entry `parks`, one that was made offline goes on to its command without the verb:
    whoever did it may have had the verb then. Such a view does nothing but call that command.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            person = viewer_or_none()
            waits = require_same_person(person.person_id if person else None)
            if waits is not None:
                return waits
            if person is None:
                return _ask_to_sign_in()
            if verb and not person.rights.has(verb):
                lacking = _lacking(person, verb)
                if not (parks and request.method == "POST" and made_offline()):
                    raise lacking
                g.lacking = lacking
            return view(*args, **kwargs)

        guarded.verb = verb  # type: ignore[attr-defined]  # read by the route test
        return cast(View, guarded)

    return mark


# A page every signed-in person has, whatever his role.
signed_in = requires("")


def viewer_or_none() -> Viewer | None:
    """Return the person of this request, or None."""
    person = current_user._get_current_object()
    return person if isinstance(person, Viewer) else None


def viewer() -> Viewer:
    """Return the person of this request; the route has made sure that there is one."""
    person = viewer_or_none()
    if person is None:
        raise RuntimeError("a route without requires() asked who is there")
    return person


def act() -> Act:
    """Return this person about to do what the posted form says, at the phone's corrected time."""
    form = request.form
    when = reckon(form.get("happened_at", ""), form.get("sent_at", ""))
    doing = viewer().act(form.get("action_id", "") or fresh_id(), when)
    # What an outbox cannot date may be as old as any other entry that waited without network.
    if not (made_offline() or (by_outbox() and when.undated)):
        return doing
    no = g.get("lacking") or under_revoked_badge(db.session(), viewer(), when)
    return replace(doing, offline=True, no=no)


def browser() -> Browser:
    """Return the browser of this request with the device it is enrolled as."""
    token = request.cookies.get(DEVICE_COOKIE)
    known, _signed = _known_name(request.cookies.get(KNOWN_COOKIE, ""))
    return Browser(
        request.remote_addr or "",
        sign_in.device_of(token) if token else None,
        known,
        request.cookies.get(COOKIE, ""),
    )


def keep_known(response: Response) -> None:
    """Let a browser on which somebody has signed in prove later that it is no stranger."""
    name, signed = _known_name(request.cookies.get(KNOWN_COOKIE, ""))
    if not name:
        signed = _names().dumps(new_token()[:16])
    keep_cookie(response, KNOWN_COOKIE, signed, days=KNOWN_DAYS)


def _known_name(signed: str) -> tuple[str, str]:
    try:
        return str(_names().loads(signed)), signed
    except BadSignature:
        return "", ""


def _names() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known browser")


def keep_cookie(response: Response, name: str, value: str, days: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        name,
        value,
        max_age=days * 86400 if days else None,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )


@_login.request_loader  # type: ignore[untyped-decorator]  # Flask-Login brings no types
def _load(_request: Request) -> Viewer | None:
    if request.path.startswith("/api/"):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return by_token(db.session(), token) if scheme == "Bearer" and token else None
    cookie = request.cookies.get(COOKIE)
    return by_cookie(db.session(), cookie) if cookie else None


def _greet() -> None:
    if request.endpoint == "static":
        return
    person = viewer_or_none()
    if person is None:
        return
    g.person_id, g.language, g.zone = person.person_id, person.language, person.zone
    g.to_be_told = person.to_be_told
    if person.sign_in_id and person.seen_at and clock.now() - person.seen_at > SEEN_EVERY:
        sign_in.note_seen(person.sign_in_id)


def _ask_to_sign_in() -> Response:
    if request.path.startswith("/api/"):
        refusal = Refused(_l("A valid token is needed."), rule="no_token")
        refusal.status = 401
        raise refusal
    if scanned_by_script():
        return make_response("", 401)
    target = request.full_path.rstrip("?") if request.method == "GET" else request.path
    response = make_response(
        redirect(url_for("people.sign_in_form", next=safe_path(target)), code=303)
    )
    if request.method != "GET":
        response.headers["Shopfloor-Answer"] = "refused"
    return response


def _lacking(person: Viewer, verb: str) -> NotYours:
    if person.reporting_only:
        return NotYours(
            _l("Your badge alone opens reporting only."),
            _l("Sign in with your PIN to do this."),
            rule="pin_needed",
        )
    return rights.lacking(verb)
