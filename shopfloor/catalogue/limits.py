"""How much of something an entry of the catalogue may say before it is a slip of the finger."""

import unicodedata
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed

# More of a material, or of money, for one piece than this is a slip of the finger.
MOST_PER_PIECE = 1_000_000
LONGEST_CATEGORY = 80


def read_category(text: str | None) -> str | None:
    """Return a category as it is kept: the same words are one, however spaced and how wide."""
    category = " ".join(unicodedata.normalize("NFKC", text or "").split()) or None
    if category is not None and (len(category) > LONGEST_CATEGORY or "\x00" in category):
        raise Malformed(
            _l("A category has at most 80 characters."), rule="bad_category", field="category"
        )
    return category


def require_tolerance(percent: int, field: str) -> None:
    """Refuse a tolerance that is no percentage; `field` is where it was typed."""
    if not 0 <= percent <= 100:
        raise Malformed(
            _l("The tolerance is too large: it is 0 to 100 %."),
            _l("It is how many more pieces than came may be reported, in percent of the order."),
            rule="bad_routing",
            field=field,
        )


def require_rate(amount: Decimal) -> None:
    """Refuse an amount that cannot be meant as what one good piece pays."""
    if amount >= MOST_PER_PIECE:
        raise Malformed(
            _l("This rate is too large: it is what one good piece pays."),
            _l("Write an amount below %(most)s.", most=MOST_PER_PIECE),
            rule="bad_rate",
            field="amount",
        )
    if amount < 0 or amount != round(amount, 4):
        raise Malformed(
            _l("A rate is 0 or more, with at most four decimals."), rule="bad_rate", field="amount"
        )
