"""Every "no" of scanning, in the words of the floor."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, NotFound, Refused, Sentence

# What a text turned out not to be, for the page that shows it.
TOO_LONG = _l("This is longer than any code.")
UNPRINTABLE = _l("This holds characters that no code has.")
OTHER_KEYBOARD = _l("This looks like a badge, read by a scanner that is set to another keyboard.")
MIXED_LETTERS = _l("This holds letters that look like others. Compare it with the label.")
# Said of a label whose lot number is not enough.
ITEM_UNKNOWN = _l("No item is linked to this label yet, so the lot number could be another item's.")
LOT_DOUBTFUL = _l("Set the scanner to send separators (FNC1 as GS), or type the lot number.")


def foreign_link(host: str) -> Sentence:
    """Say where a link leads that is not followed."""
    said: Sentence = _l(
        "This is a link to another site, %(host)s. It is not opened from here.", host=host
    )
    return said


def lot_unknown(lot: str) -> Sentence:
    """Say that a label's item is known and its lot is not."""
    said: Sentence = _l("The item of this label is known, its lot “%(lot)s” is not.", lot=lot)
    return said


def nothing_to_link() -> Malformed:
    """Refuse an empty or unreadable text."""
    return Malformed(
        _l("There is no barcode to link."),
        _l("Scan the barcode once more."),
        rule="no_barcode",
        field="code",
    )


def broken_label(trouble: Sentence | None) -> Refused:
    """Refuse to link what was misread or misprinted: the next label will read otherwise."""
    return Refused(
        trouble or UNPRINTABLE,
        _l("Scan it once more. A label that is wrong is not linked."),
        rule="broken_label",
        field="code",
    )


def ours_already() -> Refused:
    """Refuse to link a code of our own or a badge."""
    return Refused(
        _l("This code already stands for something here."),
        _l("Only barcodes of others are linked. Scan it to see what it is."),
        rule="own_code",
        field="code",
    )


def not_linkable() -> Refused:
    """Refuse a target that takes no barcode."""
    return Refused(
        _l("A barcode is linked to a lot, an item or a gauge that is in use."),
        _l("Scan the lot's label, or type the number of the lot, item or gauge."),
        rule="not_linkable",
        field="to",
    )


def several_to_link() -> Refused:
    """Refuse a number that stands for several things."""
    return Refused(
        _l("This number stands for several things."),
        _l("Scan the label of the one that you mean."),
        rule="several",
        field="to",
    )


def too_long_to_link(longest: int) -> Malformed:
    """Refuse a barcode with more text than is kept."""
    return Malformed(
        _l("This text is too long; %(longest)s characters fit.", longest=longest),
        rule="too_long",
        field="code",
    )


def already_linked() -> Refused:
    """Refuse a link that is there."""
    return Refused(
        _l("This barcode is linked to it already."),
        _l("Scan it: it opens."),
        rule="already_linked",
        field="to",
    )


def linked_elsewhere(number: str) -> Refused:
    """Refuse a barcode that stands for something else, perhaps since a moment ago."""
    return Refused(
        _l("This barcode already stands for %(number)s. Nothing was linked.", number=number)
        if number
        else _l("This barcode already stands for something at another site. Nothing was linked."),
        _l("Scan it and look. If it really stands for both, link it once more."),
        rule="linked_elsewhere",
        field="to",
    )


def no_link() -> NotFound:
    """Refuse to take away what is not there."""
    return NotFound(
        _l("This barcode is not linked any more."),
        _l("Look at the list of its barcodes again."),
        rule="not_found",
    )


def station_archived() -> Refused:
    """Refuse a station that is out of use."""
    return Refused(
        _l("This station is out of use."),
        _l("Scan the station at which you work now."),
        rule="station_archived",
    )


def no_such_device() -> NotFound:
    """Refuse what is no device and no site."""
    return NotFound(_l("There is no such device."), rule="not_found")


def bad_affix(longest: int) -> Malformed:
    """Refuse a prefix or suffix that cannot be one."""
    return Malformed(
        _l("A prefix or suffix has at most %(longest)s visible characters.", longest=longest),
        _l("Control characters such as Enter and Tab need not be given."),
        rule="bad_affix",
        field="prefix",
    )
