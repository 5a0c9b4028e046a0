"""The factory that a log implies: its people, stations, items, routings and reasons."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.commands import add_item, add_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.cli.replay.founder import Founder
from shopfloor.cli.replay.log import Log, Row, by_order
from shopfloor.cli.replay.sheet import add_sheet
from shopfloor.cli.settings import CannotStart
from shopfloor.core.actions import Action
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.core.rights import Rights
from shopfloor.people.commands import add_person
from shopfloor.people.grants import give_role
from shopfloor.people.models import Person, RoleVerb
from shopfloor.people.roles import seed_roles
from shopfloor.people.viewer import rights_of
from shopfloor.plant.commands import add_line, add_site, add_station

INSPECTOR = "log-inspector"
REVIEWER = "log-reviewer"
# Every worker may book what the log says, also where a rule would ask his supervisor first.
WORKER_ROLE = "supervisor"
REASONS = {
    "rejected": (ReasonKind.SCRAP, {"en": "Rejected", "zh": "报废"}),
    "for_review": (
        ReasonKind.SCRAP,
        {"en": "For material review (MRB)", "zh": "待评审（MRB）"},
    ),
    "as_recorded": (ReasonKind.OVERRIDE, {"en": "As recorded in the log", "zh": "按日志记录"}),
    "failed": (ReasonKind.HOLD, {"en": "Rejects in the log", "zh": "日志中有不良品"}),
    "reviewed": (ReasonKind.RELEASE, {"en": "Material review", "zh": "物料评审"}),
}


@dataclass(frozen=True)
class Worker:
    """A person of the log and what he may do."""

    id: int
    rights: Rights


@dataclass(frozen=True)
class Way:
    """The routing of an order, and the operation number of each of its activities."""

    item_id: int
    routing_id: int
    sequences: dict[str, int]


@dataclass(frozen=True)
class Plant:
    """What the log's rows refer to, by the names they use."""

    site_id: int
    workers: dict[str, Worker]
    stations: dict[str, int]
    reasons: dict[str, int]
    ways: dict[str, Way]


def require_empty_or_same(session: Session, prefix: str) -> None:
    """Refuse a database that holds anything but an earlier run of this very replay."""
    if session.get(Action, f"{prefix}.site") is not None:
        return
    if session.scalar(select(Action.id).limit(1)) or session.scalar(select(Person.id).limit(1)):
        raise CannotStart(
            "This database is not empty, and what it holds is not this replay. "
            "Set SHOPFLOOR_INSTANCE to an empty folder, or DATABASE_URL to an empty database."
        )


def build_plant(log: Log, prefix: str, inspected: frozenset[str] = frozenset()) -> Plant:
    """Make everything that the rows need before the first of them can be booked.

    `inspected` are the activities whose pieces wait for an inspection, by a plan of their own.
    """
    founder = Founder(prefix, When(min(row.began for row in log.rows)))
    with transaction() as session:
        if not session.scalar(select(RoleVerb.role).limit(1)):
            seed_roles(session)
    site = add_site(
        founder.act("site"), number="LOG", names={"en": "Log"}, zone="UTC", currency="EUR"
    )
    line = add_line(founder.act(), site_id=site.id, number="LOG", names={"en": "Log"})
    reasons = {
        name: add_reason(founder.act(), kind=kind, number=name, names=names).id
        for name, (kind, names) in REASONS.items()
    }
    stations = {
        name: add_station(founder.act(), line_id=line.id, number=name, names={"en": name}).id
        for name in _distinct(row.resource for row in log.rows)
    }
    judges = {row.worker for row in log.rows if row.activity in inspected}
    workers = {
        name: _person(founder, site.id, name, WORKER_ROLE, *["inspector"] * (name in judges))
        for name in _distinct(row.worker for row in log.rows)
    }
    workers[INSPECTOR] = _person(founder, site.id, INSPECTOR, "inspector")
    if inspected:
        workers[REVIEWER] = _person(founder, site.id, REVIEWER, "quality")
    ways = _ways(log, founder, stations, inspected)
    asked = {
        (way.item_id, way.sequences[activity], activity)
        for way in ways.values()
        for activity in inspected & way.sequences.keys()
    }
    for item_id, sequence, activity in sorted(asked):
        add_sheet(founder, item_id, sequence, activity)
    return Plant(site.id, workers, stations, reasons, ways)


def _person(founder: Founder, site_id: int, name: str, *roles: str) -> Worker:
    made = add_person(founder.act(), site_id=site_id, login=name, name=name)
    for role in roles:
        give_role(founder.act(), person_id=made.id, role=role)
    db.session.rollback()
    return Worker(made.id, rights_of(db.session(), made.id))


def _ways(
    log: Log, founder: Founder, stations: dict[str, int], inspected: frozenset[str]
) -> dict[str, Way]:
    """Make an item per part, and a routing for each order in which its activities came first.

    A plan knows its operation by item and number, and the routings of an item go different ways:
    what is inspected has its own last digits, so that no number means two activities.
    """
    own = {activity: n for n, activity in enumerate(sorted(inspected), 1)}
    width = 10 ** max(len(str(len(own))), 1)
    items: dict[str, int] = {}
    known: dict[tuple[str, ...], Way] = {}
    ways = {}
    for order, rows in by_order(log.rows).items():
        part = rows[0].part
        if part not in items:
            items[part] = add_item(founder.act(), number=part, names={"en": part}).id
        first = _first_visits(rows)
        key = (part, *first)
        if key not in known:
            sequences = {a: width * n + own.get(a, 0) for n, a in enumerate(first, 1)}
            steps = tuple(
                Step(
                    sequences[activity],
                    {"en": activity},
                    stations[row.resource],
                    inspect=activity in inspected,
                )
                for activity, row in first.items()
            )
            routing = add_routing(founder.act(), item_id=items[part], steps=steps)
            known[key] = Way(items[part], routing.id, sequences)
        ways[order] = known[key]
    return ways


def _first_visits(rows: list[Row]) -> dict[str, Row]:
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.activity, row)
    return first


def _distinct(names: Iterable[str]) -> list[str]:
    return sorted(set(names))
