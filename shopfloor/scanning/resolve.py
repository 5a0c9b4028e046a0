"""The one resolver: what a scanned or typed text is, whatever it was read with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from shopfloor.core.refusals import Sentence
from shopfloor.scanning import refusals
from shopfloor.scanning.context import expected_kind, meant_first
from shopfloor.scanning.keyboards import NO_AFFIXES, Affixes, as_meant
from shopfloor.scanning.label import Label
from shopfloor.scanning.lookalikes import is_mixed
from shopfloor.scanning.matching import Found, Match, match
from shopfloor.scanning.models import Outcome, Source
from shopfloor.scanning.reading import LONGEST, Reading, take, visible

__all__ = ["LONGEST", "Found", "Outcome", "Scan", "Scanned", "resolve", "visible"]

# An address with more is refused by servers on the way.
LONGEST_IN_ADDRESS = 500


@dataclass(frozen=True)
class Scan:
    """A text as it came in: how it was read, and what was open meanwhile."""

    text: str
    source: Source = Source.UNSAID
    symbology: str = ""
    context: str = ""
    affixes: Affixes = NO_AFFIXES

    @property
    def fits(self) -> bool:
        """Say whether the text can stand in an address, and come back from there as it is."""
        sound = not any("\ud800" <= letter <= "\udfff" for letter in self.text)
        return sound and len(self.text) <= LONGEST_IN_ADDRESS

    @property
    def whole(self) -> str:
        """Return the text as a reader would send it, marked with its symbology."""
        marked = self.text.startswith(self.symbology)
        return self.text if marked else self.symbology + self.text


@dataclass(frozen=True)
class Scanned:
    """What was read and what it is; `shown` is the text with its control characters visible.

    `near` is what may have been meant, `trouble` says what stands against the text, `hint` what
    can be done about it.
    """

    outcome: Outcome
    shown: str
    found: tuple[Found, ...] = ()
    near: tuple[Found, ...] = ()
    label: Label | None = None
    warnings: tuple[Sentence, ...] = ()
    trouble: Sentence | None = None
    hint: Sentence | None = None
    expected: str | None = None
    item_known: bool = False
    linkable: bool = False
    badge: str = field(default="", repr=False)

    @property
    def subject(self) -> Found | None:
        """Return the one subject, when there is exactly one."""
        return self.found[0] if self.outcome is Outcome.OPENED else None

    def among(self, seen: Callable[[Iterable[Found]], list[Found]]) -> "Scanned":
        """Return what this scan is for somebody who sees only some of these things."""
        if not self.found and not self.near:
            return self
        kept = {each.id for each in seen((*self.found, *self.near))}
        found = tuple(each for each in self.found if each.id in kept)
        near = tuple(each for each in self.near if each.id in kept)
        return replace(self, outcome=_outcome(found), found=found, near=near)


def resolve(session: Session, scan: Scan | str, context: str = "") -> Scanned:
    """Say what a text is; one statement for a code of ours, a few for anything else.

    A badge is recognised but never looked up here, and a link never leads to another host.
    """
    scan = scan if isinstance(scan, Scan) else Scan(scan, context=context)
    shown, readings = visible(scan.text), [take(text, scan.symbology) for text in _texts(scan)]
    badge = next((reading.badge for reading in readings if reading.is_badge), None)
    if badge:
        return Scanned(Outcome.BADGE, "", badge=badge)
    matches = [(reading, match(session, reading)) for reading in readings]
    meant = None if any(known.found for _reading, known in matches) else _as_meant(scan)
    if meant:
        matches.append((meant, match(session, meant)))
    reading, best = next(((r, m) for r, m in matches if m.found), None) or _likeliest(matches)
    every = {each.id: each for _reading, known in matches for each in known.found}
    found = meant_first(session, tuple(every.values()), scan.context)
    return Scanned(
        _outcome(found),
        shown,
        found,
        near=() if found else best.near,
        label=reading.label,
        warnings=_warnings(reading, found),
        trouble=None if found else _first(best.trouble, reading.trouble),
        hint=None if found else reading.hint,
        expected=expected_kind(scan.context),
        item_known=not found and best.item_known,
        linkable=not found and reading.usable and not reading.broken,
    )


def _texts(scan: Scan) -> list[str]:
    """Return what the reader may have read; with affixes that nobody is sure of, both ways."""
    alone = scan.affixes.off(scan.text)
    # A trigger scanner adds its affixes to everything; what a person types has none.
    if alone and scan.source is Source.TRIGGER:
        return [alone]
    return [scan.text, alone] if alone and scan.source is Source.UNSAID else [scan.text]


def _as_meant(scan: Scan) -> Reading | None:
    if scan.source not in (Source.TRIGGER, Source.UNSAID) or len(scan.text) > LONGEST:
        return None
    meant = as_meant(_texts(scan)[-1])
    return take(meant, scan.symbology) if meant else None


def _likeliest(matches: list[tuple[Reading, Match]]) -> tuple[Reading, Match]:
    labelled = next(((r, m) for r, m in matches if r.label or m.near), None)
    return labelled or matches[0]


def _outcome(found: tuple[Found, ...]) -> Outcome:
    if not found:
        return Outcome.UNKNOWN
    return Outcome.OPENED if len(found) == 1 else Outcome.AMBIGUOUS


def _first(*troubles: Sentence | None) -> Sentence | None:
    return next((trouble for trouble in troubles if trouble is not None), None)


def _warnings(reading: Reading, found: tuple[Found, ...]) -> tuple[Sentence, ...]:
    twins = any(each.number and is_mixed(each.number) for each in found)
    more = (refusals.MIXED_LETTERS,) if twins and not is_mixed(reading.text) else ()
    return reading.warnings + more
