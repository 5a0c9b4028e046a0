"""Master data of an ERP: items with all fields, partners, skills, people; filters, changes."""

from datetime import datetime, timedelta

from flask import Flask

from shopfloor.core import clock
from tests.api.program import Program
from tests.make import Factory
from tests.statements import counted

WHOLE = {
    "number": "A-100",
    "names": {"en": "Housing", "zh": "外壳"},
    "unit": "kg",
    "decimals": 3,
    "tracking": "serial",
    "shelf_life_days": 30,
    "gtin": "4006381333931",
    "cost": "12.5",
    "cost_currency": "CNY",
    "other_number": "ERP-7",
    "synonyms": "Gehäuse",
    "units": [{"unit": "lb", "numerator": 45359237, "denominator": 100000000}],
}


def test_an_item_is_sent_and_heard_with_everything_it_has(app: Flask, make: Factory) -> None:
    planner = Program(app, make.planner)
    assert planner.post("/items", WHOLE).status_code == 201
    planner.get("/items?search=gehäuse")
    (heard,) = planner.heard["entries"]
    assert {field: heard[field] for field in WHOLE} == WHOLE | {"gtin": "04006381333931"}
    operator = Program(app, make.operator)
    operator.get("/items?search=04006381333931")
    assert operator.heard["entries"][0]["cost"] is None, "a cost is not everybody's business"


def test_a_change_leaves_the_rest_and_a_late_one_hears_both_sides(
    app: Flask, make: Factory
) -> None:
    """Torture 10."""
    erp = Program(app, make.planner)
    erp.post("/items", WHOLE)
    change = {"version": 1, "names": {"en": "Cover"}, "shelf_life_days": None, "decimals": 4}
    assert erp.patch("/items/A-100", change).status_code == 200
    erp.get("/items?search=cover")
    (heard,) = erp.heard["entries"]
    assert heard["names"] == {"en": "Cover", "zh": "外壳"}
    assert (heard["shelf_life_days"], heard["decimals"], heard["version"]) == (None, 4, 2)
    assert (heard["gtin"], heard["units"]) == ("04006381333931", WHOLE["units"])
    late = erp.patch("/items/A-100", {"version": 1, "synonyms": "Deckel"})
    assert (late.status_code, erp.heard["rule"]) == (409, "edited_since")
    assert erp.heard["version"] == 2
    assert erp.heard["now"]["name_en"] == "Cover"
    assert erp.heard["saved_by"] == "Planner"
    assert clock.now() - datetime.fromisoformat(erp.heard["saved_at"]) < timedelta(minutes=5)
    assert erp.heard["yours"] == {"version": 1, "synonyms": "Deckel"}
    wrong = erp.patch("/items/A-100", {"version": 2, "gtin": "4006381333930"})
    assert (wrong.status_code, erp.heard["field"]) == (422, "gtin")
    assert erp.patch("/items/A-100", {"version": 2, "price": 1}).status_code == 422
    assert Program(app, make.operator).patch("/items/A-100", change).status_code == 403


def test_every_record_is_changed_with_its_version(one_app: Flask, one_make: Factory) -> None:
    """Torture 10."""
    erp = Program(one_app, one_make.administrator)
    erp.post("/partners", {"number": "V-1", "names": {"en": "Castings"}, "supplier": True})
    erp.post("/skills", {"number": "W1", "names": {"en": "Welding"}})
    erp.post("/places", {"number": "A-01", "names": {"en": "Shelf"}})
    for path in (
        "/partners/V-1", "/skills/W1", "/places/A-01", "/stations/S1", "/lines/L1",
        "/reasons/scrap-1",
    ):  # fmt: skip
        body = {"version": 1, "names": {"zh": "新的"}}
        assert erp.patch(path, body).status_code == 200, path
        assert erp.patch(path, body).status_code == 409, path
        assert erp.heard["now"]["name_zh"] == "新的"
        assert erp.heard["yours"] == body
        erp.get(f"{path.rpartition('/')[0]}?search=新的")
        (heard,) = erp.heard["entries"]
        assert (heard["version"], heard["names"]["zh"]) == (2, "新的")
        assert "en" in heard["names"]


def test_people_are_told_to_who_administers_them_with_what_they_can_do(
    app: Flask, make: Factory
) -> None:
    erp = Program(app, make.administrator)
    erp.post("/skills", {"number": "W1", "names": {"en": "Welding"}})
    given = erp.post("/people/operator/skills/W1", {"last_day": "2027-01-31"})
    assert given.status_code == 200
    erp.get("/people?search=operator")
    (heard,) = erp.heard["entries"]
    assert heard["skills"][0]["skill"]["number"] == "W1"
    assert heard["skills"][0]["last_day"] == "2027-01-31"
    assert "hash" not in str(heard)
    assert erp.send("DELETE", "/people/operator/skills/W1").status_code == 200
    erp.get("/people?search=operator")
    assert erp.heard["entries"][0]["skills"] == []
    assert Program(app, make.planner).get("/people").status_code == 403


def test_lists_are_cut_down_by_words_by_change_and_by_use(app: Flask, make: Factory) -> None:
    erp = Program(app, make.administrator)
    for n in range(4):
        erp.post("/items", {"number": f"B{n}", "names": {"en": f"Bolt M{n}"}})
    later = (clock.now() + timedelta(hours=1)).isoformat().replace("+", "%2B")
    before = (clock.now() - timedelta(hours=1)).isoformat().replace("+", "%2B")
    for asked, count in (
        ("search=BOLT%20m2", 1), ("search=nothing", 0), ("archived=false", 4),
        ("archived=true", 0), (f"changed_after={later}", 0), (f"changed_after={before}", 4),
    ):  # fmt: skip
        with counted() as statements:
            erp.get(f"/items?{asked}")
        assert len(erp.heard["entries"]) == count, asked
        assert len(statements) <= 4
    for path in ("stations", "places", "lines", "partners", "skills", "people", "reasons"):
        assert erp.get(f"/{path}?archived=false&changed_after={before}").status_code == 200
        assert erp.get(f"/{path}?changed_after=yesterday").status_code == 422
