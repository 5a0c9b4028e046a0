"""The label of a lot, and a job that somebody forgot."""

from datetime import timedelta

import pytest
from flask import Flask

from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.production.commands.jobs import start_work
from tests.browse import Browser, text_of
from tests.make import Factory


@pytest.fixture
def browser(one_app: Flask) -> Browser:
    return Browser(one_app)


def test_a_label_carries_a_link_to_the_lot(browser: Browser, one_make: Factory) -> None:
    released = one_make.order(10)
    page = browser.sign_in(one_make.operator).get(
        f"/lots/{released.lot.code}/label", follow_redirects=True
    )
    assert page.status_code == 200
    assert "<svg" in page.get_data(as_text=True)
    assert released.lot.code in text_of(page)


def test_a_job_that_runs_for_more_than_a_shift_asks_whether_it_was_forgotten(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10)
    long_ago = When(clock.now() - timedelta(hours=13))
    start_work(one_make.operator.act(when=long_ago), lot=lot, operation=10)
    assert "Forgot to clock out?" in text_of(browser.sign_in(one_make.operator).get("/"))
