"""Labels at a printer: recorded first, then sent; a printer that is off is told and repeated."""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.events import Event, EventSubject
from shopfloor.core.settings import ROOT
from shopfloor.core.subjects import Subject
from shopfloor.labels import network
from shopfloor.labels.asking import ask_labels, take, tell_sent, times_printed
from shopfloor.labels.content import labels
from shopfloor.labels.designs import Label
from shopfloor.labels.models import JobState, Printer, PrintJob, Speech, Way
from shopfloor.labels.printers import Setup, add_printer, change_printer
from shopfloor.labels.printing import Outcome, print_labels
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from tests.labels import paper
from tests.labels.reading import decoded, of_tspl, of_zpl
from tests.make import Factory, Worker, new_id
from tests.refusing import refused


@pytest.fixture(autouse=True)
def _our_own_printers(request: pytest.FixtureRequest) -> None:
    app: Flask = request.getfixturevalue("app" if "make" in request.fixturenames else "one_app")
    app.config["PRINTER_HOSTS"] = frozenset({"127.0.0.1"})


def added(make: Factory, port: int, speech: Speech = Speech.ZPL) -> Printer:
    setup = Setup("Zebra", host="127.0.0.1", port=port, speech=speech)
    made = add_printer(make.administrator.act(), site_id=make.site_id, setup=setup)
    db.session.rollback()
    return db.session.get_one(Printer, made.id)


def of(app: Flask, worker: Worker, *codes: str) -> list[Label]:
    with app.test_request_context(base_url="https://192.168.1.20:8443"):
        return labels(db.session(), worker.act().rights, codes)


def printed(
    worker: Worker, wanted: Sequence[Label], printer: Printer, action: str | None = None,
    copies: int = 1, why: str = "",
) -> Outcome:  # fmt: skip
    return print_labels(worker.act(action), wanted, printer, copies, why)


def events_of(subject_id: int) -> list[str]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(Event.kind)
            .join(EventSubject, EventSubject.event_id == Event.id)
            .where(EventSubject.subject_id == subject_id, Event.kind.like("labels.%"))
            .order_by(Event.id)
        )
    )


@pytest.mark.parametrize("speech", [Speech.ZPL, Speech.TSPL])
def test_a_label_comes_out_of_the_printer_and_leads_to_the_lot(
    app: Flask, make: Factory, speech: Speech
) -> None:
    lot = make.lot(10)
    with paper.printer() as roll:
        zebra = added(make, roll.port, speech)
        wanted = of(app, make.operator, lot)
        outcome = printed(make.operator, wanted, zebra, copies=2)
        image, copies = (of_zpl if speech is Speech.ZPL else of_tspl)(roll.next())
    assert outcome.problem == ""
    assert decoded(image) == [f"HTTPS://192.168.1.20:8443/Q/{lot}"]
    assert copies == 2
    job = db.session.scalars(select(PrintJob)).one()
    assert (job.state, job.copies, job.printer_id) == (JobState.SENT, 2, zebra.id)
    assert events_of(wanted[0].subject_id) == ["labels.asked"]
    assert events_of(zebra.id)[1:] == ["labels.asked", "labels.sent"]


def test_a_printer_that_is_off_is_told_and_what_failed_is_not_counted(
    app: Flask, make: Factory
) -> None:
    lot = make.lot(10)
    zebra = added(make, paper.closed_port())
    wanted = of(app, make.operator, lot)
    outcome = printed(make.operator, wanted, zebra)
    assert outcome.problem == "refused"
    assert outcome.sentence
    assert events_of(wanted[0].subject_id) == ["labels.asked", "labels.failed"]
    assert times_printed(db.session(), (wanted[0].subject_id,)) == {}
    # Again, without a reason: nothing has come out yet.
    with paper.printer() as roll:
        setup = Setup("Zebra", host="127.0.0.1", port=roll.port)
        change_printer(
            make.administrator.act(), printer_id=zebra.id, version=zebra.version, setup=setup
        )
        assert printed(make.operator, wanted, zebra).problem == ""
        assert roll.next()


def test_printing_again_needs_a_reason_and_is_counted(app: Flask, make: Factory) -> None:
    wanted = of(app, make.operator, make.lot(10))
    ask: dict[str, Any] = {"subject_ids": (wanted[0].subject_id,), "way": Way.PDF}
    assert ask_labels(make.operator.act(), **ask).time == 1
    for why in ("", "because"):
        with refused("reason_missing", 409, "why"):
            ask_labels(make.operator.act(), why=why, **ask)
    assert ask_labels(make.supervisor.act(), why="damaged", **ask).time == 2
    assert ask_labels(make.supervisor.act(), why="lost", **ask).time == 3
    assert times_printed(db.session(), (wanted[0].subject_id,)) == {wanted[0].subject_id: 3}


def test_two_taps_print_once(app: Flask, make: Factory) -> None:
    wanted, action = of(app, make.operator, make.lot(10)), new_id()
    with paper.printer() as roll:
        zebra = added(make, roll.port)
        first = printed(make.operator, wanted, zebra, action)
        again = printed(make.operator, wanted, zebra, action)
        roll.next()
        assert len(roll.jobs) == 1
    assert first.asked == again.asked
    assert (again.problem, again.elsewhere) == ("", False)


