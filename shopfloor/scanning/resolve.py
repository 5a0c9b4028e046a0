"""The one resolver: what a scanned or typed text is, whatever it was read with."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.codes import in_link, read_code
from shopfloor.core.subjects import Subject
from shopfloor.people.secrets import read_badge

LONGEST = 4296  # the most a QR code can carry
TYPED_KINDS = ("lot", "work_order", "item", "operation", "station")


class Outcome(StrEnum):
    """What a scan came to."""

    OPENED = "opened"
    AMBIGUOUS = "ambiguous"
    BADGE = "badge"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Found:
    """A subject that a text stands for."""

    id: int
    kind: str
    code: str
    number: str | None
    archived: bool
    site_id: int | None


@dataclass(frozen=True)
class Scanned:
    """What was read and what it is; `shown` is the text with its control characters visible."""

    outcome: Outcome
    shown: str
    found: tuple[Found, ...] = ()

    @property
    def subject(self) -> Found | None:
        """Return the one subject, when there is exactly one."""
        return self.found[0] if self.outcome is Outcome.OPENED else None

    def among(self, seen: Iterable[Found]) -> "Scanned":
        """Return what this scan is for somebody who sees only these things."""
        found = tuple(seen)
        if found == self.found:
            return self
        outcomes = (Outcome.UNKNOWN, Outcome.OPENED)
        outcome = outcomes[len(found)] if len(found) < len(outcomes) else self.outcome
        return replace(self, outcome=outcome, found=found)


def resolve(session: Session, text: str) -> Scanned:
    """Say what a text is: our code or link, a badge, or a number; at most one statement.

    A badge is recognised but never looked up here, and a link never leads to another host.
    """
    shown = visible(text)
    typed = unicodedata.normalize("NFC", text[:LONGEST]).strip()
    linked = in_link(typed)
    code = read_code(linked)
    if read_badge(linked):
        return Scanned(Outcome.BADGE, "")
    if not typed or (linked != typed and code is None) or (len(typed) > 80 and code is None):
        return Scanned(Outcome.UNKNOWN, shown)
    by_number = (Subject.number == typed) & Subject.kind.in_(TYPED_KINDS)
    if "\x00" in typed or any(unicodedata.category(letter) == "Cs" for letter in typed):
        return Scanned(Outcome.UNKNOWN, shown)
    condition = by_number if code is None else (Subject.code == code) | by_number
    rows = session.scalars(select(Subject).where(condition).order_by(Subject.id).limit(20)).all()
    exact = [row for row in rows if row.code == code]
    found = tuple(_found(row) for row in (exact or rows))
    if not found:
        return Scanned(Outcome.UNKNOWN, shown)
    return Scanned(Outcome.OPENED if len(found) == 1 else Outcome.AMBIGUOUS, shown, found)


def visible(text: str) -> str:
    """Return a text for showing: control and invisible characters as names, never acted on."""
    return "".join(
        f"⟨{unicodedata.name(letter, f'U+{ord(letter):04X}')}⟩"
        if unicodedata.category(letter)[0] == "C"
        else letter
        for letter in text[:200]
    )


def _found(row: Subject) -> Found:
    return Found(row.id, row.kind, row.code, row.number, row.archived_at is not None, row.site_id)
