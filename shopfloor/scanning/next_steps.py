"""Collects from every room what a person may do with a lot now, the likely step first."""

from collections.abc import Callable, Iterable

from shopfloor.core.next_steps import NextStep
from shopfloor.production.queries import LotView

Offer = Callable[[LotView], list[NextStep]]
_OFFERS: list[Offer] = []


def register(offers: Iterable[Offer]) -> None:
    """Take the rooms' offers, in the order in which they are shown."""
    _OFFERS[:] = offers


def for_lot(view: LotView) -> list[NextStep]:
    """Return the next steps: first the primary one, last what is refused."""
    steps = [step for offer in _OFFERS for step in offer(view)]
    return sorted(steps, key=lambda step: (not step.primary, bool(step.refusal)))
