"""Everything that is open, for programs: in the order of what it costs to wait."""

from datetime import datetime
from typing import Annotated, Self

from flask import Blueprint
from pydantic import Field

from shopfloor.alerts.exceptions import by_cost, sees_value
from shopfloor.alerts.open_things import SEE
from shopfloor.core import open_things
from shopfloor.core.api import call
from shopfloor.core.api_fields import Body, Exact, Name, Told
from shopfloor.core.db import db
from shopfloor.core.open_things import OpenThing
from shopfloor.core.references import id_or_none
from shopfloor.people.access import requires, viewer
from shopfloor.plant.models import LINE

bp = Blueprint("exceptions_api", __name__)


class Open(Body):
    """Which open things: of a kind, of a line; so many behind the first `skip` ones."""

    kind: Annotated[str, Field(max_length=20)] = ""
    line: Name | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    skip: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class OpenTold(Told):
    """Something that waits; `value` is what its pieces have cost, to those who may see that.

    `also` is the nonconformance of the pieces that a lock keeps, which is no entry of its own.
    """

    kind: str
    id: int
    title: str
    since: datetime
    owner: str
    quantity: Exact | None
    unit: str
    value: Exact | None
    currency: str | None
    page: str
    also: "OpenTold | None" = None

    @classmethod
    def of(cls, thing: OpenThing, shows_value: bool) -> Self:
        """Tell an open thing; its value only to those who may see it."""
        return cls(
            kind=thing.kind,
            id=thing.id,
            title=thing.title,
            since=thing.since,
            owner=thing.owner,
            quantity=thing.quantity,
            unit=thing.unit,
            value=thing.value if shows_value else None,
            currency=thing.currency if shows_value else None,
            page=thing.url,
            also=cls.of(thing.also, shows_value) if thing.also else None,
        )


class Exceptions(Told):
    """What is open, the most costly first, and how much there is."""

    entries: list[OpenTold]
    total: int


@bp.get("/exceptions")
@requires(SEE)
@call(asks=Open, gives=Exceptions)
def exceptions(asked: Open) -> Exceptions:
    """Tell what is open: locks, pieces that wait for an inspection, entries for a decision."""
    rights = viewer().rights
    line_id = id_or_none(db.session(), LINE, asked.line, "line")
    found = by_cost(open_things.open_things(db.session(), rights, asked.kind), line_id)
    part, shows = found[asked.skip : asked.skip + asked.limit], sees_value(rights)
    return Exceptions(entries=[OpenTold.of(each, shows) for each in part], total=len(found))
