"""The self-check: what is broken by hand is found, and what is right is left alone."""

import json
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import text

from shopfloor import cli
from shopfloor.core.db import db
from shopfloor.core.reconcile import CHECKS, in_words, keep_check, last_run, run_checks
from shopfloor.core.undo import undo_event
from shopfloor.production.commands.jobs import pause_work, resume_work, start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import Judged, record_inspection
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.models import DispositionKind, Verdict
from tests.make import FITS, Factory


def some_work(make: Factory) -> str:
    """Do a bit of everything that changes counters, and return the lot."""
    lot = make.lot(100, rate="0.12")
    job = start_work(make.operator.act(), lot=lot, operation=10)
    pause_work(make.operator.act(), job_id=job.job_id, reason_id=make.reasons["pause"])
    resume_work(make.operator.act(), job_id=job.job_id)
    report_quantities(
        make.operator.act(),
        lot=lot,
        operation=10,
        good=Decimal(80),
        scrap=Decimal(5),
        rework=Decimal(5),
        scrap_reason_id=make.reasons["scrap"],
    )
    wrong = report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(7))
    undo_event(make.operator.act(), event_id=wrong.event_id)
    report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(60))
    judge(make, lot, Verdict.PASS, Decimal(40))
    failed = judge(make, lot, Verdict.FAIL)
    assert failed.hold_id is not None
    release_hold(
        make.supervisor.act(),
        hold_id=failed.hold_id,
        signature_id=make.quality.signs(),
        reason_id=make.reasons["release"],
        concession=FITS,
        dispositions=tuple(
            Decided(lot, 20, kind, Decimal(quantity))
            for kind, quantity in (
                (DispositionKind.USE_AS_IS, 10),
                (DispositionKind.REWORK, 6),
                (DispositionKind.SCRAP, 4),
            )
        ),
    )
    report_quantities(make.operator.act(), lot=lot, operation=30, good=Decimal(30))
    report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(3))
    judge(make, lot, Verdict.FAIL)
    return lot


def judge(make: Factory, lot: str, verdict: Verdict, quantity: Decimal | None = None) -> Judged:
    return record_inspection(
        make.inspector.act(), lot=lot, operation=20, verdict=verdict, quantity=quantity
    )


def test_honest_work_adds_up(make: Factory) -> None:
    some_work(make)
    assert [in_words(*difference) for difference in run_checks().differences] == []


