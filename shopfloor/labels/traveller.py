"""The traveller 流转卡: what goes with a lot on paper, with a QR for it and for each operation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.labels.designs import Host
from shopfloor.labels.facts import named
from shopfloor.labels.hosts import qr_text
from shopfloor.people.viewer import Viewer
from shopfloor.plant.models import Site
from shopfloor.production.overview import order_page
from shopfloor.production.queries import lot_view
from shopfloor.production.way import Stop


@dataclass(frozen=True)
class Row:
    """One operation: what is done, where, and the code that opens it."""

    sequence: int
    name: str
    other_name: str
    station: str
    inspect: bool
    code: str
    qr: str


@dataclass(frozen=True)
class Traveller:
    """The card of one lot."""

    lot_id: int
    lot: str
    code: str
    qr: str
    order: str
    item_number: str
    name: str
    other_name: str
    quantity: Decimal
    unit: str
    due: date | None
    site: str
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        """Return what the file and the page are called."""
        return str(gettext("Traveller %(lot)s", lot=self.lot))


def traveller(session: Session, viewer: Viewer, lot: str) -> Traveller:
    """Return the traveller of a lot that the person may see; five statements."""
    work = lot_view(session, viewer, lot).work
    numbers = session.execute(
        select(Subject.number, Site.names)
        .join(Site, Site.id == work.order.site_id)
        .where(Subject.id == work.item.id)
    ).one()
    return Traveller(
        work.lot.id,
        work.subject.number or work.subject.code,
        work.subject.code,
        qr_text(Host.INTERNAL, work.subject.code),
        work.order_subject.number or work.order_subject.code,
        numbers.number or "",
        **named(work.item.names),
        quantity=work.order.quantity,
        unit=work.item.unit,
        due=work.order.due,
        site=in_words(numbers.names),
        rows=tuple(_row(stop) for stop in work.stops),
    )


def travellers(session: Session, viewer: Viewer, order: str) -> Sequence[Traveller]:
    """Return the travellers of an order, one for each of its lots; Refused before its release."""
    found = order_page(session, viewer.rights, order)
    if not found.lots:
        raise Refused(
            _l("This order has no lot yet, so there is nothing to go with."),
            _l("Release the order first; its traveller can be printed then."),
            rule="not_released",
        )
    return [traveller(session, viewer, subject.code) for _lot, subject in found.lots]


def _row(stop: Stop) -> Row:
    return Row(
        stop.operation.sequence,
        **named(stop.operation.names),
        station=in_words(stop.station.names),
        inspect=stop.operation.inspect,
        code=stop.code,
        qr=qr_text(Host.INTERNAL, stop.code),
    )
