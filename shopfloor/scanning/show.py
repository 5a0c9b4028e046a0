"""How a lot's way through its operations is drawn: like stops of a line."""

from dataclasses import dataclass

from shopfloor.core.shown import show_quantity
from shopfloor.core.words import in_words
from shopfloor.production.queries import LotView
from shopfloor.production.way import Stop


@dataclass(frozen=True, slots=True)
class Drawn:
    """A stop of the rail, in the reader's words; a quantity of zero is None and left out."""

    number: int
    name: str
    note: str
    gate: bool
    state: str
    left: str | None
    good: str | None
    scrap: str | None
    rework: str | None
    redo: str | None  # of what is left
    again: str | None  # of what is good: counted in an earlier pass, too


def rail(view: LotView) -> list[Drawn]:
    """Return the stops as the page's rail wants them."""
    return [_drawn(view, stop) for stop in view.work.stops]


def _drawn(view: LotView, stop: Stop) -> Drawn:
    scrap = sum(row.scrap for row in stop.passes)
    rework = sum(row.rework for row in stop.passes)
    later = [row for row in stop.passes if row.pass_ > 1]
    redo, again = sum(row.left for row in later), sum(row.good for row in later)
    return Drawn(
        number=stop.operation.sequence,
        name=in_words(stop.operation.names),
        note=in_words(stop.station.names),
        gate=stop.operation.inspect,
        state=_state(view, stop),
        left=show_quantity(stop.left) if stop.left else None,
        good=show_quantity(stop.good) if stop.good else None,
        scrap=show_quantity(scrap) if scrap else None,
        rework=show_quantity(rework) if rework else None,
        redo=show_quantity(redo) if redo else None,
        again=show_quantity(again) if again else None,
    )


def _state(view: LotView, stop: Stop) -> str:
    if stop.held:
        return "held"
    if stop.waiting:
        return "waiting"
    if stop is view.here:
        return "here"
    if stop.left:
        return "next"
    return "done" if stop.good else "later"
