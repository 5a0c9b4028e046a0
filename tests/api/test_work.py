"""Work that a machine's gateway begins, stops and takes back, as the person of its token."""

from flask import Flask

from tests.api.program import Program
from tests.make import Factory, new_id


def test_work_is_begun_paused_resumed_finished_and_taken_back(app: Flask, make: Factory) -> None:
    lot = make.lot(10, inspect=())
    program, key = Program(app, make.operator), new_id()
    begin = {"lot": lot, "operation": 10}
    assert program.post("/jobs", begin, key=key).status_code == 201
    job = program.heard["id"]
    assert program.post("/jobs", begin, key=key).status_code == 201
    assert program.heard["id"] == job
    assert program.post("/jobs", begin).status_code == 409
    assert program.post(f"/jobs/{job}/pause", {"reason": "none"}).status_code == 404
    assert program.post(f"/jobs/{job}/pause", {"reason": "pause-1"}).status_code == 200
    assert program.post(f"/jobs/{job}/resume", {}).status_code == 200
    program.get("/jobs")
    assert [row["id"] for row in program.heard["entries"]] == [job]
    assert program.post(f"/jobs/{job}/finish", {}).status_code == 200
    assert program.post("/reports", {**begin, "good": "4"}).status_code == 200
    event = program.heard["event"]
    assert program.post(f"/events/{event}/undo", {}).status_code == 200
    assert program.heard["undone"] == event
    assert program.post(f"/events/{event}/undo", {}).status_code == 409
    program.get(f"/lots/{lot}")
    assert program.heard["passes"][0]["progress"]["good"] == "0"


def test_another_s_work_is_not_stopped_and_a_held_lot_not_begun(app: Flask, make: Factory) -> None:
    lot = make.lot(10, inspect=())
    assert (
        Program(app, make.operator).post("/jobs", {"lot": lot, "operation": 10}).status_code == 201
    )
    make.person("operator", "other")
    other = Program(app, make.people["other"])
    assert other.post("/jobs/1/finish", {}).status_code in (403, 404, 409)
    hold = {"subject": lot, "kind": "lot", "reason": "hold-1", "note": "x"}
    assert Program(app, make.quality).post("/holds", hold).status_code == 201
    assert other.post("/jobs", {"lot": lot, "operation": 10}).status_code == 409
    assert other.heard["why"]["reason"]
    assert Program(app, make.planner).post("/jobs", {}).status_code == 403
