"""Verbs and the roles a new factory starts with; afterwards roles are rows in role_verb."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert
from sqlalchemy.orm import Session

from shopfloor.core.refusals import Sentence
from shopfloor.people.models import RoleVerb

VERBS: dict[str, Sentence] = {
    "work.view": _l("see lots, orders and work"),
    "work.report": _l("start work and report it"),
    "work.override": _l("book more than came, out of order or late, with a reason"),
    "undo.own": _l("take back the own last entry"),
    "undo.any": _l("take back any entry, with a reason"),
    "inspection.record": _l("inspect and give a verdict"),
    "code.link": _l("link barcodes of others to lots and items"),
    "hold.place": _l("lock a lot or an order"),
    "hold.release": _l("release a lock and decide about its pieces"),
    "concession.approve": _l("approve a concession: pieces may go on although they are not right"),
    "order.plan": _l("enter and release work orders"),
    "catalogue.edit": _l("edit items, BOMs, routings and reasons"),
    "plan.edit": _l("write and publish inspection plans"),
    "rate.edit": _l("set piece rates"),
    "plant.edit": _l("edit sites, lines, stations, places and shifts"),
    "people.edit": _l("edit people, roles, badges and devices"),
    "people.record": _l("open what is on record about a person"),
    "people.compare": _l("see people ranked by name"),
    "events.read": _l("read and search what has happened"),
    "ledger.check": _l("see the self-check of the ledger"),
}

# A badge alone, on a device of the factory, opens these and nothing more.
REPORTING = frozenset({"work.view", "work.report", "undo.own", "inspection.record"})

_FLOOR = ["work.view", "undo.own"]
ROLES: dict[str, list[str]] = {
    "operator": [*_FLOOR, "work.report"],
    "inspector": [*_FLOOR, "inspection.record", "hold.place"],
    "storekeeper": [*_FLOOR, "code.link"],
    "supervisor": [
        *_FLOOR,
        "work.report",
        "work.override",
        "undo.any",
        "code.link",
        "hold.place",
        "hold.release",
        "concession.approve",
        "people.record",
    ],
    # Signs from his own phone when nobody else who may release is on shift.
    "deputy": [*_FLOOR, "hold.release"],
    "quality": [
        *_FLOOR,
        "inspection.record",
        "code.link",
        "hold.place",
        "hold.release",
        "concession.approve",
        "plan.edit",
        "events.read",
    ],
    "planner": [*_FLOOR, "code.link", "order.plan", "catalogue.edit", "plan.edit", "rate.edit"],
    "administrator": [
        *_FLOOR,
        "work.report",
        "code.link",
        "order.plan",
        "catalogue.edit",
        "plan.edit",
        "rate.edit",
        "plant.edit",
        "people.edit",
        "people.record",
        "events.read",
        "ledger.check",
    ],
}

ROLE_NAMES: dict[str, Sentence] = {
    "operator": _l("Operator"),
    "inspector": _l("Inspector"),
    "storekeeper": _l("Storekeeper"),
    "supervisor": _l("Workshop supervisor"),
    "deputy": _l("Deputy for releases"),
    "quality": _l("Quality head"),
    "planner": _l("Planner"),
    "administrator": _l("Administrator"),
}


def seed_roles(session: Session) -> None:
    """Write the starting roles into an empty database."""
    session.execute(
        insert(RoleVerb),
        [{"role": role, "verb": verb} for role, verbs in ROLES.items() for verb in verbs],
    )
