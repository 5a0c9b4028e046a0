"""Programs that ask several real server processes at the same instant."""

import http.client
import json
import threading
from collections import Counter
from typing import Any

import pytest
from flask import Flask

from shopfloor.core.db import db
from tests.api.program import Program
from tests.invariants import require_invariants
from tests.make import Factory, new_id
from tests.server import Server, at_once

pytestmark = pytest.mark.processes


def report(lot: str, good: str = "1") -> dict[str, Any]:
    return {"lot": lot, "operation": 10, "good": good}


def left(program: Program, lot: str) -> str:
    db.session.rollback()
    program.get(f"/lots/{lot}")
    return str(program.heard["passes"][0]["progress"]["left"])


def test_one_entry_sent_twenty_times_at_once_has_one_effect_and_one_answer(
    app: Flask, make: Factory, server: Server
) -> None:
    """Torture 3."""
    lot, program, key = make.lot(100, rate="0.12"), Program(app, make.operator), new_id()
    heard = at_once(
        20,
        lambda _n: server.send(
            "POST", "/api/v1/reports", report(lot, "5"), program.token, Idempotency_Key=key
        ),
    )
    assert {(answer.status, answer.body) for answer in heard} == {(200, heard[0].body)}
    assert left(program, lot) == "95"
    require_invariants()


def test_one_key_with_different_values_at_once_books_one_of_them(
    app: Flask, make: Factory, server: Server
) -> None:
    lot, program, key = make.lot(100), Program(app, make.operator), new_id()
    heard = at_once(
        10,
        lambda n: server.send(
            "POST", "/api/v1/reports", report(lot, str(n + 1)), program.token, Idempotency_Key=key
        ),
    )
    assert Counter(answer.status for answer in heard) == {200: 1, 409: 9}
    (booked,) = [answer.json for answer in heard if answer.status == 200]
    assert all(a.json["booked"] == booked for a in heard if a.status == 409)
    assert left(program, lot) == str(100 - int(booked["good"]))


def test_the_last_pieces_are_booked_once(app: Flask, make: Factory, server: Server) -> None:
    """Torture 1."""
    lot, program = make.lot(5), Program(app, make.operator)
    heard = at_once(
        20, lambda _n: server.send("POST", "/api/v1/reports", report(lot), program.token)
    )
    assert Counter(answer.status for answer in heard) == {200: 5, 409: 15}
    assert left(program, lot) == "0"
    require_invariants()


def test_two_releases_at_once_make_one_lot(app: Flask, make: Factory, server: Server) -> None:
    program = Program(app, make.planner)
    make.item()
    program.get("/items?limit=200")
    item = next(e["code"] for e in program.heard["entries"] if e["number"][0] == "I")
    order = program.post("/work-orders", {"item": item, "quantity": "5"}).get_json()["code"]
    path = f"/api/v1/work-orders/{order}/release"
    heard = at_once(4, lambda _n: server.send("POST", path, {}, program.token))
    assert Counter(answer.status for answer in heard) == {200: 1, 409: 3}
    program.get(f"/work-orders/{order}")
    assert len(program.heard["lots"]) == 1


def test_one_number_entered_at_once_is_given_once(
    app: Flask, make: Factory, server: Server
) -> None:
    """Torture 9."""
    program = Program(app, make.planner)
    body = {"number": "A-1", "names": {"en": "A"}}
    heard = at_once(8, lambda _n: server.send("POST", "/api/v1/items", body, program.token))
    assert Counter(answer.status for answer in heard) == {201: 1, 409: 7}


def test_a_follower_hears_every_event_once_and_in_order_while_others_report(
    app: Flask, make: Factory, server: Server
) -> None:
    lots = [make.lot(100) for _ in range(4)]
    worker, follower = Program(app, make.operator), Program(app, make.quality)
    start = server.send("GET", "/api/v1/events?limit=200", token=follower.token).json["next"]
    heard: list[int] = []
    over = threading.Event()

    def follow() -> None:
        after, last = start, False
        while not last:
            last = over.is_set()
            path = f"/api/v1/events?limit=10&after={after}"
            told = server.send("GET", path, token=follower.token).json
            heard.extend(event["id"] for event in told["entries"])
            after, last = told["next"], last and not told["more"]

    following = threading.Thread(target=follow)
    following.start()
    booked = at_once(
        8,
        lambda n: [
            server.send("POST", "/api/v1/reports", report(lots[n % 4]), worker.token)
            for _ in range(10)
        ],
    )
    over.set()
    following.join()
    events = [answer.json["event"] for answers in booked for answer in answers]
    assert heard == sorted(events)
    assert len(events) == 80


def test_a_body_without_a_length_is_cut_off_at_a_megabyte(
    app: Flask, make: Factory, server: Server
) -> None:
    program = Program(app, make.planner)
    connection = http.client.HTTPConnection(server.host, timeout=60)
    parts = (b'{"number": "', *[b"x" * 10_000] * 150, b'", "names": {}}')
    headers = {
        "Authorization": f"Bearer {program.token}",
        "Content-Type": "application/json",
    }
    connection.request("POST", "/api/v1/items", iter(parts), headers, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, json.load(answer)["rule"]) == (413, "http_413")
    connection.close()
