"""Builds the plant and the people of a generated factory, through the commands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from shopfloor.catalogue.commands import add_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.cli.generate.extent import Extent
from shopfloor.cli.generate.words import named, person
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.core.demo_mark import act_id
from shopfloor.core.rights import Rights
from shopfloor.people.commands import Proofs, add_crew, add_person, join_crew
from shopfloor.people.grants import give_role
from shopfloor.people.roles import ROLES, seed_roles
from shopfloor.people.setup import FOUNDER
from shopfloor.people.viewer import rights_of
from shopfloor.plant.commands import add_line, add_place, add_shift, add_site, add_station

LINES, STATIONS_OF_A_LINE = 10, 6
OPERATORS, INSPECTORS = 26, 2
REASONS_OF_A_KIND = 6
# How many operations the families take, one after the other.
LENGTHS = (4, 5, 3, 6, 8, 5, 4, 7, 2, 5)
ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Worker:
    """A person who works: what he may do, and with whom."""

    id: int
    rights: Rights
    crew_id: int | None = None
    leader_id: int | None = None


@dataclass(frozen=True)
class Crew:
    """A crew: its leader, and the people whom every other crew has too."""

    id: int
    leader: Worker
    operators: list[Worker]
    inspectors: list[Worker]


@dataclass(frozen=True)
class Variant:
    """An item with everything that differs between the items of a family, in one order."""

    item_id: int
    own: tuple[int, ...]


@dataclass(frozen=True)
class Family:
    """Items made in the same way: the operation numbers, and which of them are inspected."""

    sequences: tuple[int, ...]
    inspected: frozenset[int]
    variants: list[Variant] = field(default_factory=list)


@dataclass
class Factory:
    """What stands, by the names under which the tales ask for it."""

    extent: Extent
    random: Random
    password_hash: str
    site_id: int = 0
    lines: list[tuple[int, list[int]]] = field(default_factory=list)
    crews: list[Crew] = field(default_factory=list)
    planners: list[Worker] = field(default_factory=list)
    quality: list[Worker] = field(default_factory=list)
    families: list[Family] = field(default_factory=list)
    reasons: dict[ReasonKind, list[int]] = field(default_factory=dict)
    people: int = 0
    acts: int = 0

    def founder(self) -> Act:
        """Return who sets the factory up, long before its first order."""
        return Act(self.next_id(), None, FOUNDER, When(self._founded))

    def act(self, who: Worker, at: datetime) -> Act:
        """Return somebody about to do something at a time."""
        return Act(
            self.next_id(), who.id, who.rights, When(at),
            crew_id=who.crew_id, leader_id=who.leader_id,
        )  # fmt: skip

    def next_id(self) -> str:
        """Return the id of the next action; the first one marks the factory as no real one."""
        self.acts += 1
        return act_id(1) if self.acts == 1 else f"{self.extent.name}.{self.acts}"

    @property
    def _founded(self) -> datetime:
        day = self.extent.since - timedelta(days=60)
        return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def build(
    extent: Extent, random: Random, password_hash: str, told: Callable[[str], None]
) -> Factory:
    """Make the plant, its people and its reasons; `told` hears how far it is."""
    factory = Factory(extent, random, password_hash)
    with transaction() as session:
        seed_roles(session)
    _plant(factory)
    told("plant")
    _people(factory)
    told(f"{factory.people} people")
    _reasons(factory)
    return factory


def _plant(factory: Factory) -> None:
    site = add_site(
        factory.founder(), number="GEN", names=named(0, ("Works", "工厂")),
        zone=ZONE, currency="CNY",
    )  # fmt: skip
    factory.site_id = site.id
    for n in range(LINES):
        line = add_line(
            factory.founder(), site_id=site.id, number=f"L{n:02d}", names=named(n, ("Line", "产线"))
        )
        stations = [
            add_station(
                factory.founder(),
                line_id=line.id,
                number=f"S{n:02d}-{m}",
                names=named(n * STATIONS_OF_A_LINE + m, ("Station", "工位")),
            ).id
            for m in range(STATIONS_OF_A_LINE)
        ]
        factory.lines.append((line.id, stations))
    for n in range(factory.extent.others):
        names = named(n, ("Store", "库位"))
        add_place(factory.founder(), site_id=site.id, number=f"A-{n:03d}", names=names)
    for number, words, starts, ends in (
        ("DAY", ("Day", "白班"), 480, 1200), ("NIGHT", ("Night", "夜班"), 1200, 480)
    ):  # fmt: skip
        add_shift(
            factory.founder(), site_id=site.id, number=number, names=named(1, words),
            starts_minute=starts, ends_minute=ends,
        )  # fmt: skip


def _people(factory: Factory) -> None:
    # Whoever signs in bears the name of his role; the others are numbered.
    signs_in = {role: _hire(factory, role, login=role) for role in ROLES}
    factory.planners = [signs_in["planner"], *(_hire(factory, "planner") for _ in range(3))]
    factory.quality = [signs_in["quality"], *(_hire(factory, "quality") for _ in range(3))]
    for n in range(factory.extent.crews):
        names = named(n, ("Crew", "班组"))
        crew = add_crew(factory.founder(), site_id=factory.site_id, number=f"C{n:02d}", names=names)
        leader = _hire(factory, "supervisor")
        join_crew(factory.founder(), person_id=leader.id, crew_id=crew.id, leads=True)
        first = [signs_in["operator"], signs_in["inspector"]] if n == 0 else []
        operators = [
            *first[:1], *(_hire(factory, "operator") for _ in range(OPERATORS - len(first[:1])))
        ]  # fmt: skip
        inspectors = [
            *first[1:], *(_hire(factory, "inspector") for _ in range(INSPECTORS - len(first[1:])))
        ]  # fmt: skip
        factory.crews.append(
            Crew(
                crew.id,
                leader,
                [_joined(factory, each, crew.id, leader) for each in operators],
                [_joined(factory, each, crew.id, leader) for each in inspectors],
            )
        )


def _hire(factory: Factory, role: str, login: str = "") -> Worker:
    factory.people += 1
    name, language = person(factory.people)
    proofs = Proofs(password_hash=factory.password_hash, pin_hash=factory.password_hash)
    made = add_person(
        factory.founder(), site_id=factory.site_id, login=login or f"p{factory.people:03d}",
        name=name, language=language, proofs=proofs if login else Proofs(),
    )  # fmt: skip
    give_role(factory.founder(), person_id=made.id, role=role)
    db.session.rollback()
    return Worker(made.id, rights_of(db.session(), made.id))


def _joined(factory: Factory, who: Worker, crew_id: int, leader: Worker) -> Worker:
    join_crew(factory.founder(), person_id=who.id, crew_id=crew_id)
    return Worker(who.id, who.rights, crew_id, leader.id)


def _reasons(factory: Factory) -> None:
    for kind in ReasonKind:
        factory.reasons[kind] = [
            add_reason(
                factory.founder(), kind=kind, number=f"{kind.value.upper()}-{n}",
                names=named(n, (kind.value.title(), "原因")),
            ).id
            for n in range(REASONS_OF_A_KIND)
        ]  # fmt: skip
