"""The demo: a whole factory, loaded once, the same each time but for its secrets and dates."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.application import create_app
from shopfloor.catalogue.instruction_models import InstructionStep
from shopfloor.catalogue.models import (
    Bom,
    BomLine,
    Item,
    PieceRate,
    Reason,
    ReasonKind,
    Routing,
    RoutingOperation,
)
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.reconcile import run_checks
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import UNDONE
from shopfloor.demo.diary import Diary
from shopfloor.demo.factory import Built
from shopfloor.demo.history import note_orders
from shopfloor.demo.load import load_demo
from shopfloor.demo.orders import PLANS
from shopfloor.holds.models import Hold
from shopfloor.pay.models import PayLine
from shopfloor.people.models import Crew, Person, PersonSkill, Skill
from shopfloor.people.roles import ROLES
from shopfloor.plant.models import Line, Place, Shift, Station
from shopfloor.production.floor_models import StationNote
from shopfloor.production.models import (
    Job,
    JobInterval,
    JobKind,
    LotOperation,
    OrderState,
    Rejection,
    RejectionKind,
    WorkOrder,
)
from tests.boms import exploded, totals
from tests.conftest import Template
from tests.make import Factory


def test_it_loads_on_both_databases_and_adds_up(app: Flask) -> None:
    told = load_demo(app)
    assert run_checks().differences == ()
    roles = Counter((person["role"], person["language"]) for person in told["sign_ins"])
    assert roles == {(role, language): 1 for role in ROLES for language in ("en", "zh")}
    events = db.session.scalar(select(func.count()).select_from(Event))
    db.session.rollback()
    assert load_demo(app) == told == json.loads(Path(app.instance_path, "demo.json").read_text())
    assert db.session.scalar(select(func.count()).select_from(Event)) == events


def test_a_factory_never_becomes_a_demo(one_app: Flask, one_make: Factory) -> None:
    with pytest.raises(Refused, match="holds a factory"):
        load_demo(one_app)
    assert not Path(one_app.instance_path, "demo.json").exists()


@pytest.fixture(scope="module")
def told(sqlite_empty: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What a demo on SQLite has told, with its database open."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(sqlite_empty.source, folder / "shopfloor.db")
    url = f"sqlite:///{folder / 'shopfloor.db'}"
    app = create_app({"SECRET_KEY": "x", "SQLALCHEMY_DATABASE_URI": url, "TESTING": True})
    app.instance_path = str(folder)
    with app.app_context():
        yield load_demo(app)
        db.session.remove()
        db.engine.dispose()


def test_everything_has_a_name_in_both_languages(told: Any) -> None:
    for table in (Item, Station, Line, Place, Shift, Crew, Reason):
        for names in db.session.scalars(select(table.names)):
            assert all(names.get(language) for language in ("en", "zh")), names
    kinds = Counter(db.session.scalars(select(Reason.kind)))
    assert min(kinds[kind] for kind in ReasonKind) >= 3
    people = db.session.scalars(select(Person.name)).all()
    assert len(people) == len(set(people)) == 30


def test_a_lock_is_made_through_four_levels_of_boms(told: Any) -> None:
    goes_into = {
        (item, part)
        for item, part in db.session.execute(
            select(Bom.item_id, BomLine.item_id).join(BomLine, BomLine.bom_id == Bom.id)
        )
    }

    def levels(item: int) -> int:
        return max((1 + levels(part) for whole, part in goes_into if whole == item), default=0)

    assert max(levels(item) for item, _part in goes_into) == 4
    made = set(db.session.scalars(select(Routing.item_id)))
    assert made == {item for item, _part in goes_into}
    variants = set(db.session.scalars(select(Item.id).where(Item.model_id.is_not(None))))
    assert set(db.session.scalars(select(PieceRate.item_id))) == made | variants


def test_four_variants_are_resolved_from_one_bom(told: Any) -> None:
    db.session.rollback()
    model = db.session.scalars(select(Item).where(Item.id.in_(select(Item.model_id)))).one()
    for each in [*model.features, *(value for f in model.features for value in f["values"])]:
        assert set(each["names"]) == {"en", "zh"}
    variants = db.session.scalars(select(Item).where(Item.model_id == model.id)).all()
    assert len(variants) == 4
    assert not db.session.scalars(
        select(Bom).where(Bom.item_id.in_([v.id for v in variants]))
    ).all()
    today = clock.now().date()
    found = {frozenset(totals(exploded(v.id, today))) for v in variants}
    assert len(found) == 4, "each has materials of its own"
    ordered = db.session.scalars(
        select(WorkOrder).where(WorkOrder.item_id.in_([v.id for v in variants]))
    ).one()
    assert ordered.state is OrderState.RELEASED


def test_a_lot_was_split_and_another_joined(told: Any) -> None:
    db.session.rollback()
    parted = db.session.execute(
        select(Event.kind, func.count())
        .where(Event.kind.in_(["lot.split", "lot.merged"]))
        .group_by(Event.kind)
    ).all()
    assert sorted(map(tuple, parted)) == [("lot.merged", 1), ("lot.split", 2)]


def test_a_second_revision_of_a_bom_begins_later(told: Any) -> None:
    db.session.rollback()
    later = db.session.scalars(select(Bom).where(Bom.revision == 2)).one()
    assert later.valid_from is not None
    assert later.valid_from > clock.now().date() + timedelta(days=12)
    today = totals(exploded(later.item_id, clock.now().date()))
    then = totals(exploded(later.item_id, later.valid_from))
    assert set(then) ^ set(today) == {"BOX-L", "BOX-R"}


def test_a_skill_a_note_and_instructions_with_pictures_are_there(told: Any) -> None:
    db.session.rollback()
    for names in db.session.scalars(select(Skill.names)):
        assert set(names) == {"en", "zh"}
    assert db.session.scalar(select(func.count()).select_from(PersonSkill))
    assert db.session.scalar(select(func.count()).where(RoutingOperation.skill_id.is_not(None)))
    assert db.session.scalar(select(func.count()).select_from(StationNote)) == 1
    steps = db.session.scalars(select(InstructionStep)).all()
    assert all(step.sha256 and set(step.words) == {"en", "zh"} for step in steps)
    assert steps


def test_there_is_an_order_in_every_state(told: Any) -> None:
    db.session.rollback()
    orders = db.session.scalars(select(WorkOrder)).all()
    assert len(orders) == len(PLANS)
    assert {order.state for order in orders} == set(OrderState)
    today = clock.now().date()
    late = [o for o in orders if o.state is OrderState.RELEASED and o.due and o.due < today]
    assert late
    assert any(o.state is OrderState.RELEASED and o.first_start_at is None for o in orders)
    waiting = [row for row in db.session.scalars(select(LotOperation)) if row.waiting]
    assert len(waiting) >= 2


def test_one_lock_is_open_after_a_failed_inspection_and_one_was_released(told: Any) -> None:
    holds = db.session.scalars(select(Hold).order_by(Hold.id)).all()
    assert [hold.released_at is None for hold in holds] == [False, True]
    assert holds[0].released_by_id != holds[0].opened_by_id
    held = next(lot for lot in told["lots"] if lot["state"] == "held")
    assert held["hold"] == holds[1].id
    assert [lot["state"] for lot in told["lots"]][:4] == [
        "released",
        "running",
        "waiting for inspection",
        "held",
    ]


def test_a_week_lies_behind_it_and_nothing_in_the_future(told: Any) -> None:
    times = db.session.scalars(select(Event.happened_at)).all()
    now = clock.now()
    assert max(times) <= now
    assert min(db.session.scalars(select(Bom.made_at))) == min(times)
    worked = db.session.scalars(select(Job.opened_at)).all()
    assert now - timedelta(days=8) < min(worked) < now - timedelta(days=6)
    assert max(worked) > now - timedelta(hours=2)
    assert set(db.session.scalars(select(Rejection.kind))) == set(RejectionKind)
    assert db.session.scalar(select(func.count()).where(Event.kind == UNDONE.name))
    assert db.session.scalar(select(func.count()).select_from(PayLine).where(PayLine.pieces > 0))


def test_work_is_running_paused_set_up_and_broken_down(told: Any) -> None:
    open_jobs = db.session.scalars(select(Job).where(Job.closed_at.is_(None))).all()
    assert {job.kind for job in open_jobs} == set(JobKind)
    last = select(JobInterval).where(JobInterval.ended_at.is_(None))
    assert {interval.paused for interval in db.session.scalars(last)} == {True, False}
    # Nobody has two jobs in hand at once.
    people = [job.person_id for job in open_jobs if job.kind is JobKind.PRODUCTION]
    assert len(people) == len(set(people))


def test_the_walk_begins_with_one_tap(told: Any) -> None:
    number = told["lots"][0]["number"]
    lot = db.session.scalars(select(Subject).where(Subject.number == number)).one()
    rows = db.session.scalars(select(LotOperation).where(LotOperation.lot_id == lot.id)).all()
    assert [row.left for row in rows] == [120, 0, 0, 0]


def test_the_hour_of_loading_changes_who_and_not_what() -> None:
    noon = datetime(2026, 11, 22, 4, tzinfo=UTC)
    told = []
    for now in (noon, noon + timedelta(hours=9.5), noon + timedelta(days=100, hours=3)):
        diary = Diary(Built(now), {})
        numbers = [story.number[4:] for story in note_orders(diary)]
        happens = [
            (ago, step.func.__name__, [arg for arg in step.args if isinstance(arg, int)])
            for ago, _n, step in diary.notes
            if isinstance(step, partial)
        ]
        assert len(happens) == len(diary.notes)
        told.append((numbers, happens))
    assert told[0] == told[1] == told[2]
