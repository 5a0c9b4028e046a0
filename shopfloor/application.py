"""Puts the rooms of the house together; every registry is a list, here or in registries.py."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask
from flask_babel import lazy_gettext as _l
from werkzeug.middleware.proxy_fix import ProxyFix

from shopfloor.alerts import exceptions, live_pages, news
from shopfloor.alerts import pages as alert_pages
from shopfloor.alerts.raising import raise_for_parked
from shopfloor.api import routes as api_routes
from shopfloor.catalogue import affected, instruction_pages, partner_pages
from shopfloor.catalogue import pages as catalogue_pages
from shopfloor.catalogue import reasons as catalogue_reasons
from shopfloor.catalogue.chosen import explains_undo
from shopfloor.core import (
    editing,
    events,
    live,
    open_things,
    parking,
    reconcile,
    rights,
    settings,
    subjects,
    undo,
    uses,
    web,
)
from shopfloor.core.db import init_db
from shopfloor.demo import sheet as demo_sheet
from shopfloor.exchange import export_pages
from shopfloor.exchange import routes as exchange_routes
from shopfloor.holds import number_pages
from shopfloor.holds import routes as holds_routes
from shopfloor.holds import standing as holds_standing
from shopfloor.labels import badges, printer_pages, traveller_pages
from shopfloor.labels import routes as labels_routes
from shopfloor.pages import board, first_steps, metrics, ncr_paper, phone, trust
from shopfloor.pages import ledger as ledger_page
from shopfloor.pages import parked as parked_pages
from shopfloor.pages import plant as plant_pages
from shopfloor.pages import routes as pages_routes
from shopfloor.pages import search as search_pages
from shopfloor.pages import site as site_page
from shopfloor.pages.parks import PARKS
from shopfloor.pay.booked import is_money_booked
from shopfloor.people import (
    access,
    comparing_pages,
    credentials,
    crew_pages,
    directory,
    enrolling,
    founding,
    skill_pages,
)
from shopfloor.people import routes as people_routes
from shopfloor.people.access import DeskLink
from shopfloor.people.queries import name_of
from shopfloor.people.viewer import rights_of
from shopfloor.people.who_may import WhoMay
from shopfloor.plant import sites
from shopfloor.production import (
    copying,
    counting_pages,
    noting_pages,
    parting_pages,
    sharing_pages,
    standing,
    watched,
)
from shopfloor.production import desk as production_desk
from shopfloor.production import instruction_pages as production_instructions
from shopfloor.production.affected import orders_of as affected_orders
from shopfloor.quality import (
    calibration_pages,
    check_pages,
    containment_pages,
    due_pages,
    foreign,
    gauge_pages,
    ncr_pages,
    plan_draft_pages,
    plan_pages,
    sample_pages,
    watching,
)
from shopfloor.quality import routes as quality_routes
from shopfloor.quality.asked import asked_operations, watched_operations
from shopfloor.records import export as records_export
from shopfloor.registries import (
    EVENT_KINDS,
    NEXT_STEPS,
    OPEN_THINGS,
    REACTIONS,
    RECONCILE_CHECKS,
    SUBJECT_KINDS,
    USES,
)
from shopfloor.scanning import each, links, mates, next_steps, photo, scans, serials
from shopfloor.scanning import routes as scanning_routes
from shopfloor.scanning.gauges import gauges_meant
from shopfloor.webhooks import pages as webhook_pages

# Pages and interfaces; their addresses are their own.
BLUEPRINTS: list[Blueprint] = [
    people_routes.bp,
    holds_routes.bp,
    number_pages.bp,
    production_desk.bp,
    parting_pages.bp,
    counting_pages.bp,
    noting_pages.bp,
    sharing_pages.bp,
    production_instructions.bp,
    instruction_pages.bp,
    founding.bp,
    directory.bp,
    crew_pages.bp,
    comparing_pages.bp,
    skill_pages.bp,
    credentials.bp,
    enrolling.bp,
    catalogue_pages.bp,
    catalogue_reasons.bp,
    partner_pages.bp,
    plant_pages.bp,
    site_page.bp,
    first_steps.bp,
    quality_routes.bp,
    containment_pages.bp,
    check_pages.bp,
    plan_pages.bp,
    ncr_pages.bp,
    ncr_paper.bp,
    plan_draft_pages.bp,
    due_pages.bp,
    gauge_pages.bp,
    calibration_pages.bp,
    sample_pages.bp,
    alert_pages.bp,
    exceptions.bp,
    live_pages.bp,
    scanning_routes.bp,
    links.bp,
    scans.bp,
    each.bp,
    mates.bp,
    serials.bp,
    labels_routes.bp,
    printer_pages.bp,
    traveller_pages.bp,
    badges.bp,
    photo.bp,
    pages_routes.bp,
    board.bp,
    search_pages.bp,
    phone.bp,
    parked_pages.bp,
    records_export.bp,
    ledger_page.bp,
    trust.bp,
    exchange_routes.bp,
    export_pages.bp,
    webhook_pages.bp,
    metrics.bp,
    demo_sheet.bp,
    api_routes.bp,
]

# What a desk shows beside the four places of the phone, for those who have the verb.
DESK_LINKS: list[DeskLink] = [
    DeskLink("plant.edit", "/first-steps", "check", _l("First steps"), "first-steps"),
    DeskLink("work.view", "/board", "wall", _l("Board"), "board"),
    DeskLink("work.view", "/exceptions", "alert", _l("Everything open"), "exceptions"),
    DeskLink("work.view", "/orders", "order", _l("Orders"), "orders"),
    DeskLink("catalogue.edit", "/items", "box", _l("Items"), "items"),
    DeskLink("plan.edit", "/plans", "list", _l("Inspection plans"), "plans"),
    DeskLink("plan.edit", "/gauges", "wrench", _l("Gauges"), "gauges"),
    DeskLink("work.view", "/ncrs", "alert", _l("Nonconformances"), "ncrs"),
    DeskLink("hold.place", "/number-locks", "lock", _l("Locked numbers"), "number-locks"),
    DeskLink("catalogue.edit", "/import", "import", _l("Import"), "import"),
    DeskLink("work.view", "/labels", "tag", _l("Labels"), "labels"),
    DeskLink("people.edit", "/people", "person", _l("People"), "people"),
    DeskLink("plant.edit", "/plant", "factory", _l("Plant"), "plant"),
    DeskLink("plant.edit", "/connect", "phone", _l("Connect a phone"), "connect"),
    DeskLink("events.read", "/events", "clock", _l("What has happened"), "events"),
    DeskLink("plant.edit", "/webhooks", "bell", _l("Webhooks"), "webhooks"),
    DeskLink("plant.edit", "/alert-rules", "bell", _l("When nobody answers"), "alert-rules"),
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
    rights.register(WhoMay)
    parking.register(PARKS, rights_of, raise_for_parked)
    undo.register(explains_undo)
    sites.register(is_money_booked)
    editing.register(name_of)
    next_steps.register(NEXT_STEPS)
    uses.register(USES)
    affected.register(affected_orders)
    copying.register(asked_operations, watched_operations)
    watched.register(watching.watch)
    foreign.register(gauges_meant)
    holds_standing.register(standing.where_it_stands, standing.signed_at())
    web.init_web(app)
    access.init_access(app, DESK_LINKS)
    alert_pages.init_alerts(app)
    live.register(news.marks)
    open_things.register(OPEN_THINGS)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