def test_a_job_is_taken_once_and_told_once_by_whoever_asked(app: Flask, make: Factory) -> None:
    wanted = of(app, make.operator, make.lot(10))
    zebra = added(make, paper.closed_port())
    asked = ask_labels(
        make.operator.act(), subject_ids=(wanted[0].subject_id,), way=Way.PRINTER,
        printer_id=zebra.id,
    )  # fmt: skip
    with refused("no_job", 404):
        tell_sent(make.operator.act(), job_id=asked.job_id)
    assert take(asked.job_id)
    assert not take(asked.job_id)
    with refused("no_job", 404):
        tell_sent(make.supervisor.act(), job_id=asked.job_id)
    with refused("no_job", 404):
        tell_sent(make.operator.act(), job_id=asked.job_id, problem="whatever")
    tell_sent(make.operator.act(), job_id=asked.job_id)
    with refused("no_job", 404):
        tell_sent(make.operator.act(), job_id=asked.job_id)


def test_a_printer_without_labels_does_not_hold_the_server(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "SEND_SECONDS", 0.5)
    with paper.printer(reads=False) as roll:
        began = time.monotonic()
        with pytest.raises(network.NotSentError) as no:
            network.send("127.0.0.1", roll.port, b"x" * 20_000_000)
        assert no.value.problem == "broke_off"
        assert time.monotonic() - began < 5


def test_not_more_than_a_few_wait_for_printers_at_once(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "SEND_SECONDS", 2.0)
    problems: list[str] = []

    def wait(port: int) -> None:
        with one_app.app_context():
            try:
                network.send("127.0.0.1", port, b"x" * 20_000_000)
            except network.NotSentError as no:
                problems.append(no.problem)

    with paper.printer(reads=False) as roll:
        threads = [threading.Thread(target=wait, args=(roll.port,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert problems.count("busy") == 2
    assert problems.count("broke_off") == 4


def test_only_addresses_of_the_factory_are_printed_to(one_app: Flask, one_make: Factory) -> None:
    one_app.config["PRINTER_HOSTS"] = frozenset()
    chief = one_make.administrator
    outside = ("8.8.8.8", "127.0.0.1", "169.254.169.254", "0.0.0.0",  # noqa: S104 - refused
               "::1", "224.0.0.1",
               "::ffff:127.0.0.1", "2001:4860:4860::8888")  # fmt: skip
    for host in outside:
        with refused("not_local", field="host"):
            add_printer(chief.act(), site_id=one_make.site_id, setup=Setup("X", host=host))
        with pytest.raises(network.NotSentError) as no:
            network.send(host, 9100, b"x")
        assert no.value.problem == "not_local"
    for host in ("192.168.1.50", "10.0.0.9", "172.16.4.4", "fd00::5", "zebra.local"):
        add_printer(chief.act(), site_id=one_make.site_id, setup=Setup("X", host=host))
    # A name that leads to the server itself is found out when it is printed to.
    with pytest.raises(network.NotSentError) as no:
        network.send("localhost", 9100, b"x")
    assert no.value.problem == "not_local"
    with refused("bad_port", 422, "port"):
        add_printer(chief.act(), site_id=one_make.site_id, setup=Setup("X", "10.0.0.9", port=25))


def test_labels_of_what_one_may_not_see_are_not_printed(app: Flask, make: Factory) -> None:
    lot = make.lot(10)
    lot_id = db.session.scalars(select(Subject.id).where(Subject.code == lot)).one()
    two = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    other = make.person("operator", "other", scope_id=two.id)
    with refused("not_found", 404):
        of(app, other, lot)
    with refused("not_found", 404):
        ask_labels(other.act(), subject_ids=(lot_id,), way=Way.PAGE)
    # Badges and devices are for those who look after people.
    with refused("no_right", 403):
        ask_labels(make.operator.act(), subject_ids=(make.operator.id,), way=Way.PAGE)
    ask_labels(make.administrator.act(), subject_ids=(make.operator.id,), way=Way.PAGE)
    with refused("no_label", 404):
        ask_labels(make.administrator.act(), subject_ids=(make.reasons["undo"],), way=Way.PAGE)
    for copies in (0, 201):
        with refused("bad_copies", 422, "copies"):
            ask_labels(make.operator.act(), subject_ids=(lot_id,), way=Way.PAGE, copies=copies)


def test_a_printer_of_another_site_prints_nothing_of_ours(app: Flask, make: Factory) -> None:
    two = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    far = add_printer(make.administrator.act(), site_id=two.id, setup=Setup("Far", host="10.0.0.9"))
    lot = make.lot(10)
    lot_id = db.session.scalars(select(Subject.id).where(Subject.code == lot)).one()
    here = make.person("operator", "here", scope_id=make.site_id)
    with refused("no_printer", 404, "printer"):
        ask_labels(here.act(), subject_ids=(lot_id,), way=Way.PRINTER, printer_id=far.id)
    with refused("no_printer", 404, "printer"):
        ask_labels(here.act(), subject_ids=(lot_id,), way=Way.PRINTER)


def test_what_draws_pdfs_is_loaded_when_the_first_one_is_made() -> None:
    """A server that prints nothing stays small."""
    seen = "import sys, shopfloor.application; sys.exit('fpdf' in sys.modules)"
    subprocess.run([sys.executable, "-c", seen], check=True, cwd=ROOT)
