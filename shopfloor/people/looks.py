"""Who opened what is kept about a person: noted for the person himself, after the page is sent."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Flask, Response, current_app, g
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core import clock
from shopfloor.core.db import Base, metadata, transaction
from shopfloor.core.logs import log
from shopfloor.core.this_app import this_app
from shopfloor.core.types import choice
from shopfloor.people.viewer import Viewer

_KNOWN = "shopfloor_looks"


class Looked(StrEnum):
    """What was opened."""

    PERSON = "person"
    RECORD = "record"
    PAY = "pay"
    HISTORY = "history"
    ENTRY = "entry"
    SEARCH = "search"
    EXPORT = "export"
    PROGRAM = "program"


class Look(Base):
    """Somebody opened something about another person; one row for the same page and hour."""

    __tablename__ = "look"
    __table_args__ = (
        UniqueConstraint("person_id", "viewer_id", "page", "hour"),
        Index("ix_look_person_id_id", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    viewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    page: Mapped[Looked] = mapped_column(choice(Looked, "page"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id"))
    hour: Mapped[datetime]
    at: Mapped[datetime]


_LOOKS = metadata.tables[Look.__tablename__]
_KEEP = {
    name: insert(_LOOKS).on_conflict_do_nothing()
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


def init_looks(app: Flask) -> None:
    """Write down after each answer whose record it showed to somebody else."""
    app.extensions[_KNOWN] = {}
    app.after_request(_keep_afterwards)


def note_look(viewer: Viewer, page: Looked, person_ids: Iterable[int | None]) -> None:
    """Remember that this answer shows what is kept about these people; oneself is not noted."""
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    known = current_app.extensions[_KNOWN].get(hour, ())
    for person_id in {*person_ids} - {None, viewer.person_id}:
        key = (viewer.person_id, person_id, page)
        if key not in known:
            g.setdefault("looks", {})[key] = {
                "viewer_id": viewer.person_id,
                "person_id": person_id,
                "page": page,
                "token_id": viewer.token_id,
                "hour": hour,
                "at": now,
            }


def keep_now() -> None:
    """Write down what was noted where no answer is sent to a browser."""
    looks: dict[Any, dict[str, Any]] = g.pop("looks", {})
    if looks:
        _keep(this_app(), looks)


def _keep_afterwards(response: Response) -> Response:
    looks: dict[Any, dict[str, Any]] = g.get("looks", {})
    if looks and response.status_code < 400:
        app = this_app()
        # When the page is sent: whoever opened it never waits for another's write.
        response.call_on_close(lambda: _keep(app, looks))
    return response


def _keep(app: Flask, looks: dict[Any, dict[str, Any]]) -> None:
    with app.app_context():
        try:
            with transaction() as session:
                dialect = session.get_bind().dialect.name
                session.connection().execute(_KEEP[dialect], list(looks.values()))
        except SQLAlchemyError:
            # Not marked as kept: the next time somebody opens the page it is tried again.
            log.exception("looks at %s people could not be kept", len(looks))
        else:
            _mark_known(app, looks)


def _mark_known(app: Flask, looks: dict[Any, dict[str, Any]]) -> None:
    """Remember for the rest of the hour what is kept, so that most pages write nothing."""
    hour = next(iter(looks.values()))["hour"]
    known: dict[datetime, set[Any]] = app.extensions[_KNOWN]
    if hour not in known:
        known.clear()
    known.setdefault(hour, set()).update(looks)
