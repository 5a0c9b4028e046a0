"""Loads the demo into an empty database, once, and tells how to sign in."""

import json
import os
import secrets
import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.commands import add_reason
from shopfloor.catalogue.models import Reason, ReasonKind
from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.core.migrate import exclusive, prepare_database
from shopfloor.core.refusals import Refused
from shopfloor.demo import factory
from shopfloor.people.commands import (
    Proofs,
    add_crew,
    add_person,
    issue_badge,
    issue_token,
    join_crew,
)
from shopfloor.people.grants import give_role
from shopfloor.people.models import RoleVerb
from shopfloor.people.roles import VERBS, seed_roles
from shopfloor.people.secrets import digest, hash_word, new_badge_code, new_token
from shopfloor.people.setup import demo_file, founder
from shopfloor.people.viewer import rights_of
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.orders import Released, create_order, release_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict


@dataclass(frozen=True)
class SignIn:
    """How one person of the demo signs in."""

    role: str
    name: str
    language: str
    login: str
    password: str
    pin: str
    badge: str
    token: str


@dataclass(frozen=True)
class DemoLot:
    """A lot of the demo worth looking at."""

    number: str
    code: str
    state: str


def load_demo(app: Flask) -> dict[str, Any]:
    """Return the demo's sign-ins and lots; loads it first when the database is empty.

    Raises Refused when the database holds a factory: a demo never becomes one, nor the reverse.
    """
    prepare_database(app)
    with exclusive(app), app.app_context():
        kept = demo_file(app)
        if kept.exists():
            return dict(json.loads(kept.read_text()))
        if db.session.scalar(select(RoleVerb.role).limit(1)):
            raise Refused(
                _l("This database holds a factory, so the demo is not loaded into it."),
                _l("Set SHOPFLOOR_INSTANCE to another folder for a demo beside it."),
            )
        try:
            told = _load()
        finally:
            db.session.remove()
        with os.fdopen(os.open(kept, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(told, file, ensure_ascii=False, indent=1)
        return told


def _load() -> dict[str, Any]:
    with transaction() as session:
        seed_roles(session)
    built = factory.build()
    for kind, number, names, photo in factory.REASONS:
        add_reason(_founder(), kind=kind, number=number, names=names, photo=photo)
    sign_ins = [_person(built.site_id, *person) for person in factory.PEOPLE]
    crew = add_crew(
        _founder(), site_id=built.site_id, number="A", names={"en": "Crew A", "zh": "甲班"}
    )
    ids = dict(zip((s.login for s, _ in sign_ins), (i for _, i in sign_ins), strict=True))
    for sign_in, person_id in sign_ins:
        leads = sign_in.login == "susan"
        if sign_in.role in ("operator", "supervisor"):
            join_crew(_founder(), person_id=person_id, crew_id=crew.id, leads=leads)
    lots = _history(built, ids)
    return {
        "sign_ins": [asdict(sign_in) for sign_in, _ in sign_ins],
        "lots": [asdict(lot) for lot in lots],
    }


def _person(site_id: int, role: str, login: str, name: str, language: str) -> tuple[SignIn, int]:
    pin = f"{secrets.randbelow(10**4):04d}"
    password, badge, token = secrets.token_urlsafe(9), new_badge_code(), new_token()
    proofs = Proofs(password_hash=hash_word(password), pin_hash=hash_word(pin))
    made = add_person(
        _founder(), site_id=site_id, login=login, name=name, language=language, proofs=proofs
    )
    give_role(_founder(), person_id=made.id, role=role)
    issue_badge(_founder(), person_id=made.id, code_hash=digest(badge))
    issue_token(
        _founder(),
        person_id=made.id,
        name="demo",
        token_hash=digest(token),
        verbs=tuple(VERBS),
    )
    return SignIn(role, name, language, login, password, pin, badge, token), made.id


def _history(built: factory.Built, ids: dict[str, int]) -> list[DemoLot]:
    """Work on a few orders over the last day, so that every page has something to show."""
    fresh = _order(built, ids, 120, 30)
    started = _order(built, ids, 200, 28)
    _report(ids, started, 10, "120", 26)
    _report(ids, started, 20, "80", 25, scrap="2")
    waiting = _order(built, ids, 60, 24)
    _report(ids, waiting, 10, "60", 22)
    _report(ids, waiting, 20, "60", 20)
    held = _order(built, ids, 90, 19)
    _report(ids, held, 10, "90", 17)
    _report(ids, held, 20, "88", 15, scrap="2")
    record_inspection(
        _act(ids["ivan"], 14),
        lot=held.lot.code,
        operation=20,
        verdict=Verdict.FAIL,
        reason_id=_reason(ReasonKind.HOLD),
        note="12/13 < 8 µm",
    )
    start_work(_act(ids["olga"], 1), lot=started.lot.code, operation=10)
    return [
        DemoLot(order.lot.number or "", order.lot.code, state)
        for order, state in (
            (fresh, "released"),
            (started, "running"),
            (waiting, "waiting for inspection"),
            (held, "held"),
        )
    ]


def _order(built: factory.Built, ids: dict[str, int], quantity: int, ago: int) -> Released:
    order = create_order(
        _act(ids["paul"], ago),
        site_id=built.site_id,
        item_id=built.item_id,
        quantity=Decimal(quantity),
        due=(clock.now() + timedelta(days=3)).date(),
    )
    return release_order(_act(ids["paul"], ago), order_id=order.id)


def _report(
    ids: dict[str, int],
    order: Released,
    operation: int,
    good: str,
    ago: int,
    scrap: str = "0",
) -> None:
    report_quantities(
        _act(ids["olga"], ago),
        lot=order.lot.code,
        operation=operation,
        good=Decimal(good),
        scrap=Decimal(scrap),
        scrap_reason_id=_reason(ReasonKind.SCRAP),
    )


def _reason(kind: ReasonKind) -> int:
    return db.session.scalars(
        select(Reason.id).where(Reason.kind == kind).order_by(Reason.id).limit(1)
    ).one()


def _act(person_id: int, ago: int) -> Act:
    db.session.rollback()
    rights = rights_of(db.session(), person_id)
    when = When(clock.now() - timedelta(minutes=10 * ago))
    return Act(uuid.uuid4().hex, person_id, rights, when)


def _founder() -> Act:
    return founder(uuid.uuid4().hex)
