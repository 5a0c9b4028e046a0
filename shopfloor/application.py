"""Puts the rooms of the house together; every registry is a list here, read top to bottom."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask
from flask_babel import lazy_gettext as _l
from werkzeug.middleware.proxy_fix import ProxyFix

from shopfloor.api import routes as api_routes
from shopfloor.catalogue import boms, instruction_models, routings, starters
from shopfloor.catalogue import changes as catalogue_changes
from shopfloor.catalogue import commands as catalogue
from shopfloor.catalogue import models as catalogue_models
from shopfloor.catalogue import pages as catalogue_pages
from shopfloor.catalogue import reasons as catalogue_reasons
from shopfloor.catalogue.chosen import explains_undo
from shopfloor.core import deciding, events, parking, reconcile, settings, subjects, undo, web
from shopfloor.core.db import init_db
from shopfloor.demo import sheet as demo_sheet
from shopfloor.holds import commands as holds
from shopfloor.holds import reconcile as holds_reconcile
from shopfloor.holds import routes as holds_routes
from shopfloor.labels import asking as labels_asking
from shopfloor.labels import badges, printer_pages, printers, traveller_pages
from shopfloor.labels import models as labels_models
from shopfloor.labels import routes as labels_routes
from shopfloor.pages import first_steps, history, metrics, phone, trust
from shopfloor.pages import ledger as ledger_page
from shopfloor.pages import parked as parked_pages
from shopfloor.pages import plant as plant_pages
from shopfloor.pages import routes as pages_routes
from shopfloor.pages.parks import PARKS, tell_outcome
from shopfloor.pay import reactions as pay
from shopfloor.pay import reconcile as pay_reconcile
from shopfloor.people import access, credentials, crew_pages, crews, directory, enrolling, founding
from shopfloor.people import changes as people_changes
from shopfloor.people import commands as people
from shopfloor.people import grants as people_grants
from shopfloor.people import guessing as people_guessing
from shopfloor.people import models as people_models
from shopfloor.people import routes as people_routes
from shopfloor.people import setup as people_setup
from shopfloor.people.access import DeskLink
from shopfloor.people.viewer import rights_of
from shopfloor.plant import changes as plant_changes
from shopfloor.plant import commands as plant
from shopfloor.plant import devices as plant_devices
from shopfloor.plant import models as plant_models
from shopfloor.production import desk as production_desk
from shopfloor.production import floor_models  # noqa: F401 - its tables
from shopfloor.production import models as production_models
from shopfloor.production import next_steps as production_steps
from shopfloor.production import reconcile as production_reconcile
from shopfloor.production.commands import jobs, orders, reports, taking_over
from shopfloor.quality import next_steps as quality_steps
from shopfloor.quality import reconcile as quality_reconcile
from shopfloor.quality import routes as quality_routes
from shopfloor.quality.commands import inspections, releases
from shopfloor.scanning import commands as scanning
from shopfloor.scanning import each, links, next_steps, photo, scans
from shopfloor.scanning import routes as scanning_routes
from shopfloor.stock import models as stock_models
from shopfloor.stock import reconcile as stock_reconcile

SUBJECT_KINDS = [
    plant_models.SITE,
    plant_models.LINE,
    plant_models.STATION,
    plant_models.PLACE,
    plant_models.SHIFT,
    plant_models.DEVICE,
    people_models.PERSON,
    people_models.CREW,
    people_models.SKILL,
    catalogue_models.ITEM,
    catalogue_models.BOM,
    catalogue_models.ROUTING,
    catalogue_models.REASON,
    catalogue_models.PARTNER,
    instruction_models.INSTRUCTION,
    stock_models.LOT,
    production_models.ORDER,
    production_models.OPERATION,
    labels_models.PRINTER,
]

EVENT_KINDS = [
    undo.UNDONE,
    parking.PARKED,
    deciding.ACCEPTED,
    deciding.DROPPED,
    reconcile.CHECKED,
    plant.SITE_ADDED,
    plant.LINE_ADDED,
    plant.STATION_ADDED,
    plant.PLACE_ADDED,
    plant.SHIFT_ADDED,
    plant_devices.DEVICE_ADDED,
    plant_devices.DEVICE_ENROLLED,
    plant_devices.DEVICE_REVOKED,
    plant_changes.RENAMED,
    plant_changes.SHIFT_CHANGED,
    plant_changes.ARCHIVED,
    plant_changes.RESTORED,
    people_setup.FIRST_ADMINISTRATOR,
    people.PERSON_ADDED,
    people.LANGUAGE_CHOSEN,
    people.CREW_ADDED,
    people.CREW_JOINED,
    crews.CREW_CHANGED,
    people_grants.ROLE_GIVEN,
    people_grants.ROLE_REVOKED,
    people.PROOF_SET,
    people.BADGE_ISSUED,
    people.BADGE_REVOKED,
    people.TOKEN_ISSUED,
    people.TOKEN_REVOKED,
    people_guessing.SIGN_IN_BLOCKED,
    people_changes.PERSON_CHANGED,
    people_changes.PERSON_LEFT,
    people_changes.PERSON_BACK,
    people_changes.SESSIONS_ENDED,
    catalogue.ITEM_ADDED,
    boms.BOM_ADDED,
    routings.ROUTING_ADDED,
    catalogue.REASON_ADDED,
    catalogue.RATE_SET,
    catalogue_changes.RENAMED,
    catalogue_changes.ARCHIVED,
    catalogue_changes.RESTORED,
    holds.PLACED,
    orders.ORDER_CREATED,
    orders.ORDER_RELEASED,
    orders.ORDER_CLOSED,
    jobs.STARTED,
    jobs.PAUSED,
    jobs.RESUMED,
    jobs.FINISHED,
    taking_over.TAKEN_OVER,
    reports.REPORTED,
    inspections.INSPECTED,
    releases.RELEASED,
    scanning.LINKED,
    scanning.UNLINKED,
    scanning.STATION_CHOSEN,
    scanning.SCANNER_SET,
    printers.PRINTER_ADDED,
    printers.PRINTER_CHANGED,
    printers.PRINTER_ARCHIVED,
    printers.PRINTER_RESTORED,
    labels_asking.ASKED,
    labels_asking.SENT,
    labels_asking.FAILED,
]

# A room above learns here what a room below has done, in the same transaction, in this order.
REACTIONS = [
    (people_setup.FIRST_ADMINISTRATOR.name, starters.give_starters),
    (reports.REPORTED.name, pay.pay_for_report),
    (undo.UNDONE.name, pay.take_pay_back),
    (inspections.INSPECTED.name, pay.judge_pay),
    (releases.RELEASED.name, pay.decide_pay),
    (deciding.ACCEPTED.name, tell_outcome),
    (deciding.DROPPED.name, tell_outcome),
]

# What every room recounts at night, in this order.
RECONCILE_CHECKS = [
    stock_reconcile.CHECK,
    holds_reconcile.CHECK,
    production_reconcile.CHECK,
    quality_reconcile.CHECK,
    pay_reconcile.CHECK,
]

# What a scan of a lot offers, in this order.
NEXT_STEPS: list[next_steps.Offer] = [production_steps.for_lot, quality_steps.for_lot]

# Pages and interfaces; their addresses are their own.
BLUEPRINTS: list[Blueprint] = [
    people_routes.bp,
    holds_routes.bp,
    production_desk.bp,
    founding.bp,
    directory.bp,
    crew_pages.bp,
    credentials.bp,
    enrolling.bp,
    catalogue_pages.bp,
    catalogue_reasons.bp,
    plant_pages.bp,
    first_steps.bp,
    quality_routes.bp,
    scanning_routes.bp,
    links.bp,
    scans.bp,
    each.bp,
    labels_routes.bp,
    printer_pages.bp,
    traveller_pages.bp,
    badges.bp,
    photo.bp,
    pages_routes.bp,
    phone.bp,
    parked_pages.bp,
    history.bp,
    ledger_page.bp,
    trust.bp,
    metrics.bp,
    demo_sheet.bp,
    api_routes.bp,
]

# What a desk shows beside the four places of the phone, for those who have the verb.
DESK_LINKS: list[DeskLink] = [
    DeskLink("plant.edit", "/first-steps", "check", _l("First steps"), "first-steps"),
    DeskLink("work.view", "/orders", "order", _l("Orders"), "orders"),
    DeskLink("catalogue.edit", "/items", "box", _l("Items"), "items"),
    DeskLink("work.view", "/labels", "tag", _l("Labels"), "labels"),
    DeskLink("people.edit", "/people", "person", _l("People"), "people"),
    DeskLink("plant.edit", "/plant", "factory", _l("Plant"), "plant"),
    DeskLink("plant.edit", "/connect", "phone", _l("Connect a phone"), "connect"),
    DeskLink("ledger.check", "/ledger", "inspect", _l("Self-check"), "ledger"),
]


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Return the program; touches neither the data folder nor the database yet."""
    app = Flask(
        "shopfloor",
        template_folder=str(settings.ROOT / "templates"),
        static_folder=str(settings.ROOT / "static"),
        instance_path=str(settings.instance_folder()),
    )
    app.config.from_mapping(settings.from_environment())
    app.config.from_mapping(overrides or {})
    if app.config.get("BEHIND_PROXY"):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]  # as Werkzeug has it
    init_db(app)
    subjects.register(SUBJECT_KINDS)
    events.register(EVENT_KINDS, REACTIONS)
    reconcile.register(RECONCILE_CHECKS)
    parking.register(PARKS, rights_of)
    undo.register(explains_undo)
    next_steps.register(NEXT_STEPS)
    web.init_web(app)
    access.init_access(app, DESK_LINKS)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
