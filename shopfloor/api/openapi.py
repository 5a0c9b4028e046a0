"""What programs can read about every call: OpenAPI 3.1, made from the calls themselves."""

import re
from copy import deepcopy
from functools import cache
from typing import Any

from flask import Blueprint, current_app

from shopfloor.core import api
from shopfloor.people.access import public

bp = Blueprint("description", __name__)
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_FILE = {"schema": {"type": "string", "format": "binary"}}
_PROBLEM = {"$ref": "#/components/schemas/Problem"}


@bp.get("/openapi.json")
@public("it describes the calls and holds nothing of the factory")
def description() -> dict[str, Any]:
    """Describe every call."""
    return described()


@cache
def described() -> dict[str, Any]:
    """Return the description with each call's verb, and refusals under their own content type."""
    spec: dict[str, Any] = deepcopy(api.description())
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        verb, sends = getattr(view, "verb", None), getattr(view, "sends", "")
        path = spec["paths"].get(_ARGUMENT.sub(r"{\1}", rule.rule), {})
        for method in {name.lower() for name in rule.methods or ()} & path.keys():
            path[method]["security"] = [{"token": [verb]}]
            if sends:
                path[method]["responses"]["200"]["content"] = {sends: _FILE}
            for answer in path[method]["responses"].values():
                _as_problem(answer.get("content", {}))
    return spec


def _as_problem(content: dict[str, Any]) -> None:
    if content.get("application/json", {}).get("schema") == _PROBLEM:
        content["application/problem+json"] = content.pop("application/json")
