"""Where imports run: small files at once, others in the loop; what is killed is begun again."""

import os

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.catalogue.models import Item
from shopfloor.cli import work
from shopfloor.core.actions import Action
from shopfloor.core.alone import alone
from shopfloor.core.db import db, dispose_after_fork, transaction
from shopfloor.core.events import Event
from shopfloor.core.imported import IMPORTED
from shopfloor.exchange import running
from shopfloor.exchange.models import Import, ImportState
from shopfloor.stock import ledger
from tests.browse import Browser
from tests.exchange.bringing import book, booked, checked, found
from tests.exchange.test_pages import upload
from tests.make import Factory, new_id

ITEMS = "number,name\n" + "".join(f"K-{n},x\n" for n in range(50))


def items() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Item.id))) or 0


def test_a_large_file_waits_for_the_loop_and_its_page_follows_it(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SMALL", {"csv": 0, "xlsx": 0})
    browser = Browser(one_app).sign_in(one_make.planner)
    url = upload(browser, ITEMS.encode(), "items.csv")
    browser.post(url, column_number="0", column_name_en="1")
    page = browser.get(url).text
    assert "Being checked" in page
    # With a script the page asks again by itself, without one the browser opens it anew.
    assert 'hx-trigger="every 1s"' in page
    assert '<meta http-equiv="refresh"' in page
    monkeypatch.setattr(work, "WAKES_EVERY", 0.05)
    monkeypatch.setattr(work, "LOOKS_EVERY", 0.1)
    work.rest()
    assert "Book all of it" in browser.get(url).text
    browser.post(f"{url}/apply", page=url)
    assert "Being booked" in browser.get(url).text
    work.rest()
    page = browser.get(url).text
    assert "Booked." in page
    assert "hx-trigger" not in page
    assert items() == 50


def test_what_is_killed_while_it_books_leaves_nothing_and_is_booked_once(make: Factory) -> None:
    """Torture 25, for an import: old or new, never between."""
    run = checked(make, "items", ITEMS)
    with transaction() as session:
        waits = session.get_one(Import, run.id)
        waits.state, waits.action_id = ImportState.TO_APPLY, new_id()
    db.session.remove()
    child = os.fork()
    if child == 0:
        dispose_after_fork()
        # Everything is written, and the power goes before the commit.
        vars(ledger)["post"] = lambda *_: os._exit(9)
        running.run_waiting()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert items() == 0
    assert found(run.id).state is ImportState.TO_APPLY
    running.run_waiting()
    assert items() == 50
    assert found(run.id).state is ImportState.DONE
    events = select(func.count(Event.id)).where(Event.kind == IMPORTED.name)
    assert db.session.scalar(events) == 1
    assert db.session.get(Action, found(run.id).action_id) is not None


def test_only_one_host_does_an_import(make: Factory) -> None:
    run = checked(make, "items", ITEMS)
    with transaction() as session:
        waits = session.get_one(Import, run.id)
        waits.state, waits.action_id = ImportState.TO_APPLY, new_id()
    with alone("imports") as ours:
        assert ours
        running.run_now(run.id)
    assert found(run.id).state is ImportState.TO_APPLY
    running.run_waiting()
    assert items() == 50


def test_what_has_changed_since_the_check_is_checked_again(make: Factory) -> None:
    run = checked(make, "items", ITEMS)
    booked(make, "items", "number,name\nK-7,somebody else's\n")
    with pytest.raises(AssertionError, match="Something has changed since"):
        book(run.id)
    assert items() == 1
    assert found(run.id).state is ImportState.CHECKED


def test_so_many_records_that_the_floor_would_wait_are_refused_at_the_check(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MOST_WRITES", 49)
    run = checked(make, "items", ITEMS)
    assert run.result["first"][0]["expected"].startswith("at most 49 new or changed records")
