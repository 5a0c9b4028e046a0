"""The calls of every room under /api/v1; only a token opens them, never a cookie."""

from flask import Blueprint, request

from shopfloor.alerts import api as alerts
from shopfloor.alerts import exceptions_api as exceptions
from shopfloor.api import company, events, files, floor, openapi, parked, plant, shifts, work
from shopfloor.catalogue import api as catalogue
from shopfloor.catalogue import explosion_api as explosion
from shopfloor.catalogue import instruction_api as instructions
from shopfloor.catalogue import revision_api as revisions
from shopfloor.core.same_origin import csrf
from shopfloor.core.settings import MEGABYTE
from shopfloor.holds import api as holds
from shopfloor.holds import number_api as numbers
from shopfloor.labels import api as labels
from shopfloor.people import api as people
from shopfloor.production import api as production
from shopfloor.production import api_parting as parting
from shopfloor.quality import api as quality
from shopfloor.quality import check_api as checks
from shopfloor.quality import checked_api as checked
from shopfloor.quality import due_api as due
from shopfloor.quality import gauge_api as gauges
from shopfloor.quality import hold_api as locks
from shopfloor.quality import ncr_api as ncrs
from shopfloor.quality import photo_api as photos
from shopfloor.quality import plan_api as plans
from shopfloor.quality import sample_api as samples
from shopfloor.scanning import api as scanning
from shopfloor.webhooks import api as webhooks

ROOMS = [
    scanning.bp,
    labels.bp,
    plant.bp,
    shifts.bp,
    people.bp,
    catalogue.bp,
    explosion.bp,
    revisions.bp,
    instructions.bp,
    production.bp,
    parting.bp,
    holds.bp,
    numbers.bp,
    quality.bp,
    locks.bp,
    checks.bp,
    checked.bp,
    due.bp,
    plans.bp,
    ncrs.bp,
    gauges.bp,
    samples.bp,
    photos.bp,
    events.bp,
    files.bp,
    floor.bp,
    work.bp,
    parked.bp,
    alerts.bp,
    exceptions.bp,
    company.bp,
    webhooks.bp,
    openapi.bp,
]

bp = Blueprint("api", __name__, url_prefix="/api/v1")
for room in ROOMS:
    bp.register_blueprint(room)
    # A cookie opens nothing here, so no other site can send in somebody's name.
    csrf.exempt(room)


@bp.before_request
def limit() -> None:
    """Take no more than a megabyte."""
    request.max_content_length = MEGABYTE
