"""Sites and crews for programs, and taking records out of use."""

from collections.abc import Callable

from flask import Blueprint
from pydantic import ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import aliased

from shopfloor.catalogue.changes import archive_entry
from shopfloor.catalogue.models import ITEM, PARTNER, REASON
from shopfloor.core.actions import Act
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Body, Named, Page, Thing, Yes, name_of
from shopfloor.core.db import db
from shopfloor.core.sought import Sought, narrowed
from shopfloor.core.subjects import Kind, Made, Subject, find
from shopfloor.people.access import requires, viewer
from shopfloor.people.crews import archive_crew
from shopfloor.people.models import CREW, SKILL, Crew
from shopfloor.people.programs import doing
from shopfloor.people.skills import archive_skill
from shopfloor.plant.changes import archive_piece
from shopfloor.plant.models import LINE, PLACE, SHIFT, STATION, Site
from shopfloor.quality.commands.gauges import archive_gauge
from shopfloor.quality.commands.plans import archive_plan
from shopfloor.quality.commands.samples import archive_sample
from shopfloor.quality.gauge_models import GAUGE, SAMPLE
from shopfloor.quality.plan_models import PLAN

bp = Blueprint("company_api", __name__)
VIEW = "work.view"


class Archived(Body):
    """Whether a record is out of use; its history stays either way."""

    archived: Yes

    model_config = ConfigDict(json_schema_extra={"examples": [{"archived": True}]})


class SiteTold(Named):
    """A factory of the company."""

    names: dict[str, str]
    zone: str
    currency: str
    language: str
    version: int


class CrewTold(Named):
    """People who work together."""

    names: dict[str, str]
    site: Named
    leader: Named | None
    version: int
    archived: bool


@bp.get("/sites")
@requires(VIEW)
@call(asks=Asked, gives=Page[SiteTold])
def sites(asked: Asked) -> Page[SiteTold]:
    """List the sites, oldest first."""
    query = select(Subject, Site).join(Site, Site.id == Subject.id)
    scopes = viewer().rights.scopes(VIEW)
    if scopes is not None:
        query = query.where(Site.id.in_(scopes))
    rows, after = part_of(db.session(), query, Site.id, asked)
    return Page(entries=[_site(subject, site) for subject, site, _id in rows], next=after)


def _site(subject: Subject, site: Site) -> SiteTold:
    return SiteTold(
        code=subject.code,
        number=subject.number,
        names=site.names,
        zone=site.zone,
        currency=site.currency,
        language=site.language,
        version=site.version,
    )


@bp.get("/crews")
@requires("people.edit")
@call(asks=Sought, gives=Page[CrewTold])
def crews(asked: Sought) -> Page[CrewTold]:
    """List the crews, oldest first."""
    site, leader = aliased(Subject), aliased(Subject)
    query = select(Subject, Crew, site, leader).join(Crew, Crew.id == Subject.id)
    query = query.join(site, site.id == Crew.site_id)
    query = query.join(leader, leader.id == Crew.leader_id, isouter=True)
    scopes = viewer().rights.scopes("people.edit")
    if scopes is not None:
        query = query.where(Crew.site_id.in_(scopes))
    rows, after = part_of(db.session(), narrowed(query, asked, Crew.found_by), Crew.id, asked)
    return Page(entries=[_crew(*row[:4]) for row in rows], next=after)


def _archiving(path: str, kind: Kind, verb: str, archive: Callable[[Act, int, bool], Made]) -> None:
    """Give one kind of records its call."""

    @requires(verb)
    @call(takes=Archived, gives=Thing)
    def archiving(code: str, body: Archived) -> Thing:
        """Take it out of use, or into use again; its history stays."""
        subject = find(db.session(), kind, code)
        return Thing.of(archive(doing(), subject.id, body.archived))

    bp.add_url_rule(
        f"/{path}/<code>/archive", f"archive_{path}", view_func=archiving, methods=["POST"]
    )


def _entry(act: Act, subject_id: int, archived: bool) -> Made:
    return archive_entry(act, subject_id=subject_id, archived=archived)


def _piece(act: Act, subject_id: int, archived: bool) -> Made:
    return archive_piece(act, subject_id=subject_id, archived=archived)


for _path, _kind in {"items": ITEM, "partners": PARTNER, "reasons": REASON}.items():
    _archiving(_path, _kind, "catalogue.edit", _entry)
for _path, _kind in {"lines": LINE, "stations": STATION, "places": PLACE, "shifts": SHIFT}.items():
    _archiving(_path, _kind, "plant.edit", _piece)
_archiving(
    "skills", SKILL, "people.edit", lambda act, n, yes: archive_skill(act, skill_id=n, archived=yes)
)
_archiving(
    "plans", PLAN, "plan.edit", lambda act, n, yes: archive_plan(act, plan_id=n, archived=yes)
)
_archiving(
    "gauges", GAUGE, "plan.edit", lambda act, n, yes: archive_gauge(act, gauge_id=n, archived=yes)
)
_archiving(
    "samples",
    SAMPLE,
    "plan.edit",
    lambda act, n, yes: archive_sample(act, sample_id=n, archived=yes),
)
_archiving(
    "crews", CREW, "people.edit", lambda act, n, yes: archive_crew(act, crew_id=n, archived=yes)
)


def _crew(subject: Subject, crew: Crew, site: Subject, leader: Subject | None) -> CrewTold:
    return CrewTold(
        code=subject.code,
        number=subject.number,
        names=crew.names,
        site=name_of(site),
        leader=name_of(leader) if leader else None,
        version=crew.version,
        archived=subject.archived_at is not None,
    )
