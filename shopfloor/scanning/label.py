"""What a supplier's label says, whichever standard it is written in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shopfloor.core.refusals import Sentence


@dataclass(frozen=True)
class Label:
    """The fields of one label as plain values; `warnings` are sentences for the person.

    `doubtful` says that a separator may have been lost on the way, so that `lot` may hold more
    than the lot number. It never holds less.
    """

    standard: str
    pairs: tuple[tuple[str, str], ...]
    gtin: str | None = None
    part: str | None = None
    supplier_part: str | None = None
    lot: str | None = None
    serial: str | None = None
    expiry: date | None = None
    best_before: date | None = None
    made_on: date | None = None
    packed_on: date | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    sscc: str | None = None
    order: str | None = None
    order_line: str | None = None
    supplier: str | None = None
    place: str | None = None
    others: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Sentence, ...] = ()
    doubtful: bool = False

    @property
    def text(self) -> str:
        """Return the label in one form, whatever symbol and separators it was read with."""
        return "".join(f"({key}){value}" for key, value in self.pairs)


class Unreadable(ValueError):  # noqa: N818 - it is an answer, not an error
    """A label that shows its standard and breaks it; the sentence says where."""

    def __init__(self, sentence: Sentence) -> None:
        """Carry the sentence for the person who scanned."""
        super().__init__("unreadable label")
        self.sentence = sentence
