"""Everything a factory that begins has in its tables comes in, and comes in once."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from shopfloor.catalogue.models import ITEM, Item, ItemUnit, Partner, PieceRate, Routing
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject, find
from shopfloor.exchange.models import Import, ImportState
from shopfloor.people.models import Grant, Person
from shopfloor.plant.models import PLACE, STATION, Place, PlaceKind, Station
from tests.exchange.bringing import booked, checked, counts
from tests.make import Factory

ITEMS = (
    "物料编码,品名,Name,单位,保质期,条码\nA-1,外壳,Housing,个,30,4006381333931\nA-2,螺丝,,个,,\n"
)


def wrong(run: Import) -> list[tuple[int, str, str, str]]:
    """Return line, column, what was read and what is expected of each error."""
    return [
        (each["line"], each["column"], each["read"], each["expected"])
        for each in run.result["first"]
    ]


def test_chinese_headings_are_known_and_a_changed_row_changes_its_item(make: Factory) -> None:
    assert counts(booked(make, "items", ITEMS)) == (2, 0, 0)
    item = db.session.get_one(Item, find(db.session(), ITEM, "A-1").id)
    assert item.names == {"en": "Housing", "zh": "外壳"}
    assert (item.unit, item.shelf_life_days, item.gtin) == ("个", 30, "04006381333931")
    again = booked(make, "items", ITEMS.replace("Housing", "Case").replace(",个,,", ",,,"))
    assert counts(again) == (0, 1, 1)
    db.session.expire_all()
    assert item.names == {"en": "Case", "zh": "外壳"}


def test_every_mistake_is_told_with_line_column_what_was_read_and_what_is_expected(
    one_make: Factory,
) -> None:
    run = checked(
        one_make,
        "items",
        "number,name,cost,gtin,tracking\nA-1,x,abc,,\n,y,1,,\nA-3,,1,,\nA-4,z,1,123,\n"
        "A-5,z,1,,maybe\nA-6,a,1,,\nA-6,b,1,,\n",
    )
    assert run.state is ImportState.CHECKED
    assert [(line, column) for line, column, _read, _expected in wrong(run)] == [
        (2, "C · cost"),
        (6, "E · tracking"),
        (3, "A · number"),
        (4, "B · name"),
        (5, "D · gtin"),
        (8, "A · number"),
    ]
    assert wrong(run)[0][2:] == ("abc", "a number with a point before its decimals, such as 1234.5")
    assert wrong(run)[5][3] == "each once; it is on line 7 already"
    assert run.problems is not None


def test_other_units_are_exact_ratios(make: Factory) -> None:
    booked(make, "items", "number,name,unit\nOIL,Oil,kg\n")
    content = "item,other unit,factor,per\nOIL,lb,45359237,100000000\nOIL,drum,180,\n"
    assert counts(booked(make, "units", content)) == (1, 0, 0)
    assert counts(booked(make, "units", content)) == (0, 0, 1)
    found = db.session.execute(select(ItemUnit.unit, ItemUnit.numerator, ItemUnit.denominator))
    assert {tuple(row) for row in found} == {("lb", 45359237, 100000000), ("drum", 180, 1)}


def test_stations_and_places_of_the_site(make: Factory) -> None:
    stations = "工位编号,工位名称,产线\nS8,冲床,L1\nS1,锯床,\n"
    assert counts(booked(make, "stations", stations)) == (1, 1, 0)
    assert counts(booked(make, "stations", stations)) == (0, 0, 2)
    station = db.session.get_one(Station, find(db.session(), STATION, "S8").id)
    assert (station.line_id, station.names) == (make.line_id, {"zh": "冲床"})
    places = "库位编码,name\nA-01,Shelf A\n"
    assert counts(booked(make, "places", places)) == (1, 0, 0)
    assert counts(booked(make, "places", places)) == (0, 0, 1)
    place = db.session.get_one(Place, find(db.session(), PLACE, "A-01").id)
    assert place.kind is PlaceKind.STORE
    lost = checked(make, "stations", "number,name\nS9,Nowhere\n")
    assert wrong(lost)[0][3] == "the line on which it stands"


def test_routings_make_one_revision_and_only_when_they_differ(make: Factory) -> None:
    booked(make, "items", "number,name\nP-1,Part\n")
    content = "item,operation,name,station,inspection\nP-1,10,Saw,S1,\nP-1,20,Mill,S2,x\n"
    assert counts(booked(make, "routings", content)) == (1, 0, 0)
    assert counts(booked(make, "routings", content)) == (0, 0, 1)
    assert counts(booked(make, "routings", content.replace("Mill", "Grind"))) == (0, 1, 0)
    newest = db.session.scalars(select(Routing).order_by(Routing.revision.desc())).first()
    assert newest is not None
    assert [(s.sequence, s.names["en"], s.inspect) for s in newest.operations] == [
        (10, "Saw", False),
        (20, "Grind", True),
    ]


def test_people_come_with_a_role_and_without_any_proof(make: Factory) -> None:
    content = "工号,姓名,语言,角色\n2001,李伟,中文,操作工\n2002,Ann,en,inspector\n"
    assert counts(booked(make, "people", content)) == (2, 0, 0)
    assert counts(booked(make, "people", content)) == (0, 0, 2)
    person = db.session.scalars(select(Person).where(Person.login == "2001")).one()
    assert (person.name, person.language, person.pin_hash) == ("李伟", "zh", None)
    grant = db.session.scalars(select(Grant).where(Grant.person_id == person.id)).one()
    assert (grant.role, grant.scope_id) == ("operator", make.site_id)
    assert counts(booked(make, "people", content.replace("Ann", "Anna"))) == (0, 1, 1)


def test_rates_hold_from_today_and_days_already_worked_keep_theirs(make: Factory) -> None:
    booked(make, "items", "number,name\nP-1,Part\n")
    content = "item,operation,单价\nP-1,10,0.125\nP-1,20,1\n"
    assert counts(booked(make, "rates", content)) == (2, 0, 0)
    assert counts(booked(make, "rates", content)) == (0, 0, 2)
    assert counts(booked(make, "rates", content.replace("0.125", "0.13"))) == (0, 1, 1)
    rates = db.session.scalars(select(PieceRate).order_by(PieceRate.sequence)).all()
    assert [(rate.amount, rate.currency) for rate in rates] == [
        (Decimal("0.13"), "CNY"),
        (Decimal(1), "CNY"),
    ]
    past = checked(make, "rates", "item,operation,rate,from\nP-1,10,2,2020-01-01\n")
    assert wrong(past)[0][3] == "today or a later day; earlier ones are worked"


def test_partners(make: Factory) -> None:
    content = "供应商编号,供应商名称,是供应商,电话\nK-1,好螺丝,是,123\n"
    assert counts(booked(make, "partners", content)) == (1, 0, 0)
    assert counts(booked(make, "partners", content)) == (0, 0, 1)
    assert counts(booked(make, "partners", content.replace("123", "456"))) == (0, 1, 0)
    partner = db.session.scalars(select(Partner)).one()
    assert (partner.names, partner.supplier, partner.phone) == ({"zh": "好螺丝"}, True, "456")


def test_a_loop_in_the_file_is_refused_with_its_path(make: Factory) -> None:
    """Torture 16."""
    booked(make, "items", "number,name\n" + "".join(f"L{n},x\n" for n in range(1, 6)))
    loop = "assembly,component,qty\nL1,L2,1\nL2,L3,1\nL3,L4,2\nL4,L1,1\nL4,L5,1\n"
    run = checked(make, "boms", loop)
    assert "An item cannot go into itself: " in wrong(run)[0][3]
    assert "L1 → L2 → L3 → L4 → L1" in wrong(run)[0][3]
    apart = "assembly,component,qty,from,to\nL1,L2,1,2020-01-01,2020-12-31\nL2,L1,1,2021-01-01,\n"
    assert counts(booked(make, "boms", apart)) == (2, 0, 0)


def test_a_loop_through_boms_that_are_there_already_is_refused(make: Factory) -> None:
    """Torture 16."""
    booked(make, "items", "number,name\nL1,x\nL2,x\nL3,x\n")
    booked(make, "boms", "assembly,component,qty\nL2,L3,1\nL3,L1,1\n")
    run = checked(make, "boms", "assembly,component,qty\nL1,L2,1\n")
    assert "L1 → L2 → L3 → L1" in wrong(run)[0][3]


def test_an_item_in_use_keeps_its_unit_whatever_a_bom_file_says(make: Factory) -> None:
    booked(make, "items", "number,name,unit\nM1,x,pcs\nM2,x,pcs\nM3,x,pcs\n")
    booked(make, "boms", "assembly,component,qty,unit\nM1,M2,1,kg\n")
    unit = select(Item.unit).join(Subject, Subject.id == Item.id).where(Subject.number == "M2")
    assert db.session.scalar(unit) == "kg"
    run = checked(make, "boms", "assembly,component,qty,unit\nM3,M2,1,g\n")
    assert wrong(run)[0][1:] == ("D · unit", "g", "a unit of this item: kg")
    off = checked(make, "boms", "assembly,component,qty,unit\nM3,M1,1,g\n", options=[])
    assert wrong(off)[0][3] == "a unit of this item: pcs"


@pytest.mark.parametrize("kind", ["people", "stations"])
def test_who_lacks_the_verb_books_nothing(make: Factory, kind: str) -> None:
    content = {"people": "login,name\nx9,X\n", "stations": "number,name,line\nS9,x,L1\n"}[kind]
    run = checked(make, kind, content, by=make.planner)
    assert run.result["problems"] == 0
    with pytest.raises(AssertionError, match="right"):
        booked(make, kind, content, by=make.planner)


def test_a_fixed_value_stands_for_a_column_that_is_not_there(make: Factory) -> None:
    booked(make, "items", "number,name\nF-1,x\n", fixed={"unit": "EA", "tracking": "serial"})
    item = db.session.get_one(Item, find(db.session(), ITEM, "F-1").id)
    assert (item.unit, item.tracking.value) == ("EA", "serial")
