"""A site's clock, money and language: changed later, by their page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.catalogue.commands import set_piece_rate
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.pay.models import PayLine
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.plant.models import Site
from shopfloor.plant.shifts import turn_of
from shopfloor.plant.sites import change_site
from shopfloor.production.commands.reports import report_quantities
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.refusing import refused

NEW = {"zone": "Europe/Berlin", "currency": "EUR", "language": "zh"}


def stored(site_id: int) -> Site:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Site, site_id)


def test_a_site_changes_its_clock_its_money_and_its_language(make: Factory) -> None:
    change_site(make.administrator.act(), site_id=make.site_id, version=1, **NEW)
    site = stored(make.site_id)
    assert (site.zone, site.currency, site.language, site.version) == (*NEW.values(), 2)
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event
    assert (event.kind, event.actor_id) == ("plant.site_changed", make.administrator.id)


def test_a_late_change_is_shown_both_sides(make: Factory) -> None:
    """Torture 10."""
    admin = make.administrator
    change_site(admin.act(), site_id=make.site_id, version=1, **NEW)
    with pytest.raises(Overtaken) as late:
        change_site(admin.act(), site_id=make.site_id, version=1, **NEW)
    assert late.value.now == NEW


def test_a_new_clock_counts_from_now_on_and_what_is_booked_keeps_its_day(make: Factory) -> None:
    lot = make.lot(10, rate="0.12")
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    booked = db.session.scalars(select(PayLine.day)).one()
    at = datetime(2026, 11, 21, 20, tzinfo=UTC)
    assert turn_of(db.session(), make.site_id, at).day == date(2026, 11, 21)
    change_site(
        make.administrator.act(),
        site_id=make.site_id,
        version=1,
        **{**NEW, "currency": "CNY", "zone": "Pacific/Auckland"},
    )
    db.session.rollback()
    assert turn_of(db.session(), make.site_id, at).day == date(2026, 11, 22)
    assert db.session.scalars(select(PayLine.day)).one() == booked


def test_the_currency_stays_once_a_rate_or_pay_is_booked_in_it(make: Factory) -> None:
    admin = make.administrator
    item = make.item()
    set_piece_rate(
        make.planner.act(),
        item_id=item,
        sequence=10,
        valid_from=make.today(),
        amount=Decimal("0.12"),
        currency="CNY",
    )
    with refused("money_booked", 409, "currency"):
        change_site(admin.act(), site_id=make.site_id, version=1, **NEW)
    change_site(admin.act(), site_id=make.site_id, version=1, **{**NEW, "currency": "CNY"})
    assert stored(make.site_id).zone == "Europe/Berlin"
    # Another site's money is its own affair.
    site = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    change_site(admin.act(), site_id=site.id, version=1, **{**NEW, "currency": "USD"})
    assert stored(site.id).currency == "USD"


def test_what_there_is_not_and_what_is_not_ones_own_is_refused(make: Factory) -> None:
    admin, site_id = make.administrator, make.site_id
    for field, wrong in (("zone", "Moon"), ("currency", "E"), ("language", "xx")):
        with refused(f"bad_{field}", 422, field):
            change_site(admin.act(), site_id=site_id, version=1, **{**NEW, field: wrong})
    with refused("not_found", 404):
        change_site(admin.act(), site_id=make.line_id, version=1, **NEW)
    with refused("no_right", 403):
        change_site(make.planner.act(), site_id=site_id, version=1, **NEW)
    other = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    far = make.person("administrator", "far", scope_id=other.id)
    with refused("not_found", 404):
        change_site(far.act(), site_id=site_id, version=1, **NEW)
    assert stored(site_id).version == 1


def test_the_page_warns_changes_and_shows_a_late_save(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.administrator)
    code = db.session.get_one(Subject, one_make.site_id).code
    url = f"/plant/{code}/setting"
    assert url in browser.get("/plant").get_data(as_text=True)
    said = text_of(browser.get(url))
    for words in ("What is booked keeps its day", "It stays as soon as a rate or pay is booked"):
        assert words in said
    assert browser.post(url, version="1", **NEW).status_code == 303
    assert "F1 · Europe/Berlin · EUR" in text_of(browser.get("/plant"))
    late = browser.post(url, version="1", **{**NEW, "zone": "Asia/Tokyo"})
    assert late.status_code == 409
    assert "Saved meanwhile" in text_of(late)
    set_piece_rate(
        one_make.planner.act(),
        item_id=one_make.item(),
        sequence=10,
        valid_from=one_make.today(),
        amount=Decimal("0.12"),
        currency="EUR",
    )
    assert "It stays: rates or pay are booked in it." in text_of(browser.get(url))
    no = browser.post(url, version="2", **{**NEW, "currency": "CNY"})
    assert no.status_code == 409
    assert "The currency stays EUR" in text_of(no)
    station = db.session.get_one(Subject, one_make.stations[0]).code
    assert browser.get(f"/plant/{station}/setting").status_code == 404