BROKEN = {
    "a balance": ("UPDATE balance SET quantity = quantity + 1000000", {"balance", "wip"}),
    "a movement": (
        "UPDATE movement SET quantity = quantity + 1000000 WHERE id ="
        " (SELECT min(id) FROM movement)",
        {"balance"},
    ),
    "an order of movements": (
        "UPDATE movement SET quantity = 1000000 WHERE id = (SELECT min(id) FROM movement)",
        {"balance", "below_zero"},
    ),
    "a counter": (
        "UPDATE lot_operation SET came = came + 1000000, good = good + 1000000,"
        " onward = onward + 1000000 WHERE NOT inspect AND good > 0",
        {"came", "good", "onward"},
    ),
    "pieces that came": ("UPDATE lot_operation SET came = came + 2000000", {"came", "wip"}),
    "a scrap counter": (
        "UPDATE lot_operation SET scrap = scrap - 1000000, came = came - 1000000 WHERE scrap > 0",
        {"scrap", "came"},
    ),
    "a rejection": ("DELETE FROM rejection WHERE kind = 'rework'", {"rework"}),
    "held pieces": (
        "UPDATE hold SET released_at = opened_at, released_by_id ="
        " (SELECT id FROM person WHERE login = 'planner') WHERE released_at IS NULL",
        {"held_for_nothing", "half_released", "not_signed"},
    ),
    "a release": (
        "UPDATE hold SET released_event_id = NULL WHERE released_at IS NOT NULL",
        {"half_released", "not_signed"},
    ),
    "a signature": ("UPDATE hold SET signature_id = NULL", {"not_signed"}),
    "the opening of a lock": (
        "UPDATE event SET kind = 'work.paused' WHERE id = (SELECT max(opened_event_id) FROM hold)",
        {"not_opened", "held"},
    ),
    "a movement under a lock": (
        "UPDATE hold SET opened_event_id = (SELECT max(id) FROM event WHERE kind ="
        " 'order.released'), released_event_id = NULL WHERE released_at IS NULL",
        {"moved_while_held", "not_opened"},
    ),
    "a closed job": (
        "UPDATE job SET closed_at = opened_at",
        {"still_running"},
    ),
    "an open job": (
        "UPDATE job_interval SET ended_at = started_at WHERE ended_at IS NULL",
        {"not_running"},
    ),
    "two stretches of a job": (
        "UPDATE job_interval SET started_at = (SELECT opened_at FROM job WHERE id = job_id)"
        " WHERE NOT paused",
        {"overlap"},
    ),
    "what a line pays": ("UPDATE pay_line SET amount = amount + 1", {"amount", "not_taken_back"}),
    "how many pieces a line pays": (
        "UPDATE pay_line SET pieces = pieces + 1000000 WHERE pieces > 0",
        {"pieces", "not_taken_back"},
    ),
    "whom a line pays": (
        "UPDATE pay_line SET person_id = (SELECT id FROM person WHERE login = 'planner')",
        {"person"},
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_by_hand_is_found(make: Factory, what: str) -> None:
    some_work(make)
    statement, rules = BROKEN[what]
    _break(statement)
    found = {rule for _check, rule, _facts in run_checks().differences}
    assert rules <= found, [in_words(*each) for each in run_checks().differences]


def test_a_movement_without_one_of_its_places_is_found(one_make: Factory) -> None:
    """Only SQLite lets anybody break this: its foreign keys can be switched off."""
    some_work(one_make)
    _break("UPDATE movement SET to_place_id = 999999 WHERE id = 1", foreign_keys=False)
    assert "one_sided" in {rule for _check, rule, _facts in run_checks().differences}


def test_an_unpaid_report_is_found(make: Factory) -> None:
    some_work(make)
    _break("DELETE FROM pay_line")
    assert not run_checks().differences  # a rate of today may be younger than the report
    _break("UPDATE piece_rate SET valid_from = '2020-01-01'")
    assert {rule for _check, rule, _facts in run_checks().differences} == {"unpaid"}


def test_every_difference_has_its_sentence(one_make: Factory) -> None:
    lot = some_work(one_make)
    _break("UPDATE balance SET quantity = quantity + 1000000")
    for check, rule, facts in run_checks().differences:
        assert rule in CHECKS[check].sentences
        assert "%(" not in in_words(check, rule, facts)
    assert lot


def test_a_run_is_kept_with_who_ran_it(make: Factory) -> None:
    keep_check(make.administrator.act(), found=run_checks())
    db.session.rollback()
    run = last_run(db.session())
    assert run is not None
    assert run.differences == []


def test_the_same_entry_sent_twice_is_kept_once(make: Factory) -> None:
    act = make.administrator.act()
    first = keep_check(act, found=run_checks())
    assert keep_check(act, found=run_checks()) == first


@pytest.mark.parametrize(("break_it", "code"), [(False, 0), (True, 1)])
def test_the_command_ends_with_one_if_anything_differs(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch, break_it: bool, code: int
) -> None:
    monkeypatch.setenv("SHOPFLOOR_INSTANCE", one_app.instance_path)
    some_work(one_make)
    if break_it:
        _break("UPDATE balance SET quantity = quantity + 1000000")
    cli.register(one_app)
    done = one_app.test_cli_runner().invoke(args=["reconcile"])
    assert done.exit_code == code, done.output
    said = one_app.test_cli_runner().invoke(args=["reconcile", "--json"])
    assert bool(json.loads(said.output)["differences"]) == break_it


def _break(statement: str, foreign_keys: bool = True) -> None:
    """Change rows as nobody should."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if not foreign_keys:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN")
        connection.execute(text(statement))
        connection.commit()
    db.session.expire_all()
