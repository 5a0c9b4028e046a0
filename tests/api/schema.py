"""Holds a value against the parts of JSON Schema that our descriptions use."""

import re
from typing import Any

KINDS: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": int | float,
    "boolean": bool,
    "null": type(None),
}


def check(value: Any, schema: dict[str, Any], spec: dict[str, Any], at: str = "") -> None:
    """Raise AssertionError, naming the place, where the value is not as described."""
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if "anyOf" in schema:
        assert any(fits(value, each, spec) for each in schema["anyOf"]), (at, value)
        return
    if "type" in schema:
        assert isinstance(value, KINDS[schema["type"]]), (at, value, schema["type"])
    assert value in schema.get("enum", [value]), (at, value)
    if isinstance(value, str):
        assert re.search(schema.get("pattern", ""), value), (at, value)
    if isinstance(value, list):
        for n, each in enumerate(value):
            check(each, schema.get("items", {}), spec, f"{at}[{n}]")
    if isinstance(value, dict) and "properties" in schema:
        check_fields(value, schema, spec, at)


def check_fields(
    value: dict[str, Any], schema: dict[str, Any], spec: dict[str, Any], at: str
) -> None:
    """Check that nothing is missing, nothing is unknown, and each field is as described."""
    missing = set(schema.get("required", ())) - value.keys()
    unknown = value.keys() - schema["properties"].keys()
    assert not missing, (at, missing)
    assert not unknown or schema.get("additionalProperties") is not False, (at, unknown)
    for name in value.keys() - unknown:
        check(value[name], schema["properties"][name], spec, f"{at}.{name}")


def fits(value: Any, schema: dict[str, Any], spec: dict[str, Any]) -> bool:
    """Say whether the value is as described."""
    try:
        check(value, schema, spec)
    except AssertionError:
        return False
    return True
