"""Loads the demo into an empty database, once, and tells how to sign in."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.core.migrate import exclusive, prepare_database
from shopfloor.core.reconcile import keep_check, run_checks
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.demo import people, plant
from shopfloor.demo.diary import Diary, crews_by_shift
from shopfloor.demo.factory import (
    Built,
    Member,
    build_catalogue,
    build_plant,
    build_shifts,
)
from shopfloor.demo.floor import hand_on
from shopfloor.demo.gauges import fill_register
from shopfloor.demo.history import tell
from shopfloor.demo.people import Somebody
from shopfloor.demo.plans import write_plans
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
from shopfloor.people.setup import demo_file
from shopfloor.people.skills import add_skill, give_skill
from shopfloor.people.viewer import rights_of

# The lots of the walk first, in its order.
KNOWN = ("released", "running", "waiting for inspection", "held", "paused", "overdue")


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
    """A lot of the demo worth looking at, and the number of its lock if it is held."""

    number: str
    code: str
    state: str
    hold: int | None


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
    built = Built(clock.now())
    build_plant(built)
    sign_ins = _hire(built)
    leaders = {shift: people.LEADERS[crew] for shift, crew in crews_by_shift(built.now).items()}
    build_shifts(built, leaders)
    _teach(built)
    build_catalogue(built)
    diary = Diary(built, {each.login: (each.badge, each.pin) for each in sign_ins})
    stories = tell(diary)
    hand_on(diary, stories)
    write_plans(diary)
    fill_register(diary)
    keep_check(Act(built.next_id(), None, when=When(clock.now())), found=run_checks())
    known = {story.plan.known_as: story for story in stories if story.released}
    lots = [
        DemoLot(made.lot.number or "", made.lot.code, name, known[name].hold_id)
        for name in KNOWN
        if (made := known[name].released)
    ]
    return {
        "sign_ins": [asdict(sign_in) for sign_in in sign_ins],
        "lots": [asdict(lot) for lot in lots],
        "stations": _stations(built),
    }


def _teach(built: Built) -> None:
    """Give those who run a press the skill that its work asks for."""
    for number, (names, logins) in people.SKILLS.items():
        made = add_skill(built.founder(), number=number, names=names)
        built.skills[number] = made.id
        for login in logins:
            give_skill(built.founder(), person_id=built.members[login].id, skill_id=made.id)


def _hire(built: Built) -> list[SignIn]:
    """Make the crews and everybody in them; returns how the visitors' people sign in."""
    crews = {
        number: add_crew(built.founder(), site_id=built.site_id, number=number, names=names).id
        for number, names in plant.CREWS.items()
    }
    sign_ins = []
    # Whoever leads a crew is there before those whom he leads.
    for each in sorted(people.PEOPLE, key=lambda p: p.login not in people.LEADERS.values()):
        if each in people.SIGN_INS:
            sign_ins.append(_with_proofs(built, each, crews))
        else:
            made = add_person(
                built.founder(),
                site_id=built.site_id,
                login=each.login,
                name=each.name,
                language=each.language,
            )
            _employ(built, each, made.id, crews)
    order = [each.login for each in people.SIGN_INS]
    return sorted(sign_ins, key=lambda each: order.index(each.login))


def _with_proofs(built: Built, each: Somebody, crews: dict[str, int]) -> SignIn:
    pin = f"{secrets.randbelow(10**4):04d}"
    password, badge, token = secrets.token_urlsafe(9), new_badge_code(), new_token()
    proofs = Proofs(password_hash=hash_word(password), pin_hash=hash_word(pin))
    made = add_person(
        built.founder(),
        site_id=built.site_id,
        login=each.login,
        name=each.name,
        language=each.language,
        proofs=proofs,
    )
    issue_badge(built.founder(), person_id=made.id, code_hash=digest(badge))
    issue_token(
        built.founder(),
        person_id=made.id,
        name="demo",
        token_hash=digest(token),
        verbs=tuple(VERBS),
    )
    _employ(built, each, made.id, crews)
    return SignIn(each.role, each.name, each.language, each.login, password, pin, badge, token)


def _employ(built: Built, each: Somebody, person_id: int, crews: dict[str, int]) -> None:
    """Give a person his role, on his line or everywhere, and his place in a crew."""
    scope = built.lines.get(each.line)
    give_role(built.founder(), person_id=person_id, role=each.role, scope_id=scope)
    crew_id, leader = crews.get(each.crew), people.LEADERS.get(each.crew)
    if crew_id is not None:
        leads = leader == each.login
        join_crew(built.founder(), person_id=person_id, crew_id=crew_id, leads=leads)
    db.session.rollback()
    led_by = built.members.get(leader or "")
    built.members[each.login] = Member(
        person_id,
        rights_of(db.session(), person_id),
        crew_id,
        led_by.id if led_by else None,
    )


def _stations(built: Built) -> list[dict[str, str]]:
    """Return number and code of every station, for the sheet of labels."""
    db.session.rollback()
    found = select(Subject.number, Subject.code).where(Subject.id.in_(built.stations.values()))
    return [{"number": row.number, "code": row.code} for row in db.session.execute(found)]
