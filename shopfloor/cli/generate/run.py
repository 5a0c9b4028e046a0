"""Generating: the factory, its tales, and as many copies of them as are asked for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import func, select, text

from shopfloor.cli.generate import bulk, tales
from shopfloor.cli.generate.catalogue import build_catalogue
from shopfloor.cli.generate.copies import Copied, Copier
from shopfloor.cli.generate.extent import DAYS, Extent
from shopfloor.cli.generate.factory import Crew, Factory, Family, build
from shopfloor.cli.generate.patterns import Pattern, capture, newest
from shopfloor.cli.generate.story import JITTER_SECONDS, Story
from shopfloor.cli.generate.words import LONG_EVERY, lengthened
from shopfloor.cli.settings import CannotStart
from shopfloor.core.actions import Act, Action
from shopfloor.core.db import db, metadata, transaction
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person, RoleVerb
from shopfloor.people.secrets import hash_word
from shopfloor.people.setup import FOUNDER
from shopfloor.people.skills import add_skill

# A tale takes at most so many days from its first event to its last.
LONGEST_TALE = 4
# How many reports a lot has that is still open, of those it will have.
OPEN_REPORTS = 0.45
# How often a tale of the past is told, compared with the others.
WEIGHTS: dict[str, float] = {
    "plain": 6, "timed": 4, "in_parts": 3, "reworked": 2, "mistyped": 1, "freed": 0.2,
    "parted": 0.4,
}  # fmt: skip
Told = Callable[[str], None]


@dataclass(frozen=True)
class Known:
    """A pattern, and of which family and crew it tells."""

    pattern: Pattern
    family: Family
    crew: Crew
    tale: tales.Tale


def generate(extent: Extent, password: str, told: Told) -> dict[str, int]:
    """Fill an empty database and return how many rows each table has; nothing when it is done."""
    if _is_there(extent):
        return {}
    random = Random(extent.seed)  # noqa: S311 - no secret
    bulk.make_room()
    factory = build(extent, random, hash_word(password), told)
    build_catalogue(factory, told)
    _Telling(factory, told).tell_and_copy()
    _date_entries()
    bulk.learn()
    # The last entry says that the factory is whole.
    names = {"en": "Last entry", "zh": "最后一项"}
    add_skill(Act(f"{extent.name}.done", None, FOUNDER), number="SK-LAST", names=names)
    return _counts()


def _is_there(extent: Extent) -> bool:
    """Say whether this very factory is here; refuse any other that is."""
    session = db.session()
    try:
        if session.get(Action, f"{extent.name}.done") is not None:
            return True
        filled = [select(Person.id), select(RoleVerb.role), select(Action.id)]
        if any(session.scalar(query.limit(1)) is not None for query in filled):
            raise CannotStart(
                "This database holds a factory, so none is generated into it. "
                "Set SHOPFLOOR_INSTANCE to an empty folder, or DATABASE_URL to an empty database."
            )
        return False
    finally:
        session.rollback()


@dataclass
class _Telling:
    """Tells each tale once in every family, and copies the tales until there are enough."""

    factory: Factory
    told: Told
    lots: int = 0
    reports: int = 0
    orders: int = 0
    copied: int = 0
    copied_to: int = 0

    def __post_init__(self) -> None:
        """Get ready to copy."""
        self.copier = Copier(self.factory.extent.seed)

    def tell_and_copy(self) -> None:
        """Tell and copy what is over, then what is open."""
        extent = self.factory.extent
        wanted = {tale: max(1, extent.lots * share // 1000) for tale, share in tales.OPEN.items()}
        still_open = sum(number for tale, number in wanted.items() if tale is not tales.planned)
        over = self._tell(tales.OVER, extent.since, extent.families)
        self.told(f"{len(over)} tales told, to be copied")
        expected = round(OPEN_REPORTS * still_open * extent.reports / extent.lots)
        self._copy(self._past(over, extent.lots - still_open, extent.reports - expected))
        first_day = extent.until - timedelta(days=LONGEST_TALE - 1)
        for tale, number in wanted.items():
            told = self._tell([tale], first_day, min(extent.families, number))
            self._copy(self._present(told, number - len(told)))

    def _tell(self, told: Sequence[tales.Tale], day: date, families: int) -> list[Known]:
        known = []
        for n, family in enumerate(self.factory.families[:families]):
            crew = self.factory.crews[n % len(self.factory.crews)]
            for m, tale in enumerate(told):
                with transaction() as session:
                    before = newest(session.connection())
                quantity = tales.QUANTITIES[(n + 2 * m) % len(tales.QUANTITIES)]
                number = self._number(day)
                tale(Story(self.factory, family, crew, number, quantity, day))
                db.session.rollback()
                pattern = capture(db.session.connection(), tale.__name__, number, before)
                self.lots += pattern.lots
                self.reports += pattern.reports
                known.append(Known(pattern, family, crew, tale))
        return known

    def _past(self, known: list[Known], lots: int, reports: int) -> Iterator[Copied]:
        """Yield copies of tales that are over, spread over the years; lots and reports add up."""
        extent, random = self.factory.extent, self.factory.random
        each = reports / lots
        few = [k for k in known if k.pattern.reports <= each * k.pattern.lots]
        many = [k for k in known if k.pattern.reports > each * k.pattern.lots]
        if not few or not many:
            ratios = [k.pattern.reports / k.pattern.lots for k in known]
            raise CannotStart(
                f"A lot has {min(ratios):.0f} to {max(ratios):.0f} reports: "
                "ask for a number of reports between."
            )
        first, days = self.lots, DAYS - LONGEST_TALE
        weights = {id(side): [WEIGHTS[k.pattern.name] for k in side] for side in (few, many)}
        while self.lots < lots:
            side = many if self.reports < each * self.lots else few
            one = random.choices(side, weights[id(side)])[0]
            if self.lots + one.pattern.lots > lots:
                one = next(k for k in few if k.pattern.lots == 1)
            day = (self.lots - first) * days // max(1, lots - first)
            yield self._copied(one, day, extent.since + timedelta(days=day + random.randint(4, 16)))

    def _present(self, known: list[Known], number: int) -> Iterator[Copied]:
        """Yield copies of tales that are open, the oldest first."""
        extent, random = self.factory.extent, self.factory.random
        for n in range(max(0, number)):
            one = random.choice(known)
            ago = 1 if one.tale is tales.running else 12
            due = extent.until + timedelta(days=random.randint(-6, 25))
            yield self._copied(one, -ago + n * ago // number, due)

    def _copied(self, known: Known, days: int, due: date) -> Copied:
        random = self.factory.random
        self.lots += known.pattern.lots
        self.reports += known.pattern.reports
        jitter = random.randint(-JITTER_SECONDS, JITTER_SECONDS)
        return Copied(
            name=f"{self.factory.extent.name}.c",
            pattern=known.pattern,
            number=self._number(known.pattern.began.date() + timedelta(days=days)),
            delta=timedelta(days=days, seconds=jitter),
            days=days,
            due=due,
            others=self._others(known),
        )

    def _others(self, known: Known) -> dict[int, int]:
        """Return who and what takes the place of the people, stations and materials told of."""
        factory, random = self.factory, self.factory.random
        crew, turn = random.choice(factory.crews), random.randrange(26)
        variant = random.choice(known.family.variants)
        others = dict(zip(known.family.variants[0].own, variant.own, strict=True))
        others[known.crew.id], others[known.crew.leader.id] = crew.id, crew.leader.id
        for mine, theirs in (
            (known.crew.operators, crew.operators), (known.crew.inspectors, crew.inspectors)
        ):  # fmt: skip
            for n, who in enumerate(mine):
                others[who.id] = theirs[(n + turn) % len(theirs)].id
        others[factory.planners[1].id] = random.choice(factory.planners).id
        others[factory.quality[1].id] = random.choice(factory.quality).id
        return others

    def _number(self, day: date) -> str:
        self.orders += 1
        number = f"{day:%y%m}-{self.orders:06d}"
        return lengthened(number, "-0123456789", 70) if self.orders % LONG_EVERY == 3 else number

    def _copy(self, copies: Iterator[Copied]) -> None:
        with transaction() as session:
            highest = newest(session.connection())
            # What was copied before has codes that come once in any case.
            told_of = select(Subject.code).where(Subject.id > self.copied_to)
            self.copier.go_on_behind(highest, session.scalars(told_of))

        def told(number: int) -> None:
            self.copied += number
            if self.copied % 10_000 == 0:
                self.told(f"{self.copied:,} orders, {self.lots:,} lots, {self.reports:,} reports")

        self.copier.write(copies, told)
        bulk.settle_counters()
        self.copied_to = self.copier.next["subject"] - 1


def _date_entries() -> None:
    """Let what was told be entered when it happened, as the copies are."""
    with transaction() as session:
        session.execute(
            text(
                "UPDATE action SET recorded_at = (SELECT happened_at FROM event"
                " WHERE event.id = action.event_id) WHERE event_id IN"
                " (SELECT id FROM event WHERE recorded_at <> happened_at)"
            )
        )
        session.execute(
            text(
                "UPDATE signature SET signed_at = (SELECT happened_at FROM event"
                " WHERE event.id = signature.used_by_event_id)"
                " WHERE used_by_event_id IS NOT NULL"
            )
        )
        session.execute(
            text("UPDATE event SET recorded_at = happened_at WHERE recorded_at <> happened_at")
        )


def _counts() -> dict[str, int]:
    session = db.session()
    session.rollback()
    counts = {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in metadata.sorted_tables
    }
    session.rollback()
    return {table: number for table, number in counts.items() if number}
