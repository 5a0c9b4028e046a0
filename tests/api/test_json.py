"""How exactly JSON is read: what could mean two things is refused."""

from typing import Any

import pytest
from flask import Flask

from shopfloor.core.exact_json import read_object
from shopfloor.core.refusals import Malformed
from tests.api.program import Program
from tests.make import Factory


def report(lot: str, good: str) -> bytes:
    return f'{{"lot": "{lot}", "operation": 10, "good": {good}}}'.encode()


def test_a_quantity_is_a_string_or_an_exact_number(app: Flask, make: Factory) -> None:
    """Torture 49."""
    lot, program = make.lot(100), Program(app, make.operator)
    for good in ('"1"', "1", '"1.0"', "1.0", "1e0", '"1.000000"'):
        assert program.raw("/reports", report(lot, good)).status_code == 200, good
        assert program.heard["good"] == "1"
    program.get(f"/lots/{lot}")
    assert program.heard["passes"][0]["progress"]["good"] == "6"


@pytest.mark.parametrize(
    "good",
    [
        "0", '"0"', "-1", '"-1"', "1e308", "1E400", "1e-400", "1e99999999999999999999", "NaN",
        "Infinity", "-Infinity", '"NaN"', '"Infinity"', '"1,5"', '"1.5"', "1.5", '"1 000"', '"٣"',
        '"１"', "0.1234567", '"0.1234567"', "0.00000000000000000001", '"1e3"', '" 1"', '"+1"',
        '""', "null", "true", "[]", "{}", "9" * 41, "1" + "0" * 5000, '"' + "9" * 13 + '"', "-0",
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_books_nothing(
    one_app: Flask, one_make: Factory, good: str
) -> None:
    """Torture 49; the item has no decimals."""
    lot, program = one_make.lot(100), Program(one_app, one_make.operator)
    assert program.raw("/reports", report(lot, good)).status_code == 422, good
    program.get(f"/lots/{lot}")
    assert program.heard["passes"][0]["progress"]["left"] == "100"


def test_a_field_that_is_there_twice_is_refused(app: Flask, make: Factory) -> None:
    """Torture 65."""
    lot, program = make.lot(100), Program(app, make.operator)
    body = f'{{"lot": "{lot}", "operation": 10, "good": 1, "good": 100}}'.encode()
    assert program.raw("/reports", body).status_code == 422
    assert (program.heard["rule"], program.heard["field"]) == ("field_twice", "good")
    nested = b'{"number": "X", "names": {"en": "a", "en": "b"}}'
    assert Program(app, make.planner).raw("/items", nested).status_code == 422


def test_an_unknown_field_is_refused_at_every_depth(app: Flask, make: Factory) -> None:
    """Torture 65."""
    program = Program(app, make.planner)
    for body, field in (
        ({"number": "X", "names": {"en": "X"}, "role": "admin"}, "role"),
        ({"number": "X", "names": {"en": "X", "fr": "X"}}, "names.fr"),
        ({"number": "X", "names": {"en": "X"}, "id": 1, "version": 9}, "id"),
    ):
        assert program.post("/items", body).status_code == 422
        assert (program.heard["rule"], program.heard["field"]) == ("unknown_field", field)
    assert [wrong["field"] for wrong in program.heard["errors"]] == ["id", "version"]
    program.get("/items")
    assert program.heard["entries"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"text"', b"1", b"{'a': 1}", b'{"a": 1,}', b"\xff\xfe{}",
        b'{"a": "\xed\xa0\x80"}', b"{} {}", b"[" * 100_000, b'{"a":' * 50_000, b"\x00",
        b'{"number": "a\\u0000b", "names": {"en": "X"}}',
        b'{"number": "a\\ud800b", "names": {"en": "X"}}',
        b'{"number": "X", "names": {"en": "\\udfff"}}',
        b'{"number": "X", "names": {"\\u0000": "x"}}',
        b'{"number": "X", "names": "en"}', b'{"number": 5, "names": {"en": "X"}}',
        b'{"number": "X", "names": {"en": "X"}, "decimals": "3"}',
        b'{"number": "X", "names": {"en": "X"}, "decimals": 3.5}',
        b'{"number": "X", "names": {"en": "X"}, "decimals": true}',
        b'{"number": "X", "names": {"en": "X"}, "decimals": 99999999999999999999}',
        b'{"number": "", "names": {"en": "X"}}', b'{"number": "X", "names": {}}',
        b'{"number": "\\u0007", "names": {"en": "X"}}',
    ],
)  # fmt: skip
def test_what_is_no_proper_body_is_refused(one_app: Flask, one_make: Factory, body: bytes) -> None:
    """Torture 42, 43 and 65."""
    program = Program(one_app, one_make.planner)
    assert program.raw("/items", body).status_code == 422
    program.get("/items")
    assert program.heard["entries"] == []


def test_naughty_names_are_kept_exactly(app: Flask, make: Factory) -> None:
    """Torture 42."""
    program = Program(app, make.planner)
    texts = ["<script>alert(1)</script>", "'; DROP TABLE item;--", "💩\u202eabc", "﷽", "Ω≈ç√∫˜µ"]
    for n, text in enumerate(texts):
        assert program.post("/items", {"number": f"N{n}", "names": {"en": text}}).status_code == 201
    program.get("/items")
    assert [entry["names"]["en"] for entry in program.heard["entries"]] == texts


def test_decimals_keep_every_place() -> None:
    value: Any = read_object(b'{"a": 0.1, "b": [12345678901234567890.123456]}')
    assert [str(value["a"]), str(value["b"][0])] == ["0.1", "12345678901234567890.123456"]


def test_a_thousand_fields_twice_are_found_fast() -> None:
    names = ",".join(f'"f{n}": 1' for n in range(60_000))
    with pytest.raises(Malformed):
        read_object(f'{{{names}, "f59999": 2}}'.encode())
