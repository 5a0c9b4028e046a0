"""The description of the interface, which programs are made from."""

import re
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel

from shopfloor.api.openapi import described
from shopfloor.core.api_fields import Body, Told
from shopfloor.people.roles import VERBS
from tests.api.program import Program
from tests.api.schema import check
from tests.make import Factory


@pytest.fixture
def spec(one_app: Flask) -> dict[str, Any]:
    """What anybody can read, without a token."""
    answer = one_app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.get_json())


def test_every_call_is_described_with_its_verb(one_app: Flask, spec: dict[str, Any]) -> None:
    for rule in one_app.url_map.iter_rules():
        view: Any = one_app.view_functions[rule.endpoint]
        if not rule.rule.startswith("/api/v1/") or hasattr(view, "public"):
            continue
        path = spec["paths"][re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            call = path[method.lower()]
            assert call["summary"].endswith("."), rule
            assert call["security"] == [{"token": [view.verb]}]
            assert view.verb in VERBS
            assert {"401", "403", "404", "409", "422"} < call["responses"].keys()
            if method == "POST":
                assert call["requestBody"]
                assert [p["name"] for p in call["parameters"]][-1] == "Idempotency-Key"


def test_every_reference_leads_somewhere(spec: dict[str, Any]) -> None:
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', str(spec).replace("'", '"')))
    assert names <= spec["components"]["schemas"].keys()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in names)


def test_no_two_models_share_a_name() -> None:
    """A description has one place per name: the second model would hide the first."""
    seen: dict[str, type[BaseModel]] = {}
    for model in [*_below(Body), *_below(Told)]:
        assert seen.setdefault(model.__name__, model) is model, model


def test_every_example_is_as_described_and_every_body_has_one(spec: dict[str, Any]) -> None:
    bodies = [
        call["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        for path in spec["paths"].values()
        for method, call in path.items()
        if method == "post"
    ]
    models = {model.__name__: model for model in _below(Body)}
    for name in bodies:
        schema = spec["components"]["schemas"][name]
        assert schema.get("examples") or not schema.get("required"), name
        for example in schema.get("examples", ()):
            check(example, schema, spec)
            models[name].model_validate(example)


def test_it_needs_nothing_from_elsewhere_and_shows_no_page(
    one_app: Flask, spec: dict[str, Any]
) -> None:
    assert "http" not in str(spec).replace("'type': 'http'", "").replace("https://erp.example", "")
    assert not [rule for rule in one_app.url_map.iter_rules() if "apidoc" in rule.rule]


def test_a_described_call_answers_as_described(one_app: Flask, one_make: Factory) -> None:
    """Every other test of the interface does so too: its program compares each answer."""
    program = Program(one_app, one_make.planner)
    assert program.get("/reasons").status_code == 200
    with pytest.raises(AssertionError):
        check({"entries": []}, {"$ref": "#/components/schemas/Page_ReasonTold"}, described())


def _below(model: type[BaseModel]) -> list[type[BaseModel]]:
    found = []
    for each in model.__subclasses__():
        if "[" not in each.__name__:
            found += [each, *_below(each)]
    return found
