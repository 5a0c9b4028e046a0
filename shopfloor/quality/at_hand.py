"""What the page of an inspection asks for beside its values: gauges to scan, samples to see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.finding import folded
from shopfloor.core.subjects import Subject
from shopfloor.quality.check_view import CheckView
from shopfloor.quality.doubt import Doubt, doubts_of
from shopfloor.quality.gauge_models import NOT_TO_MEASURE, Gauge
from shopfloor.quality.plan_models import Value
from shopfloor.quality.samples import samples_of


@dataclass(frozen=True)
class Slot:
    """A type of gauge that is asked for now, and the one this person has used here before."""

    type: str
    gauge: Gauge | None
    number: str = ""


@dataclass(frozen=True)
class AtHand:
    """Gauges to scan, samples to compare with, and why an inspection is in doubt."""

    slots: list[Slot]
    samples: list[Any]
    doubts: Sequence[Doubt]


def at_hand(
    session: Session, check: CheckView, item_id: int, person_id: int, today: date
) -> AtHand:
    """Return what an inspector needs beside the lot; two statements, two more for what is rare."""
    types = {
        folded(each.field.gauge_type): each.field.gauge_type
        for each in check.asked
        if each.field.gauge
    }
    mine = _used(session, check.values, person_id) if types else []
    slots = []
    for asked in types.values():
        fits = [
            (gauge, number)
            for gauge, number in mine
            if gauge.is_a(asked) and gauge.state_on(today) not in NOT_TO_MEASURE
        ]
        slots.append(Slot(asked, *fits[0]) if fits else Slot(asked, None))
    doubts = doubts_of(session, check.check) if check.check else []
    return AtHand(slots, samples_of(session, item_id), doubts)


def _used(session: Session, values: Iterable[Value], person_id: int) -> list[tuple[Gauge, str]]:
    """Return the gauges a person has measured with here, the last one first."""
    used = {
        value.gauge_id: value.id
        for value in values
        if value.gauge_id and value.person_id == person_id
    }
    if not used:
        return []
    rows = session.execute(
        select(Gauge, Subject.number, Subject.code)
        .join(Subject, Subject.id == Gauge.id)
        .where(Gauge.id.in_(list(used)))
    ).all()
    found = sorted(rows, key=lambda row: used[row.Gauge.id], reverse=True)
    return [(row.Gauge, row.number or row.code) for row in found]
