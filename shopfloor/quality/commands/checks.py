"""Reading the values of an inspection: partly, by several people, each value once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.configure.answers import Answer, is_asked
from shopfloor.configure.models import FormField
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind
from shopfloor.core.refusals import Malformed
from shopfloor.holds import gate
from shopfloor.people.models import Person
from shopfloor.production import work
from shopfloor.production.commands.jobs import require_open
from shopfloor.production.way import Stop, Work
from shopfloor.quality import due_refusals, in_stock, refusals
from shopfloor.quality.asked import asked_plan, current_values, revision_of, running
from shopfloor.quality.gauging import Tray
from shopfloor.quality.in_stock import IN_STOCK
from shopfloor.quality.judging import said_by_piece, tally
from shopfloor.quality.plan_models import Check, Plan, Value
from shopfloor.quality.sorting import sample_here
from shopfloor.quality.values import (
    Kept,
    Read,
    answer_of,
    counted,
    field_of,
    hang,
    keep,
    require_photos,
    require_shown,
)

VALUES_READ = EventKind(
    "inspection.read",
    _l("Values read"),
    no_inverse_because="a value is corrected with a reason, never erased",
)
VALUE_CORRECTED = EventKind(
    "inspection.corrected",
    _l("Value corrected"),
    no_inverse_because="it is corrected again; every earlier value stays readable",
)
_BECAUSE = "values are read of a held lot, too: that is how it ever gets free again"
MOST_AT_ONCE = 3000


@dataclass(frozen=True)
class Readings:
    """How an inspection stands after values were read: what is missing, what was bad."""

    event_id: int
    check_id: int
    lot: str
    lot_code: str
    operation: int
    size: int
    missing: int
    verdict: str | None


@command(Gate.JUDGE, _BECAUSE)
def read_values(
    tx: Tx,
    *,
    lot: str,
    operation: int,
    values: tuple[Read, ...],
    gauges: tuple[str, ...] = (),
    sure: bool = False,
) -> Readings:
    """Read values of the pieces that wait at an operation; the first ones open the inspection.

    The sample is drawn for what waits now, by the plan as it is published now. A value that
    somebody else has read already is not read over: it is corrected, with a reason. `gauges` are
    what was scanned to measure with; a field that needs one takes the first that fits.
    """
    lot_work, stop = _at(tx, lot, operation)
    check = running(tx.session, lot_work.lot.id, stop.operation.id) or _open(tx, lot_work, stop)
    check.opened_at = check.opened_at or tx.act.when.at
    fields = revision_of(tx.session, check).form.fields
    known = _known(tx, check)
    if not 0 < len(values) <= MOST_AT_ONCE:
        raise Malformed(_l("Nothing was read."), rule="no_values", field="values")
    require_photos(tx, values)
    fresh, said = [], said_by_piece(fields, known.values())
    tray = _tray(tx, lot_work, fields, gauges, values, known.values())
    for value in values:
        field = field_of(fields, check, value)
        if not is_asked(field, said.setdefault(value.piece, {})):
            raise refusals.not_asked(field)
        answer = answer_of(field, value, sure)
        there = known.get((field.id, value.piece, value.reading))
        if there is not None:
            if there.said != answer.text:
                reader = tx.session.get_one(Person, there.person_id)
                raise refusals.read_already(reader.name, there.said)
            continue
        said[value.piece].setdefault(field.key, []).append(answer.text)
        fresh.append(Kept(field, value, answer, _measured(tray, field, value, answer)))
    event = tx.record(
        VALUES_READ,
        in_stock.where(tx, lot_work, stop),
        {"check": str(check.id), "operation": str(stop.operation.id), **counted(fresh)},
        about=in_stock.about(lot_work, stop),
    )
    keep(tx, check, fresh)
    hang(tx, [kept.value.sha256 for kept in fresh])
    return _told(tx, event.id, check, fields, lot_work, stop)


@command(Gate.JUDGE, _BECAUSE)
def correct_value(
    tx: Tx,
    *,
    lot: str,
    operation: int,
    value: Read,
    reason_id: int | None,
    sure: bool = False,
) -> Readings:
    """Correct what was mistyped; the old value stays beside the new one, with the reason.

    A correction never decides: whether the sample is good now is judged by its verdict alone.
    """
    lot_work, stop = _at(tx, lot, operation)
    check = running(tx.session, lot_work.lot.id, stop.operation.id)
    if check is None:
        raise refusals.nothing_runs()
    if reason_id is None:
        raise refusals.reason_missing()
    require_reason(tx.session, reason_id, ReasonKind.UNDO, ReasonKind.OVERRIDE)
    fields = revision_of(tx.session, check).form.fields
    require_photos(tx, [value])
    field = field_of(fields, check, value)
    known = _known(tx, check)
    old = known.get((field.id, value.piece, value.reading))
    if old is None:
        raise refusals.nothing_to_correct()
    answer = answer_of(field, value, sure)
    gauge_id = old.gauge_id
    # What was only mistyped was measured with the gauge that it was measured with.
    if value.gauge or gauge_id is None:
        tray = _tray(tx, lot_work, fields, (), [value], known.values())
        gauge_id = _measured(tray, field, value, answer)
    kept = Kept(field, value, answer, gauge_id)
    event = tx.record(
        VALUE_CORRECTED,
        in_stock.where(tx, lot_work, stop),
        {"check": str(check.id), "piece": str(value.piece), "key": field.key, **counted([kept])},
        about=in_stock.about(lot_work, stop),
        reason_id=reason_id,
        changes=[Change(lot_work.lot.id, f"value {field.key}"[:60], old.said, answer.text)],
    )
    old.replaced_at = tx.act.when.at
    tx.session.flush()
    keep(tx, check, [kept], replaces_id=old.id, reason_id=reason_id)
    hang(tx, [value.sha256])
    return _told(tx, event.id, check, fields, lot_work, stop)


def _at(tx: Tx, lot: str, operation: int) -> tuple[Work, Stop]:
    gate.enter(tx)
    lot_id = work.lock_family(tx.session, lot)
    lot_work, stop = in_stock.work_at(tx.session, lot_id, operation)
    tx.act.rights.require("inspection.record", *lot_work.scopes(stop))
    require_open(lot_work)
    gate.ask(tx, lot_work.held_by(stop))
    return lot_work, stop


def _open(tx: Tx, lot_work: Work, stop: Stop) -> Check:
    if stop.operation.sequence == IN_STOCK:
        raise due_refusals.no_retest()
    revision = asked_plan(tx.session, lot_work, stop)
    if revision is None:
        raise refusals.no_plan()
    if not stop.waiting:
        raise refusals.nothing_waits(stop.operation.sequence)
    size, numbers = sample_here(tx.session, revision, lot_work, stop)
    check = Check(
        revision_id=revision.id,
        kind=tx.session.get_one(Plan, revision.plan_id).kind,
        lot_id=lot_work.lot.id,
        operation_id=stop.operation.id,
        quantity=stop.waiting,
        size=size,
        numbers=numbers,
        due_at=tx.act.when.at,
        opened_at=tx.act.when.at,
    )
    tx.session.add(check)
    tx.session.flush()
    return check


def _tray(
    tx: Tx,
    lot_work: Work,
    fields: Sequence[FormField],
    gauges: tuple[str, ...],
    values: Sequence[Read],
    known: Iterable[Value],
) -> Tray | None:
    """Return the gauges at hand; None where nothing of what was read needs one."""
    measured = {field.key for field in fields if field.gauge}
    asked = [value for value in values if value.key in measured]
    if not asked:
        return None
    named = [value.gauge for value in asked if value.gauge]
    return Tray.of(tx.session, tx.act, lot_work.order.site_id, gauges, named, known)


def _measured(tray: Tray | None, field: FormField, value: Read, answer: Answer) -> int | None:
    """Return the gauge of a value that needs one; Refused while nobody knows a fit one."""
    if tray is None or not field.gauge:
        return None
    gauge = tray.for_field(field, value.gauge)
    require_shown(gauge, value, answer)
    return gauge.id


def _known(tx: Tx, check: Check) -> dict[tuple[int, int, int], Value]:
    values = current_values(tx.session, check)
    return {(value.field_id, value.piece, value.reading): value for value in values}


def _told(
    tx: Tx, event_id: int, check: Check, fields: Sequence[FormField], lot_work: Work, stop: Stop
) -> Readings:
    tx.session.flush()
    stands = tally(fields, check.size, check.numbers, current_values(tx.session, check))
    return Readings(
        event_id,
        check.id,
        lot_work.subject.number or "",
        lot_work.subject.code,
        stop.operation.sequence,
        check.size,
        stands.missing + len(stands.photos),
        stands.verdict,
    )
