"""A hundred rows of a log through the pages, as a hundred people would type them."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.cli.replay import factory
from shopfloor.cli.replay.log import Log, Row, read_log
from shopfloor.cli.replay.play import Moment, Phase, Player, timeline
from shopfloor.cli.replay.totals import totals
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.reconcile import run_checks
from shopfloor.people import viewer
from shopfloor.people.commands import Proofs, set_proofs
from shopfloor.people.setup import founder
from shopfloor.production.models import Job
from tests.browse import Browser, text_of
from tests.cli.test_replay import SMALL
from tests.cli.test_replay_whole import published_log
from tests.invariants import require_invariants
from tests.make import _PIN_HASH, Worker, new_id


def invented_rows() -> Log:
    """The small log, and its first forty rows once more as orders of their own."""
    log = read_log(SMALL)
    more = (
        dataclasses.replace(row, number=row.number + 60, order=f"{row.order} again")
        for row in log.rows[:40]
    )
    return Log(log.digest, (*log.rows, *more))


def published_rows() -> Log:
    """The first hundred rows of the published log, where it is at hand."""
    log = read_log(published_log())
    return Log(log.digest, log.rows[:100])


class Floor:
    """The people of the log, each at a browser of his own."""

    def __init__(self, app: Flask, plant: factory.Plant) -> None:
        self.app, self.plant = app, plant
        self.player = Player(plant, "replay-over-http", set())
        self.browsers: dict[tuple[str, date], Browser] = {}
        self.proven: set[str] = set()
        self.lots: dict[str, str] = {}

    def browser(self, name: str) -> Browser:
        person, today = self.plant.workers[name].id, clock.now().date()
        if name not in self.proven:
            proofs = Proofs(password_hash=_PIN_HASH, pin_hash=_PIN_HASH)
            set_proofs(founder(new_id()), person_id=person, proofs=proofs)
            self.proven.add(name)
        # The log is months long, and a sign-in is for some days.
        if (name, today) not in self.browsers:
            signed_in = Browser(self.app).sign_in(Worker(person, name.lower(), ""))
            self.browsers[name, today] = signed_in
        return self.browsers[name, today]

    def play(self, moment: Moment) -> None:
        row = moment.row
        if row.order not in self.lots:
            self.lots[row.order] = self.player._release(row)
        operation = self.plant.ways[row.order].sequences[row.activity]
        address = f"/lots/{self.lots[row.order]}/{operation}"
        if moment.phase is Phase.START:
            self._post(moment, f"{address}/start", kind=row.kind.value)
        else:
            for fields in self._reports(row):
                self._post(moment, f"{address}/report", **fields)
            self._finish(moment)

    def _reports(self, row: Row) -> Iterator[dict[str, object]]:
        if row.good or row.rejected:
            rejected = {"scrap": row.rejected, "scrap_reason": self.plant.reasons["rejected"]}
            yield {"good": row.good} | (rejected if row.rejected else {})
        if row.for_review:
            yield {"scrap": row.for_review, "scrap_reason": self.plant.reasons["for_review"]}

    def _finish(self, moment: Moment) -> None:
        db.session.rollback()
        job_id = db.session.scalar(
            select(Job.id)
            .where(
                Job.person_id == self.plant.workers[moment.row.worker].id,
                Job.opened_at == moment.row.began,
                Job.kind == moment.row.kind,
                Job.closed_at.is_(None),
            )
            .order_by(Job.id)
            .limit(1)
        )
        if job_id is not None:
            self._post(moment, f"/jobs/{job_id}/finish")

    def _post(self, moment: Moment, address: str, **fields: Any) -> None:
        answer = self.browser(moment.row.worker).post(
            address,
            happened_at=moment.at.isoformat(),
            override_reason=self.plant.reasons["as_recorded"],
            **fields,
        )
        assert answer.status_code == 200, f"{moment}: {text_of(answer)}"
        assert answer.headers["Shopfloor-Answer"] == "done"


@pytest.mark.parametrize("read", [invented_rows, published_rows])
def test_a_hundred_rows_over_http_give_the_same_totals(
    one_app: Flask, monkeypatch: pytest.MonkeyPatch, read: Callable[[], Log]
) -> None:
    """Torture 12."""
    log = read()
    floor = Floor(one_app, factory.build_plant(log, "replay-over-http"))
    # Nobody signs in again for every row, although days pass between them.
    for kind in viewer.IDLE:
        monkeypatch.setitem(viewer.IDLE, kind, timedelta(days=400))
    for moment in timeline(log.rows):
        monkeypatch.setattr(clock, "now", lambda at=moment.at: at + timedelta(seconds=1))
        floor.play(moment)
    db.session.rollback()
    booked = totals(db.session(), floor.plant.reasons)
    assert len(log.rows) == 100
    assert {name: booked[name] for name in ("orders", "completed", "rejected", "mrb")} == {
        "orders": len({row.order for row in log.rows}),
        "completed": sum(row.good for row in log.rows),
        "rejected": sum(row.rejected for row in log.rows),
        "mrb": sum(row.for_review for row in log.rows),
    }
    assert run_checks().differences == ()
    require_invariants()
