"""Approved and limit samples for programs."""

from datetime import date
from typing import Annotated, Any

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue.entry_fields import named_over
from shopfloor.catalogue.models import ITEM, PARTNER
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Body, Day, Id, Name, Named, Names, Page, Thing
from shopfloor.core.db import db
from shopfloor.core.references import id_of, id_or_none
from shopfloor.core.sought import Sought, narrowed
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing
from shopfloor.quality import samples as queries
from shopfloor.quality.commands.samples import add_sample, renew_sample
from shopfloor.quality.gauge_fields import LONGEST_PLACE
from shopfloor.quality.gauge_models import Sample, SampleKind
from shopfloor.quality.photo_api import Photo

bp = Blueprint("samples_api", __name__)
EDIT, VIEW = "plan.edit", "work.view"
Place = Annotated[str, Field(min_length=1, max_length=LONGEST_PLACE)]


class NewSample(Body):
    """A sample of an item, or of what one supplier delivers of it; whoever sends it approves it."""

    item: Name
    supplier: Name | None = None
    kind: SampleKind = SampleKind.APPROVED
    names: Names
    place: Place
    valid_until: Day
    photo: Photo | None = None
    number: Name | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "item": "A-100",
                    "kind": "limit",
                    "names": {"en": "Scratches", "zh": "划痕"},
                    "place": "Inspection room, board 2",
                    "valid_until": "2027-11-30",
                }
            ]
        }
    )


class Renewal(Body):
    """A sample approved anew as it was heard at `version`; what is left out stays."""

    version: Id
    names: Names = Names()
    place: Place | None = None
    valid_until: Day
    photo: Photo | None = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": 1, "valid_until": "2028-11-30"}]}
    )


class SampleTold(Named):
    """A sample; an expired one stops every pass of its item until it is renewed."""

    names: dict[str, str]
    kind: SampleKind
    item: Named
    supplier: dict[str, str] | None
    place: str
    valid_until: date
    expired: bool
    photo: str | None
    version: int
    archived: bool


class AskedSamples(Sought):
    """Which part of the samples, and of one item only."""

    item: Name | None = None


@bp.get("/samples")
@requires(VIEW)
@call(asks=AskedSamples, gives=Page[SampleTold])
def samples(asked: AskedSamples) -> Page[SampleTold]:
    """List the samples, oldest first."""
    item_id = id_or_none(db.session(), ITEM, asked.item, "item")
    query = queries.samples(viewer().today, archived=True).order_by(None)
    if item_id is not None:
        query = query.where(Sample.item_id == item_id)
    rows, after = part_of(db.session(), narrowed(query, asked, Sample.found_by), Sample.id, asked)
    return Page(entries=[_told(row) for row in rows], next=after)


@bp.post("/samples")
@requires(EDIT)
@call(takes=NewSample, gives=Thing, status=201)
def new_sample(body: NewSample) -> Thing:
    """Approve a sample."""
    made = add_sample(
        doing(),
        names=body.names.given(),
        kind=body.kind,
        item_id=id_of(db.session(), ITEM, body.item, "item"),
        partner_id=id_or_none(db.session(), PARTNER, body.supplier, "supplier"),
        place=body.place,
        valid_until=body.valid_until,
        sha256=body.photo,
        number=body.number,
    )
    return Thing.of(made)


@bp.patch("/samples/<code>")
@requires(EDIT)
@call(takes=Renewal, gives=Thing)
def renew(code: str, body: Renewal) -> Thing:
    """Approve a sample anew; 409 with both sides when it was changed since `version`."""
    found = queries.sample_page(db.session(), code).sample
    saved = renew_sample(
        doing(),
        sample_id=found.id,
        version=body.version,
        names=named_over(body.names, found.names),
        place=body.place or found.place,
        valid_until=body.valid_until,
        sha256=body.photo,
    )
    return Thing.of(saved)


def _told(row: Any) -> SampleTold:
    sample: Sample = row.Sample
    return SampleTold(
        code=row.Subject.code,
        number=row.Subject.number,
        names=sample.names,
        kind=sample.kind,
        item=Named(code=row.item_code, number=row.item_number),
        supplier=row.partner_names,
        place=sample.place,
        valid_until=sample.valid_until,
        expired=sample.expired_on(viewer().today),
        photo=sample.sha256,
        version=sample.version,
        archived=row.Subject.archived_at is not None,
    )
