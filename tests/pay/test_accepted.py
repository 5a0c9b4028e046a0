"""W46: everybody reads on his own record whether his pieces count, and why not."""

from decimal import Decimal

from flask import Flask
from sqlalchemy import update

from shopfloor.core.db import transaction
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.quality.ncr_models import Cause, Nonconformance
from tests.browse import Browser, text_of
from tests.make import Factory


def test_a_worker_reads_whether_his_pieces_are_accepted_and_the_proposed_cause(
    one_app: Flask, one_make: Factory
) -> None:
    make, lot = one_make, one_make.lot(100, rate="1", inspect=(10,))
    browser = Browser(one_app).sign_in(make.operator)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    assert "Awaiting inspection" in text_of(browser.get("/my-record"))
    failed = record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    release_hold(
        make.supervisor.act(),
        hold_id=failed.hold_id or 0,
        signature_id=make.supervisor.signs(),
        reason_id=make.reasons["release"],
        dispositions=(
            Decided(lot, 10, DispositionKind.SCRAP, Decimal(4)),
            Decided(lot, 10, DispositionKind.SORT, Decimal(6)),
        ),
    )
    assert "No cause is proposed yet." in text_of(browser.get("/my-record"))
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    with transaction() as session:
        session.execute(update(Nonconformance).values(cause=Cause.MACHINE))
    said = text_of(browser.get("/my-record"))
    for words in ("Accepted", "Rejected", "Proposed cause: Machine", "NCR-"):
        assert words in said, words
