"""Reading the values of an inspection: partly, by several people, each value once."""

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind
from shopfloor.core.refusals import Malformed
from shopfloor.quality import in_stock, refusals
from shopfloor.quality.gauge_models import Gauge
from shopfloor.quality.taking import MOST_AT_ONCE, Readings, Taking
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


@command(Gate.JUDGE, _BECAUSE)
def read_values(
    tx: Tx,
    *,
    lot: str,
    operation: int,
    values: tuple[Read, ...],
    gauges: tuple[str, ...] = (),
    sure: bool = False,
    rest: int | None = None,
    seen: int | None = None,
) -> Readings:
    """Read values of the pieces that wait at an operation; the first ones open the inspection.

    The sample is drawn for what waits now, by the plan as it is published now. A value that
    somebody else has read already is not read over: it is corrected, with a reason. `gauges` are
    what was scanned to measure with; a field that needs one takes the first that fits. With `rest`,
    how many pieces are still open as whoever looks sees it, everything open is answered as good;
    with `seen`, the event of the last value that he knew, only if none was read after it.
    """
    if len(values) > MOST_AT_ONCE:
        raise Malformed(
            _l("At most %(count)s values at once.", count=MOST_AT_ONCE),
            rule="too_many_values",
            field="values",
        )
    if not values and rest is None:
        raise Malformed(_l("Nothing was read."), rule="no_values", field="values")
    taking = Taking.opened(tx, lot, operation)
    require_photos(tx, values)
    taking.lay_out(values, gauges, rest=rest is not None)
    taking.take(values, sure)
    looked_at = len(taking.fresh)
    if rest is not None:
        taking.take_rest(rest, seen)
    fresh = taking.fresh
    event = tx.record(
        VALUES_READ,
        in_stock.where(tx, taking.work, taking.stop),
        {
            "check": str(taking.check.id),
            "operation": str(taking.stop.operation.id),
            **counted(fresh),
            **({"rest": str(len(fresh) - looked_at)} if rest is not None else {}),
        },
        about=in_stock.about(taking.work, taking.stop),
    )
    keep(tx, taking.check, fresh)
    hang(tx, [kept.value.sha256 for kept in fresh])
    return taking.told(event.id)


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
    taking = Taking.running(tx, lot, operation)
    if reason_id is None:
        raise refusals.reason_missing()
    require_reason(tx.session, reason_id, ReasonKind.UNDO, ReasonKind.OVERRIDE)
    require_photos(tx, [value])
    field = field_of(taking.fields, taking.check, value)
    old = taking.known.get((field.id, value.piece, value.reading))
    if old is None:
        raise refusals.nothing_to_correct()
    answer = answer_of(field, value, sure)
    # What was only mistyped was measured then, with the gauge that it was measured with.
    gauge_id, read_at = old.gauge_id, old.read_at
    if value.gauge or gauge_id is None:
        taking.lay_out([value])
        gauge_id, read_at = taking.gauge_of(field, value, answer), tx.act.when.at
    elif (gauge := tx.session.get(Gauge, gauge_id)) is not None:
        require_shown(gauge, value, answer)
    kept = Kept(field, value, answer, gauge_id, read_at)
    event = tx.record(
        VALUE_CORRECTED,
        in_stock.where(tx, taking.work, taking.stop),
        {
            "check": str(taking.check.id),
            "piece": str(value.piece),
            "key": field.key,
            **counted([kept]),
        },
        about=in_stock.about(taking.work, taking.stop),
        reason_id=reason_id,
        changes=[Change(taking.work.lot.id, f"value {field.key}"[:60], old.said, answer.text)],
    )
    old.replaced_at = tx.act.when.at
    tx.session.flush()
    keep(tx, taking.check, [kept], replaces_id=old.id, reason_id=reason_id)
    hang(tx, [value.sha256])
    return taking.told(event.id)
