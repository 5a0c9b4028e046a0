"""A great many of everything, each with a number and names as long as they may be."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import ITEM, PARTNER, REASON, Item, Partner, Reason, ReasonKind
from shopfloor.core import clock, codes
from shopfloor.core.db import metadata, transaction
from shopfloor.core.events import Event, EventChange, EventSubject, Role
from shopfloor.core.subjects import Kind, Subject
from shopfloor.core.types import canonical
from shopfloor.exchange.models import Import, ImportState
from shopfloor.labels.models import PRINTER, Printer, Speech
from shopfloor.people.models import CREW, PERSON, SKILL, Crew, Person, Skill
from shopfloor.plant.models import (
    DEVICE,
    LINE,
    PLACE,
    SHIFT,
    STATION,
    Device,
    Line,
    Place,
    PlaceKind,
    Shift,
    Station,
)
from shopfloor.production.models import ORDER, OrderState, WorkOrder
from shopfloor.stock.models import LOT, Lot
from tests.make import Factory

LENGTH = 80
# One name in two has no blank where a line could end.
_EN = ("Mortise lock body with a long name ", "Mortiselockbodywithoutanyblank")
_ZH = ("插芯门锁锁体名称很长不带空格", "不锈钢拉丝执手套件 左开 ")
# At most so many of what a factory has few of.
FEW = 300


def long_names(n: int) -> dict[str, str]:
    """Return a name of eighty characters in each language, another one for each number."""
    return {
        "en": _long(f"{n} {_EN[n % 2]}", _EN[n % 2]),
        "zh": _long(f"{n}{_ZH[n % 2]}", _ZH[n % 2]),
    }


def long_number(n: int, kind: str) -> str:
    """Return a number of eighty characters for every third, and an ordinary one for the others."""
    number = f"{kind[:2].upper()}-{n:05d}"
    return _long(number, "-LONG") if n % 3 == 0 else number


def _long(text: str, more: str) -> str:
    return (text + more * LENGTH)[:LENGTH].strip()


def fill(make: Factory, many: int) -> None:
    """Add so many of everything that has a list, straight into the tables."""
    site, item, now = make.site_id, make.item(), clock.now()
    person, lot = make.administrator.id, Lot
    kinds, few = list(ReasonKind), min(FEW, many)
    rows: list[tuple[Kind, int, Callable[[int, int], Any]]] = [
        (ITEM, many, lambda i, n: Item(id=i, names=long_names(n), unit="pcs")),
        (PARTNER, many, lambda i, n: Partner(id=i, names=long_names(n), supplier=True)),
        (
            REASON,
            few,
            lambda i, n: Reason(id=i, names=long_names(n), kind=kinds[n % len(kinds)]),
        ),
        (SKILL, few, lambda i, n: Skill(id=i, names=long_names(n))),
        (CREW, few, lambda i, n: Crew(id=i, site_id=site, names=long_names(n))),
        (LINE, few, lambda i, n: Line(id=i, site_id=site, names=long_names(n))),
        (
            STATION,
            many,
            lambda i, n: Station(id=i, line_id=make.line_id, names=long_names(n)),
        ),
        (
            PLACE,
            many,
            lambda i, n: Place(id=i, site_id=site, kind=PlaceKind.STORE, names=long_names(n)),
        ),
        (
            SHIFT,
            few,
            lambda i, n: Shift(
                id=i, site_id=site, names=long_names(n), starts_minute=0, ends_minute=480
            ),
        ),
        (
            PERSON,
            many,
            lambda i, n: Person(
                id=i,
                site_id=site,
                login=long_number(n, "login"),
                name=long_names(n)["en" if n % 4 else "zh"],
                language="en",
            ),
        ),
        (
            DEVICE,
            few,
            lambda i, n: Device(id=i, site_id=site, name=long_names(n)["en"]),
        ),
        (
            PRINTER,
            few,
            lambda i, n: Printer(id=i, site_id=site, name=long_names(n)["en"], speech=Speech.PDF),
        ),
        (
            ORDER,
            many,
            lambda i, n: WorkOrder(
                id=i,
                site_id=site,
                item_id=item,
                quantity=Decimal(10**n % 10**9 + 1) / 1000,
                state=OrderState.RELEASED if n % 2 else OrderState.PLANNED,
                due=(now + timedelta(days=n % 60 - 20)).date(),
                released_at=now if n % 2 else None,
            ),
        ),
        (LOT, many, lambda i, n: lot(id=i, item_id=item, family_id=i, supplier_lot="x" * LENGTH)),
    ]
    with transaction() as session:
        for kind, count, row in rows:
            ids = _subjects(session, kind, count, site)
            session.add_all(row(each, n) for n, each in enumerate(ids))
            session.flush()
    with transaction() as session:
        _entries(session, many, person, item)
        _imports(session, many, person, site)


def _subjects(session: Session, kind: Kind, count: int, site_id: int) -> list[int]:
    made = session.scalars(
        insert(metadata.tables[Subject.__tablename__]).returning(Subject.id),
        [
            {
                "kind": kind.name,
                "code": codes.new_code(kind.letter),
                "number": long_number(n, kind.name),
                "site_id": site_id,
            }
            for n in range(count)
        ],
    )
    return sorted(made)


def _entries(session: Session, many: int, person: int, item: int) -> None:
    now = clock.now()
    said = {"version": 1, "offset_minutes": 0, "phone_said": "", "phone_doubtful": False}
    rows = [
        {
            "kind": "catalogue.item_changed",
            "actor_id": person,
            "happened_at": now - timedelta(minutes=n),
            "recorded_at": now,
            "payload": canonical({"number": long_number(n, "item")}),
            **said,
        }
        for n in range(many)
    ]
    made = sorted(session.scalars(insert(Event).returning(Event.id), rows))
    session.execute(
        insert(EventSubject),
        [{"event_id": each, "subject_id": item, "role": Role.ABOUT} for each in made],
    )
    session.execute(
        insert(EventChange),
        [
            {
                "event_id": each,
                "subject_id": item,
                "field": "synonyms",
                "before": long_names(n)["zh"],
                "after": long_names(n)["en"],
            }
            for n, each in enumerate(made)
        ],
    )


def _imports(session: Session, many: int, person: int, site: int) -> None:
    now, digest = clock.now(), "0" * 64
    file = {"sha256": digest, "media_type": "text/csv", "size": 1, "stored_at": now}
    session.execute(insert(metadata.tables["file"]), [file])
    session.add_all(
        Import(
            kind="items",
            site_id=site,
            person_id=person,
            sha256=digest,
            file_name=f"{_long(f'{n}-{_EN[1]}', _EN[1])}.csv",
            uploaded_at=now - timedelta(minutes=n),
            state=ImportState.UPLOADED,
            settings={},
            result={},
        )
        for n in range(many)
    )
