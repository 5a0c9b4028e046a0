"""GTINs: read in every length that a shop's barcode has, kept as fourteen digits."""

import re

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed

# GTIN-8, UPC-A, EAN-13 and GTIN-14: GS1 General Specifications, 3.3.1 and 7.9.
LENGTHS = (8, 12, 13, 14)
_DIGITS = re.compile(r"\d+", re.ASCII)


def check_digit(digits: str) -> int:
    """Return the check digit for some digits: modulo 10, weights 3 and 1 from the right."""
    weighted = sum(int(d) * (1 if place % 2 else 3) for place, d in enumerate(reversed(digits)))
    return -weighted % 10


def check_digit_fits(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others."""
    if not _DIGITS.fullmatch(digits) or len(digits) < 2:
        return False
    return check_digit(digits[:-1]) == int(digits[-1])


def read_gtin(text: str, field: str = "gtin") -> str | None:
    """Return a typed GTIN as fourteen digits, None for an empty text; Malformed says what fails."""
    digits = re.sub(r"[\s\-]", "", text)
    if not digits:
        return None
    if not _DIGITS.fullmatch(digits) or len(digits) not in LENGTHS or not digits.strip("0"):
        raise Malformed(
            _l("A GTIN has 8, 12, 13 or 14 digits."),
            _l("Type all digits under the bars, the last one too."),
            rule="bad_gtin",
            field=field,
        )
    if not check_digit_fits(digits):
        raise Malformed(
            _l("The check digit of “%(gtin)s” is wrong.", gtin=digits),
            _l("One digit is mistyped. With these digits the last one would be %(right)s.",
               right=check_digit(digits[:-1])),
            rule="bad_gtin",
            field=field,
        )  # fmt: skip
    return digits.zfill(14)


def shown_gtin(gtin: str | None) -> str:
    """Return a kept GTIN as it stands under the bars: without the zeros put in front."""
    if not gtin:
        return ""
    bare = gtin.lstrip("0")
    return gtin[14 - next(length for length in LENGTHS if length >= len(bare)) :]
