"""Our own codes: a kind letter, eight random characters, one check character."""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: no I, L, O, U
LENGTH = 10
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_LOOKS_LIKE = str.maketrans("ILO", "110")
# The host and the case are ignored: labels stay valid when the address of the server changes.
_OUR_LINK = re.compile(r"https?://[^/\s?#]{1,255}/q/([0-9a-z-]{1,40})", re.IGNORECASE | re.ASCII)
# Powers of the generator 2 of GF(32) under x^5 + x^2 + 1: all distinct, so the weighted sum
# notices every single wrong character and every swap of neighbours.
_POWERS = [1]
while len(_POWERS) < 31:
    _doubled = _POWERS[-1] << 1
    _POWERS.append(_doubled ^ 0b100101 if _doubled & 32 else _doubled)
_LOG = {value: exponent for exponent, value in enumerate(_POWERS)}


def _check(body: str) -> str:
    total = 0
    for position, letter in enumerate(body):
        value = _VALUE[letter]
        if value:
            total ^= _POWERS[(_LOG[value] + position) % 31]
    # The check character stands last; divide by its own weight so that the whole sums to zero.
    return ALPHABET[_POWERS[(_LOG[total] - len(body)) % 31]] if total else ALPHABET[0]


def new_code(kind_letter: str) -> str:
    """Return a fresh code for a kind, e.g. B7K2M9QX4T."""
    return with_check(kind_letter + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 2)))


def with_check(body: str) -> str:
    """Return the code whose letters before the check character are these."""
    return body + _check(body)


def read_code(text: str) -> str | None:
    """Return the code as we print it, or None when the text is not one of ours.

    Typed codes may be in small letters, with blanks or hyphens, and with I, L, O for 1 and 0.
    """
    letters = text.strip().upper().replace(" ", "").replace("-", "").translate(_LOOKS_LIKE)
    if len(letters) != LENGTH or any(letter not in _VALUE for letter in letters):
        return None
    return letters if _check(letters[:-1]) == letters[-1] else None


def in_link(text: str) -> str:
    """Return what the link in one of our QR codes stands for, and any other text as it is."""
    link = _OUR_LINK.fullmatch(text)
    return link.group(1) if link else text
