"""Every "no" about what becomes of held pieces, and about concessions."""

from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, NotFound, NotYours, Refused
from shopfloor.core.shown import show_dated


def not_before(back_to: int | None, here: int) -> Refused:
    """Return the refusal for rework that would begin behind where the pieces are."""
    return Refused(
        _l("Operation %(back)s comes after operation %(here)s.", back=back_to, here=here),
        _l("Choose the operation where the pieces are, or one before it."),
        rule="not_before",
        field="dispositions",
    )


def made_here(lot: str | None) -> Refused:
    """Return the refusal for returning to a supplier what came from none."""
    return Refused(
        _l("Lot %(lot)s was made here; there is no supplier to return it to.", lot=lot or ""),
        _l("Rework or scrap the pieces, or return the material they were made of."),
        rule="made_here",
        field="dispositions",
    )


def no_item(name: str) -> Refused:
    """Return the refusal for a downgrade to what is no item in use."""
    return NotFound(
        _l("There is no item “%(item)s” in use.", item=name[:80])
        if name
        else _l("Say which item the downgraded pieces are from now on."),
        _l("Write its number as it stands in the list of items."),
        rule="no_item",
        field="dispositions",
    )


def same_item() -> Refused:
    """Return the refusal for a downgrade to the item the pieces already are."""
    return Refused(
        _l("The pieces are of this item already."),
        _l("Choose another item, or use the pieces as they are."),
        rule="same_item",
        field="dispositions",
    )


def other_unit(unit: str) -> Refused:
    """Return the refusal for a downgrade to an item that is counted in another unit."""
    return Refused(
        _l("This item is counted in another unit: %(unit)s.", unit=unit),
        _l("Choose an item that is counted as these pieces are."),
        rule="other_unit",
        field="dispositions",
    )


def no_store(place: str) -> Refused:
    """Return the refusal for a place that keeps nothing."""
    return NotFound(
        _l("There is no store “%(place)s” at this site.", place=place[:80]),
        _l("Leave it empty for finished goods, or name a store."),
        rule="no_store",
        field="dispositions",
    )


def concession_missing(quantity: Decimal) -> Refused:
    """Return the refusal for letting pieces go on that are not right, with nobody's approval."""
    return Refused(
        _l("%(quantity)s pieces go on although they are not right.", quantity=quantity),
        _l("Write why that is acceptable. Whoever may approve a concession signs it."),
        rule="concession_missing",
        field="concession",
    )


def concession_expired(day: date) -> Refused:
    """Return the refusal for a concession that is over."""
    return Refused(
        _l("The concession was good through %(day)s.", day=show_dated(day)),
        _l("Have it approved again, or decide otherwise about the pieces."),
        rule="concession_expired",
        field="expires_on",
    )


def concession_too_small(number: str, quantity: Decimal, wanted: Decimal) -> Refused:
    """Return the refusal for using more pieces than a concession was approved for."""
    return Refused(
        _l(
            "Concession %(number)s is for %(quantity)s pieces, not for %(wanted)s.",
            number=number,
            quantity=quantity,
            wanted=wanted,
        ),
        _l("Have it approved for all of them, or decide otherwise about the others."),
        rule="concession_too_small",
        field="concession",
    )


def consent_missing() -> Refused:
    """Return the refusal for a concession on which the customer has a say."""
    return Refused(
        _l("The customer must agree for this item."),
        _l("Write who has agreed and when, or take a photo of the paper."),
        rule="consent_missing",
        field="consent",
    )


def may_not_approve() -> Refused:
    """Return the refusal for a signature of somebody who may approve no concession here."""
    return NotYours(
        _l("The person who signed may not approve a concession here."),
        _l("The quality head or a supervisor approves it; rework and scrap need none."),
        rule="no_right",
        field="badge",
    )


def own_lock() -> Refused:
    """Return the refusal for conceding what one has locked oneself."""
    return NotYours(
        _l("Whoever locked it cannot approve its concession."),
        _l("A second person with the right signs with badge and PIN."),
        rule="four_eyes",
        field="badge",
    )


def bad_quantity() -> Refused:
    """Return the refusal for a concession for no pieces, or for more than there can be."""
    return Malformed(
        _l("Say for how many pieces the concession is."), rule="bad_quantity", field="quantity"
    )


def bad_words(longest: int) -> Refused:
    """Return the refusal for a concession without words, or with far too many."""
    return Malformed(
        _l("Say in 1 to %(longest)s characters why the pieces are acceptable.", longest=longest),
        rule="bad_concession",
        field="concession",
    )
