"""Every "no" of splitting, joining and numbering lots, with what to do next."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, Refused


def whole_lot() -> Refused:
    """Return the refusal for splitting off everything that a lot has."""
    return Refused(
        _l("That is the whole lot; nothing would be left of it."),
        _l("Split off fewer pieces, or leave the lot as it is."),
        rule="whole_lot",
        field="quantity",
    )


def other_family(number: str | None) -> Refused:
    """Return the refusal for joining lots that have not the same order, so not one history."""
    return Refused(
        _l("Lot %(number)s belongs to another work order.", number=number),
        _l("Only lots of one work order can be joined."),
        rule="other_order",
        field="other",
    )


def same_lot() -> Refused:
    """Return the refusal for joining a lot with itself."""
    return Malformed(
        _l("This is the same lot."),
        _l("Scan the other lot, the one whose pieces you add."),
        rule="same_lot",
        field="other",
    )


def not_here(number: str | None, sequence: int) -> Refused:
    """Return the refusal for joining a lot whose pieces stand at another operation."""
    return Refused(
        _l(
            "Lot %(number)s has no pieces at operation %(sequence)s.",
            number=number,
            sequence=sequence,
        ),
        _l("Join lots only where both stand at the same operation."),
        rule="not_here",
        field="other",
    )


def somebody_works(person: str) -> Refused:
    """Return the refusal for taking the pieces somebody is working on into another lot."""
    return Refused(
        _l("%(person)s is working on it.", person=person),
        _l("Let %(person)s finish or report first.", person=person),
        rule="somebody_works",
    )


def needs_serials(sequence: int) -> Refused:
    """Return the refusal for counting pieces that must have numbers of their own by now."""
    return Refused(
        _l("At operation %(sequence)s every piece needs its serial number.", sequence=sequence),
        _l("Give the pieces their serial numbers first, then report each of them."),
        rule="needs_serials",
    )


def no_serials_here(sequence: int) -> Refused:
    """Return the refusal for serial numbers at an operation that only counts."""
    return Refused(
        _l("At operation %(sequence)s pieces are counted.", sequence=sequence),
        _l("Serial numbers are given at the operation that the routing names."),
        rule="no_serials_here",
    )


def bad_serials(most: int) -> Refused:
    """Return the refusal for a list of serial numbers that cannot be given."""
    return Malformed(
        _l("These serial numbers cannot be given."),
        _l("Give 1 to %(most)s of them, each only once and with digits at its end.", most=most),
        rule="bad_serials",
        field="first",
    )


def serials_taken(taken: str, free: str) -> Refused:
    """Return the refusal for serial numbers that others have; `free` is the next one nobody has."""
    return Refused(
        _l("The serial number %(taken)s is already used.", taken=taken),
        _l("The next free one is %(free)s.", free=free),
        rule="serial_taken",
        field="first",
    )
