"""Models and variants for programs: features, choices, and what a variant takes from its model."""

from typing import Any

import pytest
from flask import Flask

from shopfloor.core.db import db
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted

SIZE = {
    "names": {"en": "Size", "zh": "尺寸"},
    "values": [{"names": {"en": "S"}}, {"names": {"en": "Large", "zh": "大"}}],
}
COLOUR = {
    "key": "col",
    "names": {"zh": "颜色"},
    "values": [{"key": "r", "names": {"zh": "红"}}, {"key": "b", "names": {"zh": "蓝"}}],
}
SHIRT = {
    "number": "SHIRT", "names": {"en": "Shirt", "zh": "衬衫"}, "unit": "m", "decimals": 2,
    "units": [{"unit": "box", "numerator": 12, "denominator": 1}], "gtin": "4006381333931",
    "features": [SIZE, COLOUR],
}  # fmt: skip
SMALL = {
    "number": "SHIRT-S", "names": {"en": "Small"}, "model": "SHIRT",
    "choices": {"size": "s", "col": "r"},
}  # fmt: skip


def told(program: Program, number: str) -> dict[str, Any]:
    program.get("/items?limit=200")
    return next(row for row in program.heard["entries"] if row["number"] == number)


def test_a_model_and_its_variant_are_added_and_heard_again(app: Flask, make: Factory) -> None:
    program, key = Program(app, make.planner), new_id()
    assert program.post("/items", SHIRT).status_code == 201
    model = told(program, "SHIRT")
    assert model["features"] == [
        {
            "key": "size",
            "names": SIZE["names"],
            "values": [
                {"key": "s", "names": {"en": "S"}},
                {"key": "large", "names": {"en": "Large", "zh": "大"}},
            ],
        },
        COLOUR,
    ]
    first = program.post("/items", SMALL, key)
    assert first.status_code == 201
    assert program.post("/items", SMALL, key).data == first.data
    heard = told(program, "SHIRT-S")
    assert heard["model"] == {"code": model["code"], "number": "SHIRT"}
    assert (heard["choices"], heard["features"]) == (SMALL["choices"], [])
    assert (heard["unit"], heard["decimals"], heard["gtin"]) == ("m", 2, None)
    assert heard["units"] == model["units"]
    twin = program.post("/items", SMALL | {"number": "SHIRT-S2"})
    assert (twin.status_code, program.heard["rule"]) == (409, "bad_variants")
    program.get("/items")
    assert len(program.heard["entries"]) == 2, "the refused twin has left nothing"


def test_features_are_read_changed_and_sent_back(app: Flask, make: Factory) -> None:
    """Torture 10."""
    program = Program(app, make.planner)
    program.post("/items", SHIRT)
    program.post("/items", SMALL)
    features = told(program, "SHIRT")["features"]
    features[0]["values"].append({"names": {"en": "XL"}})
    features[0]["names"] = {"en": "How big"}
    change = {"version": 1, "features": features, "synonyms": "Tee"}
    assert program.patch("/items/SHIRT", change).status_code == 200
    heard = told(program, "SHIRT")
    assert (heard["version"], heard["synonyms"], heard["gtin"]) == (2, "Tee", "04006381333931")
    assert [value["key"] for value in heard["features"][0]["values"]] == ["s", "large", "xl"]
    assert (heard["features"][0]["key"], heard["features"][0]["names"]) == (
        "size",
        {"en": "How big"},
    )
    late = {"version": 1, "features": []}
    assert program.patch("/items/SHIRT", late).status_code == 409
    assert program.heard["rule"] == "edited_since"
    assert program.heard["now"]["features"].startswith("How big = S, Large / 大, XL\n颜色")
    taken = program.patch("/items/SHIRT", {"version": 2, "features": heard["features"][1:]})
    assert (taken.status_code, program.heard["rule"]) == (409, "value_in_use")
    assert told(program, "SHIRT")["version"] == 2
    program.patch("/items/SHIRT", {"version": 2, "names": {"en": "Tee"}})
    assert told(program, "SHIRT")["features"] == heard["features"], "left out, they stay"


