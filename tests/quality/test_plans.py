"""Inspection plans: drafted, checked as a whole, published for good, one for each thing."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shopfloor.configure.models import FieldKind, FormField, Weight
from shopfloor.configure.writing import FieldWritten
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.quality.commands.plans import (
    add_plan,
    archive_plan,
    publish_plan,
    revise_plan,
    save_plan,
)
from shopfloor.quality.judging import sample_of
from shopfloor.quality.plan_models import Plan, PlanKind, Sampling
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.sampling import Level
from tests.make import Factory
from tests.refusing import refused

LENGTH = FieldWritten(
    "length",
    {"en": "Length", "zh": "长度"},
    FieldKind.NUMBER,
    unit="mm",
    decimals=2,
    target=Decimal("10"),
    low=Decimal("9.95"),
    high=Decimal("10.05"),
    least=Decimal(5),
    most=Decimal(20),
    readings=2,
)
CRACK = FieldWritten("crack", {"en": "No crack"}, FieldKind.YES_NO, Weight.CRITICAL)
SPREAD = FieldWritten("spread", {"en": "Spread"}, FieldKind.COMPUTED, formula="range(length)")
FINISH = FieldWritten(
    "finish",
    {"en": "Finish"},
    FieldKind.CHOICE,
    Weight.MINOR,
    options=[{"names": {"en": "Matt"}, "good": True}, {"names": {"en": "Spotted"}, "good": False}],
)
ALL = (LENGTH, CRACK, SPREAD, FINISH)


def plan(make: Factory, item: int | None, *fields: FieldWritten, **how: Any) -> int:
    draft = how.pop("draft", PlanWritten())
    return add_plan(
        make.quality.act(),
        names={"en": "Turning", "zh": "车削检验"},
        kind=how.pop("kind", PlanKind.OPERATION),
        item_id=item,
        sequence=how.pop("sequence", 20),
        draft=replace(draft, fields=fields or ALL),
        **how,
    ).id


def stored(plan_id: int) -> Plan:
    db.session.rollback()
    return db.session.get_one(Plan, plan_id)


def test_a_draft_is_saved_published_and_never_changes_again(make: Factory) -> None:
    made = plan(make, make.item())
    save_plan(
        make.quality.act(),
        plan_id=made,
        version=1,
        names={"en": "Turning"},
        draft=PlanWritten(fields=(CRACK, LENGTH)),
    )
    assert [each.key for each in stored(made).revisions[0].form.fields] == ["crack", "length"]
    publish_plan(make.quality.act(), plan_id=made, version=2)
    with refused("published"):
        save_plan(
            make.quality.act(), plan_id=made, version=2, names={"en": "x"}, draft=PlanWritten()
        )
    revise_plan(make.planner.act(), plan_id=made)
    with refused("draft_open"):
        revise_plan(make.planner.act(), plan_id=made)
    first, second = stored(made).revisions
    assert first.published_at is not None
    assert second.published_at is None
    assert [each.key for each in second.form.fields] == ["crack", "length"]
    limits = second.form.fields[1]
    assert (limits.low, limits.high, limits.readings) == (Decimal("9.95"), Decimal("10.05"), 2)
    assert not set(first.form.fields) & set(second.form.fields)


def test_a_late_save_is_not_booked_over_another(make: Factory) -> None:
    """Torture 10."""
    made = plan(make, make.item())
    how: dict[str, Any] = {"plan_id": made, "version": 1, "draft": PlanWritten(fields=(CRACK,))}
    save_plan(make.quality.act(), names={"en": "One"}, **how)
    with pytest.raises(Overtaken):
        save_plan(make.planner.act(), names={"en": "Two"}, **how)
    with pytest.raises(Overtaken):
        publish_plan(make.planner.act(), plan_id=made, version=1)
    assert stored(made).names == {"en": "One"}


def test_one_plan_is_in_use_for_one_thing(make: Factory) -> None:
    item = make.item()
    first, second, other = plan(make, item), plan(make, item), plan(make, item, sequence=30)
    publish_plan(make.quality.act(), plan_id=first, version=1)
    publish_plan(make.quality.act(), plan_id=other, version=1)
    with refused("plan_twice"):
        publish_plan(make.quality.act(), plan_id=second, version=1)
    archive_plan(make.quality.act(), plan_id=first, archived=True)
    publish_plan(make.quality.act(), plan_id=second, version=1)
    with refused("plan_twice"):
        archive_plan(make.quality.act(), plan_id=first, archived=False)


def test_a_plan_that_asks_nothing_is_not_published(one_make: Factory) -> None:
    made = add_plan(
        one_make.quality.act(), names={"en": "Empty"}, kind=PlanKind.FINAL, item_id=one_make.item()
    )
    with refused("empty_plan"):
        publish_plan(one_make.quality.act(), plan_id=made.id, version=1)


def test_who_writes_plans_has_the_right(make: Factory) -> None:
    item = make.item()
    with refused("no_right"):
        add_plan(
            make.inspector.act(),
            names={"en": "x"},
            kind=PlanKind.OPERATION,
            item_id=item,
            sequence=20,
        )
    made = plan(make, item)
    with refused("no_right"):
        publish_plan(make.operator.act(), plan_id=made, version=1)
    with refused("not_found"):
        publish_plan(make.quality.act(), plan_id=item, version=1)


@pytest.mark.parametrize(
    "fields",
    [
        (replace(LENGTH, key="Length"),),
        (replace(LENGTH, key="max"),),
        (LENGTH, LENGTH),
        (replace(LENGTH, low=Decimal(11)),),
        (replace(LENGTH, low=Decimal("9.951")),),
        (replace(LENGTH, target=Decimal(30)),),
        (replace(LENGTH, decimals=7),),
        (replace(LENGTH, readings=0),),
        (replace(CRACK, readings=2),),
        (replace(FINISH, options=FINISH.options[:1]),),
        (SPREAD, LENGTH),
        (LENGTH, replace(SPREAD, formula="__import__('os')")),
        (LENGTH, replace(SPREAD, formula="1 + 1")),
        (replace(CRACK, show_if={"key": "later", "is": "no"}),),
        (CRACK, replace(LENGTH, show_if={"key": "crack", "is": "maybe"})),
        (replace(CRACK, sha256="0" * 64),),
    ],
)
def test_a_form_that_could_not_be_answered_is_refused(
    one_make: Factory, fields: tuple[FieldWritten, ...]
) -> None:
    with refused("bad_field"):
        plan(one_make, one_make.item(), *fields)
    db.session.rollback()
    assert db.session.query(FormField).count() == 0


@pytest.mark.parametrize(
    ("draft", "rule"),
    [
        (PlanWritten(sampling=Sampling.FIXED), "no_size"),
        (PlanWritten(sampling=Sampling.EVERY, size=0), "bad_number"),
        (PlanWritten(sampling=Sampling.STANDARD, level=Level.II), "no_aql"),
        (PlanWritten(sampling=Sampling.STANDARD, aqls={"major": "1.0"}), "no_aql"),
        (PlanWritten(sampling=Sampling.STANDARD, level=Level.II, aqls={"major": "1.1"}), "bad_aql"),
        (PlanWritten(sampling=Sampling.STANDARD, level=Level.II, aqls={"x": "1.0"}), "bad_aql"),
        (PlanWritten(accepts={"major": -1}), "bad_accept"),
    ],
)
def test_a_sample_that_cannot_be_drawn_is_refused(
    one_make: Factory, draft: PlanWritten, rule: str
) -> None:
    with refused(rule):
        plan(one_make, one_make.item(), draft=draft)
    never = plan(one_make, one_make.item(), kind=PlanKind.PATROL)
    with refused("no_interval"):
        publish_plan(one_make.quality.act(), plan_id=never, version=1)
    for kind in (PlanKind.FIRST_ARTICLE, PlanKind.LAST_PIECE):
        with refused("bad_sampling"):
            plan(
                one_make,
                one_make.item(),
                kind=kind,
                draft=PlanWritten(sampling=Sampling.EVERY, size=5),
            )


@pytest.mark.parametrize(
    ("draft", "quantity", "size", "major"),
    [
        (PlanWritten(), "120", 120, [0, 1]),
        (PlanWritten(), "0.5", 1, [0, 1]),
        (PlanWritten(sampling=Sampling.FIXED, size=5), "120", 5, [0, 1]),
        (PlanWritten(sampling=Sampling.FIXED, size=5), "3", 3, [0, 1]),
        (PlanWritten(sampling=Sampling.FIXED, size=5, accepts={"major": 2}), "99", 5, [2, 3]),
        (PlanWritten(sampling=Sampling.EVERY, size=50), "120", 3, [0, 1]),
        (
            PlanWritten(sampling=Sampling.STANDARD, level=Level.II, aqls={"major": "1.0"}),
            "1000",
            80,
            [2, 3],
        ),
        (
            # The larger sample of two classes is drawn, and each class keeps its own numbers.
            PlanWritten(
                sampling=Sampling.STANDARD,
                level=Level.II,
                aqls={"critical": "0.10", "major": "1.0"},
            ),
            "1000",
            125,
            [2, 3],
        ),
    ],
)
def test_the_sample_follows_from_the_plan_and_the_quantity(
    one_make: Factory, draft: PlanWritten, quantity: str, size: int, major: list[int]
) -> None:
    revision = stored(plan(one_make, one_make.item(), draft=draft)).revisions[0]
    found, numbers = sample_of(revision, Decimal(quantity))
    assert found == size
    assert numbers["major"] == major
