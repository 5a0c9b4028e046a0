"""What programs hear of the catalogue, one part of a list at a time."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Item, Reason, ReasonKind
from shopfloor.core.api import part_of
from shopfloor.core.api_fields import Asked, Named, Page
from shopfloor.core.subjects import Subject


class ItemTold(Named):
    """An item; quantities of it are in its unit with so many decimals."""

    names: dict[str, str]
    unit: str
    decimals: int
    archived: bool


class ReasonTold(Named):
    """A reason and what it explains."""

    explains: ReasonKind
    names: dict[str, str]
    photo: bool
    archived: bool


def items(session: Session, asked: Asked) -> Page[ItemTold]:
    """Return a part of the items; one statement."""
    query = select(Subject, Item).join(Item, Item.id == Subject.id)
    rows, after = part_of(session, query, Item.id, asked)
    told = [
        ItemTold(
            code=subject.code,
            number=subject.number,
            names=item.names,
            unit=item.unit,
            decimals=item.decimals,
            archived=subject.archived_at is not None,
        )
        for subject, item, _id in rows
    ]
    return Page(entries=told, next=after)


def reasons(session: Session, asked: Asked) -> Page[ReasonTold]:
    """Return a part of the reasons; one statement."""
    query = select(Subject, Reason).join(Reason, Reason.id == Subject.id)
    rows, after = part_of(session, query, Reason.id, asked)
    told = [
        ReasonTold(
            code=subject.code,
            number=subject.number,
            explains=reason.kind,
            names=reason.names,
            photo=reason.photo,
            archived=subject.archived_at is not None,
        )
        for subject, reason, _id in rows
    ]
    return Page(entries=told, next=after)