@pytest.mark.parametrize(
    ("features", "status"),
    [
        ([{"names": {"en": "Size"}}], 422),
        ([{"names": {"en": "Size"}, "values": []}], 422),
        ([{"names": {}, "values": SIZE["values"]}], 422),
        ([{"names": {"en": " "}, "values": SIZE["values"]}], 422),
        ([{"names": {"en": "A/B"}, "values": SIZE["values"]}], 422),
        ([{"names": {"en": "A=B"}, "values": SIZE["values"]}], 422),
        ([{"names": {"en": "Size"}, "values": [{"names": {"en": "S, M"}}]}], 422),
        ([{"names": {"en": "Size"}, "values": [{"names": {"en": "x" * 61}}]}], 422),
        ([{"names": {"en": "Size"}, "values": [{"names": {"en": "a\u0000"}}]}], 422),
        ([{"key": "Ä", "names": {"en": "Size"}, "values": SIZE["values"]}], 422),
        ([{"key": "a_b", "names": {"en": "Size"}, "values": SIZE["values"]}], 422),
        ([SIZE, SIZE], 422),
        ([{**SIZE, "key": "a"}, {**SIZE, "key": "b"}], 422),
        ([{**COLOUR, "values": [{"key": "r", "names": {"en": n}} for n in "ab"]}], 422),
        ([{**SIZE, "size": 1}], 422),
        ([{"names": {"en": f"F{n}"}, "values": SIZE["values"]} for n in range(7)], 422),
        (None, 422),
        ("Size = S, M", 422),
    ],
)
def test_what_are_no_features_is_refused_and_nothing_is_changed(
    one_app: Flask, one_make: Factory, features: Any, status: int
) -> None:
    program = Program(one_app, one_make.planner)
    program.post("/items", SHIRT | {"features": []})
    sent = program.patch("/items/SHIRT", {"version": 1, "features": features})
    assert sent.status_code == status, program.heard
    # A zero byte is refused before anybody knows what it was meant for.
    assert program.heard["field"].startswith("features") or "x00" in repr(features)
    heard = told(program, "SHIRT")
    assert (heard["features"], heard["version"]) == ([], 1)
    other = SHIRT | {"number": "T", "gtin": None, "features": features}
    assert program.post("/items", other).status_code == 422


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"choices": {}}, 409, "choices"),
        ({"choices": {"size": "s"}}, 409, "choices"),
        ({"choices": {"size": "s", "col": "green"}}, 409, "choices"),
        ({"choices": {"size": "s", "col": "r", "cut": "slim"}}, 409, "choices"),
        ({"choices": {"size": 1, "col": "r"}}, 422, "choices.size"),
        ({"choices": ["s", "r"]}, 422, "choices"),
        ({"model": None}, 422, "model"),
        ({"model": "NONE"}, 404, "model"),
        ({"model": "PLAIN"}, 409, "choices"),
        ({"features": [SIZE]}, 409, None),
    ],
)
def test_what_is_no_variant_is_refused_and_leaves_nothing(
    one_app: Flask, one_make: Factory, change: dict[str, Any], status: int, field: str | None
) -> None:
    program = Program(one_app, one_make.planner)
    program.post("/items", SHIRT)
    program.post("/items", {"number": "PLAIN", "names": {"en": "Plain"}})
    answer = program.post("/items", SMALL | change)
    assert (answer.status_code, program.heard.get("field")) == (status, field), program.heard
    program.get("/items")
    assert len(program.heard["entries"]) == 2
    operator = Program(one_app, one_make.operator)
    assert operator.post("/items", SMALL).status_code == 403


def test_the_largest_model_has_its_variants_at_once(app: Flask, make: Factory) -> None:
    # Sixty values of six features are 46 656 000 000 variants: nobody counts them.
    values = [{"key": f"v{n}", "names": {"en": f"V{n}"}} for n in range(60)]
    features = [{"key": f"f{n}", "names": {"en": f"F{n}"}, "values": values} for n in range(6)]
    program = Program(app, make.planner)
    assert program.post("/items", SHIRT | {"features": features}).status_code == 201
    choices = {f"f{n}": "v59" for n in range(6)}
    assert program.post("/items", SMALL | {"choices": choices}).status_code == 201


def test_the_list_still_takes_three_statements(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    program.post("/items", SHIRT)
    program.post("/items", SMALL)
    db.session.rollback()
    with counted() as sent:
        program.get("/items")
    assert len(sent) == 3, sent
