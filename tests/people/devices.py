"""A browser that is a shared device of the factory, and a clock that can be moved."""

from datetime import timedelta

import pytest
from flask import Flask

from shopfloor.core import clock
from shopfloor.people.secrets import digest, new_token
from shopfloor.people.setup import founder
from shopfloor.plant.devices import add_device
from tests.browse import Browser, text_of
from tests.make import Factory, new_id


def shared_device(app: Flask, make: Factory, number: str = "Tablet 1") -> Browser:
    """Return a browser that has opened its enrolment link."""
    token = new_token()
    add_device(founder(new_id()), site_id=make.site_id, number=number, enrolment_hash=digest(token))
    browser = Browser(app)
    answer = browser.post(f"/enrol/{token}")
    assert answer.status_code == 200, text_of(answer)
    return browser


def move_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let that much time pass for the whole program."""
    then = clock.now() + by
    monkeypatch.setattr(clock, "now", lambda: then)
