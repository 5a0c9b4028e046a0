"""What a scanned or typed text shows by itself, before anything is looked up."""

import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from shopfloor.core.codes import in_link, read_code
from shopfloor.core.refusals import Sentence
from shopfloor.people.secrets import BADGE_LENGTH, read_badge
from shopfloor.scanning import gs1, iso15434, refusals
from shopfloor.scanning.gs1_forms import strip_symbology
from shopfloor.scanning.label import Label, Unreadable
from shopfloor.scanning.lookalikes import is_mixed

LONGEST = 4296  # the most a QR code can carry
LONGEST_NUMBER = 80
_BLANKS = " \t\r\n\u00a0\u3000"
# A badge, or most of one, within other text or from a scanner that swaps y and z.
_SECRET = re.compile(r"(?:ZZ|YY)[0-9A-HJKMNP-TV-Z]{16,}", re.IGNORECASE)
_SWAPPED_BADGE = re.compile(rf"YY[0-9A-HJKMNP-TV-Z]{{{BADGE_LENGTH - 2}}}", re.IGNORECASE)
# One-time links of ours: who has their last part may become a device or the administrator.
_ONE_TIME = re.compile(r"[A-Za-z0-9_-]{32,}")


@dataclass(frozen=True)
class Reading:
    """One way to read a text: without symbology identifier, in one normal form, with its label.

    It is `broken` when it shows a standard and does not keep to it: such a text is no name.
    """

    text: str
    symbology: str = ""
    code: str | None = None
    badge: str = field(default="", repr=False)
    label: Label | None = None
    trouble: Sentence | None = None
    hint: Sentence | None = None
    broken: bool = False

    @property
    def is_badge(self) -> bool:
        """Say whether this is a badge; its secret stands nowhere else."""
        return bool(self.badge)

    @property
    def usable(self) -> bool:
        """Say whether this can be asked of a database at all."""
        return bool(self.text) and _is_sound(self.text)

    @property
    def number(self) -> str | None:
        """Return what can be a number that somebody has typed; None for links and long texts."""
        if len(self.text) > LONGEST_NUMBER or "://" in self.text or not self.usable:
            return None
        return self.text

    @property
    def warnings(self) -> tuple[Sentence, ...]:
        """Return what the person should know about the text itself."""
        mixed = (refusals.MIXED_LETTERS,) if is_mixed(self.text) else ()
        return mixed + (self.label.warnings if self.label else ())


def take(raw: str, symbology: str = "") -> Reading:
    """Read a text without looking anything up; what stands against it is its `trouble`."""
    own_symbology, text = strip_symbology(raw.strip(_BLANKS))
    symbology = own_symbology or symbology
    text = unicodedata.normalize("NFC", text[:LONGEST])
    linked = in_link(text)
    badge = read_badge(linked)
    if badge:
        return Reading("", symbology, badge=badge)
    if _SWAPPED_BADGE.fullmatch(linked):
        return Reading("", symbology, trouble=refusals.OTHER_KEYBOARD)
    if len(raw) > LONGEST:
        return Reading("", symbology, trouble=refusals.TOO_LONG)
    if not _is_sound(text):
        return Reading("", symbology, trouble=refusals.UNPRINTABLE)
    code = read_code(linked)
    if code:
        return Reading(text, symbology, code)
    try:
        label = iso15434.read(text) or gs1.read(text, symbology)
    except Unreadable as wrong:
        return Reading(text, symbology, trouble=wrong.sentence, broken=True)
    hint = refusals.LOT_DOUBTFUL if label and label.doubtful else None
    host = None if label else _host(text)
    trouble = refusals.foreign_link(host) if host else None
    return Reading(text, symbology, label=label, trouble=trouble, hint=hint)


def visible(text: str, longest: int = 200) -> str:
    """Return a text for showing: control and invisible characters as names, secrets left out."""
    if _SECRET.search(text[:LONGEST]):
        return ""
    if "://" in text:
        text = _ONE_TIME.sub("…", text)
    return "".join(
        f"⟨{unicodedata.name(letter, f'U+{ord(letter):04X}')}⟩"
        if unicodedata.category(letter)[0] == "C"
        else letter
        for letter in text[:longest]
    )


def _is_sound(text: str) -> bool:
    # PostgreSQL keeps no NUL, and half of a surrogate pair is no character.
    return "\x00" not in text and not any(unicodedata.category(c) == "Cs" for c in text)


def _host(text: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https", "ftp") else None
