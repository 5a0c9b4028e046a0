"""The first start of a factory: its roles, its site, and its first administrator."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.db import db, transaction
from shopfloor.core.demo_mark import FILE, is_demo
from shopfloor.core.events import EventKind, Where
from shopfloor.core.refusals import NotFound, Refused
from shopfloor.core.rights import Rights
from shopfloor.people.commands import Proofs, build_person
from shopfloor.people.models import Grant, Person, RoleVerb, SetupLink
from shopfloor.people.roles import VERBS, seed_roles
from shopfloor.people.secrets import digest, new_token
from shopfloor.plant.commands import build_site

FIRST_ADMINISTRATOR = EventKind(
    "people.first_administrator",
    _l("First administrator"),
    no_inverse_because="the factory has begun with it",
)
Stage = Literal["new", "waiting", "demo", "factory"]
LINK_LASTS = timedelta(days=1)
# Who acts while nobody exists yet: the person at the server's terminal.
FOUNDER = Rights(frozenset((verb, None) for verb in VERBS))


@dataclass(frozen=True)
class Founded:
    """The first administrator of a factory."""

    person_id: int
    login: str


def founder(action_id: str) -> Act:
    """Return the Act of the person at the terminal, before anybody has an account."""
    return Act(id=action_id, actor_id=None, rights=FOUNDER)


def stage(app: Flask) -> Stage:
    """Say how far the database is: new, waiting for its administrator, demo or factory."""
    with app.app_context():
        try:
            if not db.session.scalar(select(RoleVerb.role).limit(1)):
                return "new"
            if is_demo():
                return "demo"
            return "factory" if db.session.scalar(select(Person.id).limit(1)) else "waiting"
        finally:
            db.session.remove()


def nobody_yet() -> bool:
    """Say whether nobody has an account yet, so that the set-up link is the only way in."""
    return db.session.scalar(select(Person.id).limit(1)) is None


def demo_file(app: Flask) -> Path:
    """Return where the demo keeps its sign-ins."""
    return Path(app.instance_path) / FILE


def make_setup_link(app: Flask, base_url: str) -> str:
    """Return a one-time link for the first administrator; earlier unused links end."""
    token = new_token()
    with app.app_context():
        try:
            with transaction() as session:
                if session.scalar(select(Person.id).limit(1)):
                    raise Refused(_l("This factory has its administrator already."))
                if not session.scalar(select(RoleVerb.role).limit(1)):
                    seed_roles(session)
                session.execute(delete(SetupLink).where(SetupLink.used_at.is_(None)))
                session.add(SetupLink(token_hash=digest(token), made_at=clock.now()))
        finally:
            db.session.remove()
    return f"{base_url}set-up/{token}"


@dataclass(frozen=True)
class NewFactory:
    """What the first administrator says about his factory."""

    number: str
    names: dict[str, str]
    zone: str
    currency: str


@command(Gate.NONE, "the factory is empty; there is no lot")
def found(
    tx: Tx,
    *,
    token_hash: str,
    factory: NewFactory,
    login: str,
    name: str,
    language: str,
    proofs: Proofs,
) -> Founded:
    """Make the site and the first administrator of an empty factory; the link works once."""
    used = tx.session.execute(
        update(SetupLink).where(open_link(token_hash)).values(used_at=clock.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise link_over()
    site = build_site(tx, factory.number, factory.names, factory.zone, factory.currency, language)
    made = build_person(tx, site.id, login, name, language, None, proofs)
    tx.session.execute(
        insert(Grant).values(
            person_id=made.id, role="administrator", given_at=clock.now(), given_by_id=made.id
        )
    )
    tx.record(FIRST_ADMINISTRATOR, Where(site_id=site.id), {}, about=[site.id, made.id])
    return Founded(made.id, login)


def open_link(token_hash: str) -> ColumnElement[bool]:
    """Return the condition that a set-up link still works: once, and for a day."""
    return and_(
        SetupLink.token_hash == token_hash,
        SetupLink.used_at.is_(None),
        SetupLink.made_at > clock.now() - LINK_LASTS,
    )


def link_over() -> NotFound:
    """Return the refusal for a set-up link that was used, has run out or never was."""
    return NotFound(
        _l("This set-up link has been used, has run out or is not valid."),
        _l(
            "Sign in if you have an account. While nobody has one, the server prints a new link "
            "whenever it starts."
        ),
        rule="link_used",
    )
