"""What people do to the catalogue."""

from datetime import date, timedelta
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.features import Wanted, put_features
from shopfloor.catalogue.items import NO_DETAILS, ItemDetails, put_item
from shopfloor.catalogue.limits import require_rate
from shopfloor.catalogue.models import REASON, Item, PieceRate, Reason, ReasonKind
from shopfloor.catalogue.revisions import locked_item
from shopfloor.catalogue.variants import put_variant
from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Made
from shopfloor.core.types import Money
from shopfloor.core.words import require_names

_NO_INVERSE = "an entry of the catalogue is replaced by a new revision, never unmade"
ITEM_ADDED = EventKind("catalogue.item_added", _l("Item added"), no_inverse_because=_NO_INVERSE)
REASON_ADDED = EventKind(
    "catalogue.reason_added", _l("Reason added"), no_inverse_because=_NO_INVERSE
)
RATE_SET = EventKind("catalogue.rate_set", _l("Piece rate set"), no_inverse_because=_NO_INVERSE)
_BECAUSE = "the catalogue describes; it touches no lot"


@command(Gate.NONE, _BECAUSE)
def add_item(
    tx: Tx,
    *,
    number: str,
    names: dict[str, str],
    unit: str = "pcs",
    decimals: int = 0,
    details: ItemDetails = NO_DETAILS,
    features: tuple[Wanted, ...] = (),
    model_id: int | None = None,
    choices: dict[str, str] | None = None,
) -> Made:
    """Add an item with its unit and how many decimals a quantity of it may have.

    With features it is a model; of a model it is the variant with these choices.
    """
    tx.act.rights.require("catalogue.edit")
    made, changes = put_item(tx, number, names, unit, decimals, details)
    if model_id is not None:
        put_variant(tx, made.id, model_id, choices or {})
    if features:
        changes.append(put_features(tx, tx.session.get_one(Item, made.id), features))
        tx.session.flush()
    facts = {"number": made.number, "unit": unit}
    tx.record(ITEM_ADDED, Where(), facts, about=[made.id, model_id], changes=changes)
    return made


@command(Gate.NONE, _BECAUSE)
def add_reason(
    tx: Tx, *, kind: ReasonKind, number: str, names: dict[str, str], photo: bool = False
) -> Made:
    """Add a reason people can choose; `photo` asks for a picture with it."""
    tx.act.rights.require("catalogue.edit")
    made = subjects.create(tx.session, REASON, number)
    names = require_names(names)
    tx.session.add(Reason(id=made.id, kind=kind, names=names, photo=photo))
    tx.session.flush()
    tx.record(
        REASON_ADDED,
        Where(),
        {"number": made.number, "kind": kind.value},
        about=[made.id],
        changes=[Change(made.id, "names", None, names)],
    )
    return made


@command(Gate.NONE, _BECAUSE)
def set_piece_rate(
    tx: Tx, *, item_id: int, sequence: int, valid_from: date, amount: Decimal, currency: str
) -> Made:
    """Set what a good piece of an operation pays from a day on, not earlier than today.

    Lines already booked keep the rate they were booked with. Who sets the factory up chooses any
    day, because before anybody has an account none was worked.
    """
    tx.act.rights.require("rate.edit")
    item = locked_item(tx, item_id)
    require_rate(amount)
    # Somewhere west of Greenwich it is still yesterday.
    yesterday = (clock.now() - timedelta(hours=12)).date()
    if valid_from < yesterday and tx.act.actor_id is not None:
        raise Refused(
            _l("A rate cannot change days that are already worked."),
            _l("Choose today or a later day."),
            rule="rate_in_the_past",
            field="valid_from",
        )
    same = (
        PieceRate.item_id == item.id,
        PieceRate.sequence == sequence,
        PieceRate.valid_from == valid_from,
    )
    rate = tx.session.scalar(select(PieceRate).where(*same).with_for_update())
    before = Money(rate.amount, rate.currency) if rate else None
    if rate is None:
        rate = PieceRate(item_id=item.id, sequence=sequence, valid_from=valid_from)
        tx.session.add(rate)
    rate.amount, rate.currency = amount, currency
    after = Money(amount, currency)
    tx.session.flush()
    tx.record(
        RATE_SET,
        Where(),
        {"sequence": str(sequence), "amount": amount, "valid_from": valid_from.isoformat()},
        about=[item.id],
        changes=[Change(item.id, f"rate {sequence} from {valid_from}", before, after)],
    )
    return Made(rate.id, "", None)
