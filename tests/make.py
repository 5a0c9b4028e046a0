"""A small factory for tests: a site, a line, three stations, one person per role, one order."""

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.commands import add_item, add_reason
from shopfloor.catalogue.commands import set_piece_rate as set_rate
from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.people.commands import Proofs, add_person, issue_badge
from shopfloor.people.grants import give_role
from shopfloor.people.models import Person, Signature
from shopfloor.people.roles import ROLES, seed_roles
from shopfloor.people.secrets import digest, hash_word, new_badge_code
from shopfloor.people.setup import founder
from shopfloor.people.viewer import rights_of
from shopfloor.plant.commands import add_line, add_shift, add_site, add_station
from shopfloor.production.commands.orders import Released, create_order, release_order
from shopfloor.quality.commands.releases import MEANING, Conceded

PIN = "2580"
_PIN_HASH = hash_word(PIN)
# What the signer of a release writes where pieces go on that are not right.
FITS = Conceded("They fit all the same.")
_numbers = itertools.count(1)


def new_id() -> str:
    return uuid.uuid4().hex


@dataclass
class Worker:
    """A person of the test factory and what he can prove with."""

    id: int
    login: str
    badge: str

    def act(self, action_id: str | None = None, when: When | None = None) -> Act:
        """Return this person about to do something, with his rights of now."""
        db.session.rollback()
        rights = rights_of(db.session(), self.id)
        return Act(action_id or new_id(), self.id, rights, when or When(clock.now()))

    def signs(self, meaning: str = MEANING) -> int:
        """Return a fresh signature, without the slow hashing."""
        with transaction() as session:
            signature = Signature(person_id=self.id, meaning=meaning, signed_at=clock.now())
            session.add(signature)
            session.flush()
            return signature.id


@dataclass
class Factory:
    """The test factory; its people are attributes by role: `make.operator`, `make.inspector` …"""

    site_id: int
    line_id: int
    stations: list[int]
    people: dict[str, Worker] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, role: str) -> Worker:
        try:
            return self.people[role]
        except KeyError:
            raise AttributeError(role) from None

    @classmethod
    def founded(cls) -> "Factory":
        with transaction() as session:
            seed_roles(session)
        site = add_site(
            founder(new_id()),
            number="F1",
            names={"en": "Works", "zh": "工厂"},
            zone="Asia/Shanghai",
            currency="CNY",
        )
        line = add_line(founder(new_id()), site_id=site.id, number="L1", names={"en": "Line 1"})
        stations = [
            add_station(founder(new_id()), line_id=line.id, number=f"S{n}", names={"en": name}).id
            for n, name in enumerate(("Saw", "Mill", "Bench"), 1)
        ]
        for number, start, end in (("day", 480, 1200), ("night", 1200, 480)):
            add_shift(
                founder(new_id()),
                site_id=site.id,
                number=number,
                names={"en": number},
                starts_minute=start,
                ends_minute=end,
            )
        make = cls(site.id, line.id, stations)
        for role in ROLES:
            make.person(role)
        for kind in ReasonKind:
            make.reasons[kind.value] = add_reason(
                founder(new_id()),
                kind=kind,
                number=f"{kind.value}-1",
                names={"en": f"{kind.value} reason", "zh": "原因"},
            ).id
        return make

    def person(
        self,
        role: str,
        login: str | None = None,
        scope_id: int | None = None,
        site_id: int | None = None,
    ) -> Worker:
        """Add a person with one role, under the role's name unless a login is given."""
        login = login or role
        made = add_person(
            founder(new_id()),
            site_id=site_id or self.site_id,
            login=login,
            name=login.title(),
            proofs=Proofs(password_hash=_PIN_HASH, pin_hash=_PIN_HASH),
        )
        give_role(founder(new_id()), person_id=made.id, role=role, scope_id=scope_id)
        badge = new_badge_code()
        issue_badge(founder(new_id()), person_id=made.id, code_hash=digest(badge))
        self.people[login] = Worker(made.id, login, badge)
        return self.people[login]

    def item(self, rate: str | None = None, inspect: tuple[int, ...] = (20,), **step: Any) -> int:
        """Add an item made in operations 10, 20, 30, of which those in `inspect` are inspected."""
        n = next(_numbers)
        planner = self.planner
        item = add_item(planner.act(), number=f"I{n}", names={"en": f"Item {n}", "zh": f"物料{n}"})
        raw = add_item(planner.act(), number=f"R{n}", names={"en": f"Raw {n}"})
        add_bom(planner.act(), item_id=item.id, materials=(Material(raw.id, Decimal("1.5")),))
        add_routing(
            planner.act(),
            item_id=item.id,
            steps=tuple(
                Step(
                    sequence,
                    {"en": f"Step {sequence}", "zh": f"工序{sequence}"},
                    station,
                    inspect=sequence in inspect,
                    **step,
                )
                for sequence, station in zip((10, 20, 30), self.stations, strict=True)
            ),
        )
        if rate is not None:
            for sequence in (10, 20, 30):
                set_rate(
                    planner.act(),
                    item_id=item.id,
                    sequence=sequence,
                    valid_from=self.today(),
                    amount=Decimal(rate),
                    currency="CNY",
                )
        return item.id

    def order(
        self,
        quantity: int = 100,
        item_id: int | None = None,
        due: date | None = None,
        **more: Any,
    ) -> Released:
        """Enter and release an order; `more` goes to item()."""
        planner = self.planner
        item_id = item_id or self.item(**more)
        order = create_order(
            planner.act(),
            site_id=self.site_id,
            item_id=item_id,
            quantity=Decimal(quantity),
            due=due,
        )
        return release_order(planner.act(), order_id=order.id)

    def lot(self, quantity: int = 100, **more: Any) -> str:
        """Return the code of the lot of a released order."""
        return self.order(quantity, **more).lot.code

    def today(self) -> date:
        """Return today's date in the plant."""
        return clock.now().date()


def who(login: str) -> Person:
    """Return a person's row."""
    return db.session.scalars(select(Person).where(Person.login == login)).one()
