"""Locking numbers on a page and by a program, and lifting the lock with a second person's badge."""

from typing import Any

from flask import Flask

from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.make import PIN, Factory, new_id


def test_numbers_are_locked_listed_and_lifted_on_pages(one_app: Flask, one_make: Factory) -> None:
    make, number = one_make, one_make.order(10).lot.number or ""
    inspector = Browser(one_app).sign_in(make.inspector)
    assert "No number is locked" in text_of(inspector.get("/number-locks"))
    form: dict[str, Any] = {"kind": "lot_number", "reason": make.reasons["hold"], "note": "doubt"}
    form["site"] = make.site_id
    wrong = inspector.post("/number-locks/new", first="C-9", last="C-1", **form)
    assert wrong.status_code == 422
    assert 'value="C-9"' in wrong.get_data(as_text=True)
    locked = text_of(inspector.post("/number-locks/new", first=number, **form))
    assert "Lots locked now 1" in locked
    assert f"{number} · doubt" in text_of(inspector.get(f"/lots/{number}"))
    assert f"{number} Lot or serial number" in text_of(inspector.get("/number-locks"))
    lift: dict[str, Any] = {"reason": make.reasons["release"], "pin": PIN}
    own = inspector.post("/number-locks/1", badge=make.inspector.badge, **lift)
    assert own.status_code == 403
    assert "Whoever locked it cannot release it." in text_of(own)
    lifted = inspector.post("/number-locks/1", badge=make.supervisor.badge, **lift)
    assert lifted.status_code == 303
    shown = text_of(inspector.get("/number-locks/1"))
    assert "Lifted by Supervisor" in shown
    assert "Held" in shown, "what was locked stays so until it is released"
    assert number in text_of(inspector.get("/number-locks?show=lifted"))


def test_lots_that_are_held_together_are_one_call_that_counts_them(
    one_app: Flask, one_make: Factory
) -> None:
    numbers = [one_make.order(10).lot.number or "" for _ in range(3)]
    inspector = Browser(one_app).sign_in(one_make.inspector)
    form: dict[str, Any] = {"kind": "lot_number", "reason": one_make.reasons["hold"]}
    locked = inspector.post("/number-locks/new", first="000*", site=one_make.site_id, **form)
    assert "Lots locked now 3" in text_of(locked)
    called = text_of(Browser(one_app).sign_in(one_make.supervisor).get("/alerts"))
    assert numbers[0] in called
    assert "2 more were locked with it" in called


def test_who_may_lock_on_a_line_only_is_not_asked_and_counts_his_own_lots(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 60: numbers are locked at a site or everywhere; the list says no more than a page."""
    make, number = one_make, one_make.order(10).lot.number or ""
    form: dict[str, Any] = {"kind": "lot_number", "first": number, "reason": make.reasons["hold"]}
    far = add_site(founder(new_id()), number="F2", names={"en": "Far"}, zone="UTC", currency="EUR")
    answers = {
        None: (200, "1"),
        make.site_id: (200, "1"),
        make.line_id: (403, "0"),
        far.id: (200, "0"),
    }
    everywhere = Browser(one_app).sign_in(make.inspector)
    assert everywhere.post("/number-locks/new", **form).status_code == 200
    for scope, (status, held) in answers.items():
        worker = make.person("inspector", f"at{scope}", scope_id=scope)
        browser = Browser(one_app).sign_in(worker)
        listed = browser.get("/number-locks")
        assert ("/number-locks/new" in listed.get_data(as_text=True)) is (status == 200)
        assert browser.get("/number-locks/new").status_code == status
        program = Program(one_app, worker)
        program.get("/number-locks")
        assert [str(each["lots"]) for each in program.heard["entries"]] == [held], scope


def test_a_program_locks_a_suppliers_lots_and_lifts_it(one_app: Flask, one_make: Factory) -> None:
    make = one_make
    quality = Program(one_app, make.quality)
    body = {"kind": "supplier_lot", "first": "H-70*", "reason": "hold-1", "note": "recalled"}
    assert quality.post("/number-locks", body).status_code == 201
    number = quality.heard["id"]
    assert quality.heard["lots"] == 0
    quality.get("/number-locks")
    told = quality.heard["entries"][0]
    assert (told["first"], told["placed_by"], told["lots"]) == ("H-70*", "Quality", 0)
    lift = {"reason": "release-1", "badge": make.supervisor.badge, "pin": PIN}
    assert quality.post(f"/number-locks/{number}/lift", lift).status_code == 200
    quality.get("/number-locks?lifted=true")
    assert quality.heard["entries"][0]["lifted_at"] is not None
