"""The page behind the one-time set-up link: the factory, and its first administrator."""

import zoneinfo
from contextlib import suppress

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core.actions import Act
from shopfloor.core.commands import AlreadyBooked
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed, all_at_once
from shopfloor.core.web import fresh_id
from shopfloor.people import sign_in
from shopfloor.people.access import browser, public
from shopfloor.people.models import SetupLink
from shopfloor.people.proofs import read_proofs, require_password, require_pin
from shopfloor.people.routes import let_in
from shopfloor.people.secrets import digest
from shopfloor.people.setup import FOUNDER, NewFactory, found, link_over, open_link

bp = Blueprint("founding", __name__)
CURRENCIES = "CNY EUR USD GBP JPY KRW TWD HKD VND THB IDR MYR INR CHF SEK PLN CZK TRY MXN BRL"
_REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@bp.get("/set-up/<token>")
@public("nobody has an account yet; the link itself is the proof")
def set_up_form(token: str) -> str:
    """Show the form of the first start, or say that the link is over."""
    link = db.session.scalar(select(SetupLink.token_hash).where(open_link(digest(token))))
    if link is None:
        raise link_over()
    return render_template(
        "people/set_up.html", token=token, zones=zones(), currencies=CURRENCIES.split()
    )


@bp.post("/set-up/<token>")
@public("nobody has an account yet; the link itself is the proof")
def set_up(token: str) -> Response:
    """Make the factory and its first administrator, and sign him in."""
    form = _complete(Form(request.form))
    login, language = form.text("login", 80), form.text("language", 10)
    # Sent twice with something mended in between: the password decides who goes on.
    with suppress(AlreadyBooked):
        found(
            Act(form.text("action_id", 64) or fresh_id(), None, FOUNDER),
            token_hash=digest(token),
            factory=_factory(form),
            login=login,
            name=form.text("name", 120),
            language=language,
            proofs=read_proofs(form, needed=True),
        )
    entered = sign_in.by_password(login, form.fields.get("password", ""), browser())
    return let_in(entered, "/first-steps")


def _complete(form: Form) -> Form:
    """Tell all mistakes of a form at once: the passwords have to be typed again each time."""
    all_at_once(
        (
            lambda: _require(any(_factory(form).names.values()), "factory_en"),
            lambda: _require(form.text("number", 80), "number"),
            lambda: _require(form.text("name", 120), "name"),
            lambda: _require(form.text("login", 80), "login"),
            lambda: require_password(
                form.fields.get("password", ""), form.fields.get("password_again", "")
            ),
            lambda: require_pin(form.text("pin", 20)),
        )
    )
    return form


def _require(given: object, field: str) -> None:
    if not given:
        raise Malformed(_l("Something is missing here."), rule="missing", field=field)


def zones() -> list[str]:
    """Return the time zones people live in, by name."""
    return sorted(z for z in zoneinfo.available_timezones() if z.split("/")[0] in _REGIONS)


def _factory(form: Form) -> NewFactory:
    return NewFactory(
        number=form.text("number", 80),
        names={language: form.text(f"factory_{language}", 200) for language in ("en", "zh")},
        zone=form.text("zone", 60),
        currency=form.text("currency", 3).upper(),
    )
