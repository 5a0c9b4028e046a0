"""The one resolver: what a scanned or typed text is, whatever it was read with."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from shopfloor.core.codes import in_link, read_code
from shopfloor.core.db import rows
from shopfloor.core.subjects import Subject
from shopfloor.people.secrets import read_badge

LONGEST = 4296  # the most a QR code can carry
TYPED_KINDS = ("lot", "work_order", "item", "operation", "station")
_BY_NUMBER = (Subject.number == bindparam("typed")) & Subject.kind.in_(TYPED_KINDS)
# Every scan asks this.
_MEANT = (
    select(
        Subject.id,
        Subject.kind,
        Subject.code,
        Subject.number,
        Subject.archived_at,
        Subject.site_id,
    )
    .where((Subject.code == bindparam("code")) | _BY_NUMBER)
    .order_by(Subject.id)
    .limit(20)
)


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
    if "\x00" in typed or any(unicodedata.category(letter) == "Cs" for letter in typed):
        return Scanned(Outcome.UNKNOWN, shown)
    meant = rows(session, _MEANT, {"code": code, "typed": typed})
    exact = [row for row in meant if row.code == code]
    found = tuple(_found(row) for row in (exact or meant))
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


def _found(row: Row[*tuple[Any, ...]]) -> Found:
    return Found(row.id, row.kind, row.code, row.number, row.archived_at is not None, row.site_id)
