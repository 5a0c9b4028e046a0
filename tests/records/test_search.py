"""The search over events: by number, kind, person, place, device, days and field, in scope."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from shopfloor.core.db import db, transaction
from shopfloor.core.events import Event, EventChange, EventSubject
from shopfloor.people.changes import change_person
from shopfloor.people.looks import Look, Looked
from shopfloor.people.models import Person
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.production.commands.reports import report_quantities
from shopfloor.records.entries import entries_of
from shopfloor.records.reach import readable
from shopfloor.records.search import Sought, found_events, meaning
from tests.browse import Browser, text_of
from tests.make import Factory, Worker, new_id
from tests.statements import counted


def kinds(make: Factory, worker: Worker | None = None, **sought: Any) -> list[str]:
    """Return the kinds of the events that the quality head finds, the newest first."""
    db.session.rollback()
    session, asked = db.session(), Sought(**sought)
    meant = meaning(session, asked, "Asia/Shanghai")
    rights = (worker or make.quality).act().rights
    found, _more = found_events(session, [readable(rights), *meant.conditions], asked.before)
    return [entry.kind for entry in entries_of(session, found)]


def test_a_number_a_part_of_it_or_a_code_finds_what_happened_to_it(make: Factory) -> None:
    order = make.order(10)
    number = order.order.number or ""
    assert kinds(make, text=number) == ["order.released", "order.created"]
    assert kinds(make, text=order.order.code.lower()) == ["order.released", "order.created"]
    assert "order.released" in kinds(make, text=number[1:3])
    assert kinds(make, text="no such number") == []
    assert kinds(make, text="%") == []


def test_a_person_is_found_by_a_part_of_the_name_as_doer_and_as_concerned(make: Factory) -> None:
    lot = make.lot(10)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    found = kinds(make, person="perat")
    assert found[0] == "work.reported"
    assert {"people.role_given", "people.badge_issued"} <= set(found)
    assert kinds(make, person="perat", kinds=("work.reported",)) == ["work.reported"]


def test_only_changes_of_a_field(make: Factory) -> None:
    person = db.session.get_one(Person, make.operator.id)
    change_person(
        make.administrator.act(),
        person_id=person.id,
        version=person.version,
        name="Somebody Else",
        language=person.language,
    )
    assert kinds(make, field="name", text="operator") == ["people.person_changed"]
    make.item(rate="0.10")
    assert set(kinds(make, field="rate")) == {"catalogue.rate_set"}
    assert kinds(make, field="no such field") == []


def test_by_station_line_site_and_days(make: Factory) -> None:
    lot = make.lot(10)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    for place in ("S1", "saw", "L1", "Works"):
        assert "work.reported" in kinds(make, place=place), place
    assert "work.reported" not in kinds(make, place="S2")
    today = make.today()
    assert kinds(make, until=today.replace(year=2020)) == []
    assert kinds(make, since=today.replace(year=2020), kinds=("work.reported",))
    assert kinds(make, device="no such device") == []


def test_a_right_at_one_site_finds_only_what_happened_there(make: Factory) -> None:
    """Torture 60."""
    make.order(10)
    far = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    stranger = make.person("quality", "stranger", scope_id=far.id)
    assert kinds(make, stranger) == ["plant.site_added"]
    assert kinds(make, stranger, kinds=("order.released",)) == []


def test_it_reads_on_behind_the_last_one_with_the_same_statements(make: Factory) -> None:
    for _ in range(20):
        make.order(1)
    everything: list[int] = []
    before, sizes = None, []
    while True:
        db.session.rollback()
        with counted() as sent:
            found, before = found_events(db.session(), [], before)
            entries_of(db.session(), found)
        sizes.append(len(sent))
        everything += [event.id for event in found]
        if before is None:
            break
    assert everything == sorted(set(everything), reverse=True)
    assert len(everything) > 150
    assert set(sizes) == {6}


@pytest.mark.parametrize(
    "address", ["?q=%00", "?q=%ED%A0%80", "?before=x", "?since=x", "?field=%00", "?q=a&q=b"]
)
def test_what_cannot_be_read_is_refused_or_finds_nothing(
    one_app: Flask, one_make: Factory, address: str
) -> None:
    answer = Browser(one_app).sign_in(one_make.quality).get(f"/events{address}")
    assert answer.status_code in (200, 422)


def test_the_page_shows_what_was_found(one_app: Flask, one_make: Factory) -> None:
    one_make.order(10)
    browser = Browser(one_app).sign_in(one_make.quality)
    page = text_of(browser.get("/events?q=0001&kind=order.released"))
    assert "Work order released Nov" in page or "Work order released" in page.split("Search")[-1]
    assert Browser(one_app).sign_in(one_make.operator).get("/events").status_code == 403


def test_what_was_found_is_written_as_a_table_in_which_nothing_runs(
    one_app: Flask, one_make: Factory
) -> None:
    one_make.order(10)
    with transaction() as session:
        session.execute(update(Person).where(Person.login == "planner").values(name="=1+1"))
    browser = Browser(one_app).sign_in(one_make.quality)
    answer = browser.get("/events/export?form=csv&q=0001")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    answer.close()
    assert lines[0].startswith("Entry,When,What happened,By,Device,Station,About,Facts,Field,")
    assert len(lines) == 3
    assert "Work order released,'=1+1," in lines[1]
    assert "Planned,Released" in lines[1]
    db.session.rollback()
    looks = db.session.execute(select(Look.person_id, Look.page)).all()
    assert [tuple(look) for look in looks] == [(one_make.planner.id, Looked.EXPORT)]
    assert browser.get("/events/export?form=xlsx").data.startswith(b"PK")
    assert browser.get("/events/export?form=exe").status_code == 422


def test_an_event_about_very_many_records_names_the_first_and_counts_the_others(
    make: Factory,
) -> None:
    items = [make.item() for _ in range(8)]
    make.order(1)
    with transaction() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        session.add_all(EventSubject(event_id=event.id, subject_id=i, role="about") for i in items)
        session.add_all(
            EventChange(event_id=event.id, subject_id=i, field="unit", before=None, after="kg")
            for i in items
        )
        session.flush()
        (entry,) = entries_of(session, [event], most=5)
    # The order and its lot, and the state of the order, are among them.
    assert (len(entry.about), entry.more_about) == (5, 5)
    assert (len(entry.changes), entry.more_changes) == (5, 4)
    assert entry.about[0].kind == "lot"
