"""Other units of an item: typed as people say them, kept as exact ratios."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, Sentence
from shopfloor.core.types import plain

LONGEST_UNIT = 20
MOST_UNITS = 20
# Far above any real ratio, and a quantity times it is still exact.
LARGEST = 10**15
_NUMBER = r"\d{1,15}(?:[.,]\d{1,15})?"
_SIDE = re.compile(rf"(?:(?P<number>{_NUMBER}(?:\s*/\s*{_NUMBER})?)\s*)?(?P<unit>.*)", re.ASCII)
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


@dataclass(frozen=True)
class UnitFactor:
    """Another unit: one of it is exactly numerator/denominator of the item's own."""

    unit: str
    numerator: int
    denominator: int = 1

    @property
    def ratio(self) -> Fraction:
        """Return how much of the item's own unit one of it is."""
        return Fraction(self.numerator, self.denominator)


def read_units(text: str, own: str, field: str = "units") -> tuple[UnitFactor, ...]:
    """Read one unit a line, as in "1 box = 12 pcs" or "1 lb = 45359237/100000000 kg".

    The item's own unit may stand on either side, or be left out on the right.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return require_units([_read_line(line, own, field) for line in lines], own, field)


def require_units(
    units: Iterable[UnitFactor], own: str, field: str = "units"
) -> tuple[UnitFactor, ...]:
    """Return the units in lowest terms and in order; Malformed for a doubled or impossible one."""
    kept: dict[str, UnitFactor] = {}
    for each in units:
        name = each.unit.strip()
        if not name or len(name) > LONGEST_UNIT:
            raise _wrong(_l("A unit has 1 to 20 characters."), field)
        if name in kept or name == own:
            raise _wrong(_l("The unit “%(unit)s” is there twice.", unit=name), field)
        if min(each.numerator, each.denominator) <= 0:
            raise _wrong(_l("One “%(unit)s” must be more than nothing.", unit=name), field)
        ratio = each.ratio
        if max(ratio.numerator, ratio.denominator) > LARGEST:
            raise _wrong(_l("The ratio of “%(unit)s” is too long to be kept.", unit=name), field)
        kept[name] = UnitFactor(name, ratio.numerator, ratio.denominator)
    if len(kept) > MOST_UNITS:
        raise _wrong(_l("An item has at most %(most)s other units.", most=MOST_UNITS), field)
    return tuple(kept[name] for name in sorted(kept))


def write_units(units: Iterable[UnitFactor], own: str) -> str:
    """Write units one a line, as read_units reads them back exactly."""
    return "\n".join(f"1 {each.unit} = {write_ratio(each.ratio)} {own}" for each in units)


def write_ratio(ratio: Fraction) -> str:
    """Write a ratio as a decimal when it is one of at most twelve places, else as a fraction."""
    rest = ratio.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1 and (ratio * 10**12).denominator == 1:
        written = f"{plain(Decimal(int(ratio * 10**12)).scaleb(-12)):f}"
        # Half of the world reads 1.234 as a thousand: with one more zero nobody does.
        return f"{written}0" if _TWO_WAYS.fullmatch(written) else written
    return f"{ratio.numerator}/{ratio.denominator}"


def _read_line(line: str, own: str, field: str) -> UnitFactor:
    left, equals, right = line.partition("=")
    sides = [_SIDE.fullmatch(side.strip()) for side in (left, right)]
    if not equals or None in sides or not right.strip():
        raise _unread(line, own, field)
    (amount, unit), (own_amount, own_unit) = (
        (_read_number(side["number"], line, own, field), side["unit"].strip())
        for side in sides
        if side
    )
    if unit == own and own_unit != own:
        amount, unit, own_amount, own_unit = own_amount, own_unit, amount, unit
    if own_unit not in (own, "") or not unit:
        raise _unread(line, own, field)
    if not amount or not own_amount:
        raise _wrong(_l("One “%(unit)s” must be more than nothing.", unit=unit[:20]), field)
    ratio = own_amount / amount
    return UnitFactor(unit, ratio.numerator, ratio.denominator)


def _read_number(text: str | None, line: str, own: str, field: str) -> Fraction:
    parts = [part.strip() for part in (text or "1").split("/")]
    if any(_TWO_WAYS.fullmatch(part) for part in parts):
        raise _wrong(
            _l("“%(typed)s” can be read in two ways.", typed=line[:60]),
            field,
            _l("Write thousands without a sign between, and one zero more behind decimals."),
        )
    numbers = [Fraction(part.replace(",", ".")) for part in parts]
    if len(numbers) == 2 and not numbers[1]:
        raise _unread(line, own, field)
    return numbers[0] / numbers[1] if len(numbers) == 2 else numbers[0]


def _unread(line: str, own: str, field: str) -> Malformed:
    return _wrong(
        _l("“%(typed)s” does not say how much one unit is.", typed=line[:60]),
        field,
        _l("Write one unit a line, like: 1 box = 12 %(unit)s", unit=own),
    )


def _wrong(sentence: Sentence, field: str, hint: Sentence | str = "") -> Malformed:
    return Malformed(sentence, hint, rule="bad_units", field=field)
