"""What stands on each kind of label: which lines, in which weight, and where its QR leads."""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.models import ITEM
from shopfloor.core.refusals import NotFound, Sentence
from shopfloor.labels.models import PRINTER
from shopfloor.people.models import PERSON
from shopfloor.plant.models import DEVICE, PLACE, STATION
from shopfloor.production.models import OPERATION, ORDER
from shopfloor.quality.gauge_models import GAUGE, SAMPLE
from shopfloor.stock.models import LOT

VIEW, PEOPLE, PLANT = "work.view", "people.edit", "plant.edit"


class Weight(StrEnum):
    """How much a line matters: the letters' size, and what gives way when there is no room."""

    KIND = "kind"
    TITLE = "title"
    NAME = "name"
    OTHER = "other"
    FACT = "fact"
    CODE = "code"


class Host(StrEnum):
    """Whose phones a label's QR is for."""

    INTERNAL = "internal"
    PUBLIC = "public"
    NONE = "none"


@dataclass(frozen=True)
class Design:
    """One kind of label; `lines` name what the kind's facts hold, from top to bottom."""

    kind: str
    word: Sentence
    lines: tuple[tuple[str, Weight], ...]
    verb: str = VIEW
    host: Host = Host.INTERNAL


@dataclass(frozen=True)
class Line:
    """One line of a label."""

    text: str
    weight: Weight


@dataclass(frozen=True)
class Label:
    """A label as it is printed: the thing, its lines, and the text of its QR.

    A secret one is a badge: whoever has a picture of it can sign in as its person.
    """

    subject_id: int
    kind: str
    name: str
    code: str
    lines: tuple[Line, ...]
    qr: str
    site_id: int | None = None
    secret: bool = False


_HEAD = (("kind", Weight.KIND), ("number", Weight.TITLE))
_NAMED = (*_HEAD, ("name", Weight.NAME), ("other_name", Weight.OTHER))
_FOOT = (("code", Weight.CODE),)
DESIGNS: dict[str, Design] = {
    design.kind: design
    for design in (
        Design(
            LOT.name,
            _l("Lot"),
            (*_NAMED, ("quantity", Weight.FACT), ("order", Weight.FACT), *_FOOT),
        ),
        Design(
            ORDER.name,
            _l("Work order"),
            (*_NAMED, ("quantity", Weight.FACT), ("due", Weight.FACT), *_FOOT),
        ),
        Design(
            OPERATION.name,
            _l("Operation"),
            (*_NAMED, ("station", Weight.FACT), ("order", Weight.FACT), *_FOOT),
        ),
        Design(ITEM.name, _l("Item"), (*_NAMED, ("unit", Weight.FACT), *_FOOT)),
        Design(STATION.name, _l("Station"), (*_NAMED, ("line", Weight.FACT), *_FOOT)),
        Design(PLACE.name, _l("Place"), (*_NAMED, ("site", Weight.FACT), *_FOOT)),
        Design(
            DEVICE.name,
            _l("Device"),
            (*_HEAD, ("station", Weight.FACT), ("site", Weight.FACT), *_FOOT),
            verb=PEOPLE,
        ),
        # The secret of a badge is its QR; it has no address, and no line shows it.
        Design(
            PERSON.name,
            _l("Badge"),
            (("kind", Weight.KIND), ("name", Weight.TITLE), ("crew", Weight.FACT),
             ("site", Weight.FACT)),
            verb=PEOPLE,
            host=Host.NONE,
        ),
        Design(GAUGE.name, _l("Gauge"), (*_NAMED, ("type", Weight.FACT), *_FOOT)),
        Design(
            SAMPLE.name,
            _l("Approved sample"),
            (*_NAMED, ("item", Weight.FACT), ("until", Weight.FACT), *_FOOT),
        ),
        Design(PRINTER.name, _l("Printer"), (*_NAMED, ("sample", Weight.FACT), *_FOOT), verb=PLANT),
    )
}  # fmt: skip
# What can be chosen on the page of labels; a badge is printed where it is issued.
OFFERED = (LOT, ORDER, OPERATION, ITEM, STATION, PLACE, DEVICE)


def design_of(kind: str) -> Design:
    """Return the design of a kind; NotFound when things of this kind carry no label."""
    if kind not in DESIGNS:
        raise NotFound(
            _l("Things of this kind carry no label."),
            _l("Choose a lot, an order, an item, a station, a place or a device."),
            rule="no_label",
        )
    return DESIGNS[kind]


def put_together(design: Design, facts: dict[str, str]) -> tuple[Line, ...]:
    """Return the lines of a label; what a thing does not have leaves no gap."""
    return tuple(Line(facts[name], weight) for name, weight in design.lines if facts.get(name))
