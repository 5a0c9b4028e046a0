"""Approved samples where they count: on the page of an inspection, and before its pass."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item, Partner
from shopfloor.catalogue.queries import of_item
from shopfloor.core.finding import finds
from shopfloor.core.refusals import Refused
from shopfloor.core.shown import show_whole_day
from shopfloor.core.subjects import Subject, find
from shopfloor.core.words import InWords
from shopfloor.people.models import Person
from shopfloor.plant.models import Site
from shopfloor.production.way import Work
from shopfloor.quality.gauge_models import SAMPLE, SOON, Sample


@dataclass(frozen=True)
class SamplePage:
    """A sample with the item it shows, whose it is, and who has approved it."""

    subject: Subject
    sample: Sample
    item: Item
    item_subject: Subject
    partner: Partner | None
    approver: str


def samples(
    day: date, search: str = "", *, archived: bool = False, expired: bool = False, item: str = ""
) -> Select[*tuple[Any, ...]]:
    """Return the query for samples with item and supplier, those that expire first at the top.

    `expired` leaves those that are expired on a day or will be soon.
    """
    own = aliased(Subject)
    query = (
        select(
            Sample,
            Subject,
            own.code.label("item_code"),
            own.number.label("item_number"),
            Item.names.label("item_names"),
            Partner.names.label("partner_names"),
        )
        .join(Subject, Subject.id == Sample.id)
        .join(Item, Item.id == Sample.item_id)
        .join(own, own.id == Sample.item_id)
        .join(Partner, Partner.id == Sample.partner_id, isouter=True)
        .order_by(Sample.valid_until, Sample.id)
    )
    if not archived:
        query = query.where(Subject.archived_at.is_(None))
    if expired:
        query = query.where(Sample.valid_until <= day + SOON)
    if item:
        query = query.where(or_(own.number == item, own.code == item))
    if search:
        query = query.where(
            finds(search, Subject.number, Sample.found_by, also=of_item(Sample.item_id))
        )
    return query


def sample_page(session: Session, code: str) -> SamplePage:
    """Return a sample by code or number; NotFound when there is none."""
    subject = find(session, SAMPLE, code)
    sample = session.get_one(Sample, subject.id)
    return SamplePage(
        subject,
        sample,
        session.get_one(Item, sample.item_id),
        session.get_one(Subject, sample.item_id),
        session.get(Partner, sample.partner_id) if sample.partner_id else None,
        session.get_one(Person, sample.approved_by_id).name,
    )


def samples_of(session: Session, item_id: int) -> list[Any]:
    """Return the samples in use of an item or of its model, with their suppliers; one statement."""
    query = (
        select(Sample, Subject.code, Partner.names.label("partner_names"))
        .join(Subject, Subject.id == Sample.id)
        .join(Partner, Partner.id == Sample.partner_id, isouter=True)
        .where(_shows(item_id), Subject.archived_at.is_(None))
        .order_by(Sample.kind, Sample.id)
    )
    return list(session.execute(query))


def require_valid_samples(session: Session, lot_work: Work, at: datetime) -> None:
    """Refuse to pass what hangs beside an expired sample; one statement.

    What we make ourselves is compared with our own samples, not with those of a supplier.
    """
    query = (
        select(Sample, func.coalesce(Subject.number, Subject.code).label("number"), Site.zone)
        .join(Subject, Subject.id == Sample.id)
        .join(Site, Site.id == lot_work.order.site_id)
        .where(_shows(lot_work.item.id), Sample.partner_id.is_(None), Subject.archived_at.is_(None))
        .order_by(Sample.valid_until)
    )
    for row in session.execute(query):
        sample: Sample = row.Sample
        if sample.expired_on(at.astimezone(ZoneInfo(row.zone)).date()):
            raise Refused(
                _l(
                    "The sample “%(name)s” (%(number)s) has expired on %(day)s.",
                    name=InWords(sample.names),
                    number=row.number,
                    day=show_whole_day(sample.valid_until),
                ),
                _l("Renew the sample first: the quality head approves it again. NG is possible."),
                rule="sample_expired",
                field="verdict",
            )


def _shows(item_id: int) -> Any:
    model = select(Item.model_id).where(Item.id == item_id).scalar_subquery()
    return or_(Sample.item_id == item_id, Sample.item_id == model)
