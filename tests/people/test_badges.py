"""Badges: worthless once lost, slow to guess, and never mistaken for a label."""

import threading
from contextvars import Context
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.people import sign_in, throttle
from shopfloor.people.commands import revoke_badge
from shopfloor.people.guessing import SIGN_IN_BLOCKED
from shopfloor.people.models import Attempt
from shopfloor.people.secrets import new_badge_code
from shopfloor.people.setup import founder
from shopfloor.people.sweeping import sweep
from shopfloor.people.throttle import TooMany
from tests.browse import Browser, text_of
from tests.make import PIN, Factory, new_id
from tests.people.devices import move_clock, shared_device

STRANGER = sign_in.Browser("192.0.2.7")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare proofs at once: what is tested is the counting, not argon2."""
    monkeypatch.setattr(sign_in, "word_matches", lambda stored, word: word == PIN)


def blocked_events() -> list[Event]:
    db.session.rollback()
    return list(db.session.scalars(select(Event).where(Event.kind == SIGN_IN_BLOCKED.name)))


def test_a_lost_badge_is_worthless_at_once_everywhere(one_app: Flask, one_make: Factory) -> None:
    """Torture 59."""
    badge = one_make.operator.badge
    tablets = [shared_device(one_app, one_make, name) for name in ("Tablet 1", "Tablet 2")]
    phone = Browser(one_app)
    tablets[0].post("/sign-in", badge=badge)
    phone.post("/sign-in", badge=badge, pin=PIN)
    revoke_badge(founder(new_id()), person_id=one_make.operator.id)
    for browser in (tablets[0], phone):
        assert browser.get("/").status_code == 303
    for browser, pin in ((tablets[0], ""), (tablets[1], ""), (phone, PIN)):
        answer = browser.post("/sign-in", badge=badge, pin=pin)
        assert answer.status_code == 401
        assert "not a valid badge" in text_of(answer)
    with pytest.raises(sign_in.WrongProof):
        sign_in.sign(badge, PIN, "release", STRANGER)


def test_ten_wrong_pins_are_slowed_and_administrators_hear_of_them(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    """Torture 59."""
    waits = 0
    wrong = 0
    while wrong < 10:
        try:
            sign_in.by_badge(one_make.operator.badge, "0000", STRANGER)
        except TooMany:
            waits += 1
            assert waits < 10
            move_clock(monkeypatch, timedelta(seconds=2 ** (waits + 1)))
        except sign_in.WrongProof:
            wrong += 1
    assert waits == 4, "the sixth wrong try and each after it makes the next wait"
    with pytest.raises(TooMany):
        sign_in.by_badge(one_make.operator.badge, PIN, STRANGER)
    with pytest.raises(TooMany):
        sign_in.sign(one_make.operator.badge, PIN, "release", STRANGER)
    event = blocked_events()[0]
    assert event.actor_id is None
    assert event.site_id == one_make.site_id
    assert "0000" not in event.payload
    page = text_of(Browser(one_app).sign_in(one_make.administrator).get("/people"))
    assert "10 wrong tries to sign in or to sign as Operator, from 192.0.2.7" in page


def test_the_right_pin_in_time_forgives_the_slips_before_it(one_make: Factory, quick: None) -> None:
    for _round in range(3):
        for _slip in range(4):
            with pytest.raises(sign_in.WrongProof):
                sign_in.by_badge(one_make.operator.badge, "0000", STRANGER)
        sign_in.by_badge(one_make.operator.badge, PIN, STRANGER)


def test_guesses_sent_at_one_moment_are_all_counted(
    app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 59: a count made after the check would let a burst through."""
    together = threading.Barrier(12)
    checked = []

    def slow(stored: str | None, word: str) -> bool:
        checked.append(word)
        return False

    monkeypatch.setattr(sign_in, "word_matches", slow)
    badge = make.operator.badge
    db.session.rollback()
    answers: list[str] = []

    def guess() -> None:
        with app.app_context():
            together.wait(10)
            try:
                sign_in.by_badge(badge, "0000", STRANGER)
            except (TooMany, sign_in.WrongProof) as no:
                answers.append(no.rule)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(guess,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 12
    assert len(checked) == throttle.FREE_FAILURES + 1
    assert answers.count("wrong_pin") == len(checked)


def test_one_guesser_does_not_lock_the_workshop_out(
    one_app: Flask, one_make: Factory, quick: None
) -> None:
    """Torture 59: everybody comes from one address here."""
    phone = Browser(one_app).sign_in(one_make.operator)
    phone.post("/sign-out", page="/")
    tablet = shared_device(one_app, one_make)
    guesser = sign_in.Browser("127.0.0.1")
    for n in range(throttle.FREE_FOR_BROWSER + 1):
        with pytest.raises(sign_in.WrongProof):
            sign_in.by_password(f"nobody-{n}", "guess", guesser)
    with pytest.raises(TooMany):
        sign_in.by_password("operator", PIN, guesser)
    assert blocked_events()[0].payload.count("127.0.0.1") == 1
    phone.sign_in(one_make.operator)
    assert tablet.post("/sign-in", badge=one_make.inspector.badge).status_code == 303
    stranger = Browser(one_app)
    stranger.client.set_cookie("shopfloor_known", "made-up")
    answer = stranger.post("/sign-in", login="operator", password=PIN)
    assert answer.status_code == 429
    assert "Wait" in text_of(answer)


def test_wrong_tries_that_prove_nothing_any_more_are_swept_away(
    one_make: Factory, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    with pytest.raises(sign_in.WrongProof):
        sign_in.by_password("nobody", "guess", STRANGER)
    move_clock(monkeypatch, timedelta(days=2))
    sweep()
    db.session.rollback()
    assert not db.session.scalars(select(Attempt)).all()


def test_a_label_on_the_badge_field_is_told_from_a_badge(one_app: Flask, one_make: Factory) -> None:
    """Torture 46."""
    lot = one_make.lot(10)
    browser = Browser(one_app)
    for read in (lot, f"HTTPS://192.168.1.9:8443/Q/{lot}"):
        answer = browser.post("/sign-in", badge=read, pin=PIN)
        assert answer.status_code == 401
        assert f"This is a label, not a badge: Lot {lot}." in text_of(answer)
    answer = browser.post("/sign-in", badge="hello", pin=PIN)
    assert "not a valid badge" in text_of(answer)


def test_a_badge_on_the_code_field_of_an_own_phone_leads_to_the_sign_in(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 46."""
    phone = Browser(one_app).sign_in(one_make.operator)
    answer = phone.post("/scan", code=one_make.inspector.badge, page="/")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    page = phone.get("/sign-in")
    assert "a badge needs its PIN" in text_of(page)
    assert one_make.inspector.badge not in page.get_data(as_text=True)
    assert phone.get("/my-actions").status_code == 200, "nobody was signed out"


@pytest.mark.parametrize("address", ["/scan?code={}", "/q/{}", "/Q/{}"])
def test_a_badge_in_an_address_signs_nobody_in(
    one_app: Flask, one_make: Factory, address: str
) -> None:
    """Torture 45, 46."""
    device = shared_device(one_app, one_make)
    device.post("/sign-in", badge=one_make.operator.badge)
    answer = device.get(address.format(one_make.inspector.badge))
    assert (answer.status_code, answer.location) == (303, "/scan")
    answer = device.get("/scan")
    assert "This is a badge" in text_of(answer)
    assert one_make.inspector.badge not in answer.get_data(as_text=True)
    assert "Operator" in text_of(device.get("/"))


def test_a_badge_nobody_has_is_refused_on_a_shared_device(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 46."""
    device = shared_device(one_app, one_make)
    device.post("/sign-in", badge=one_make.operator.badge)
    answer = device.post("/scan", code=new_badge_code(), page="/")
    assert answer.status_code == 401
    assert "not a valid badge" in text_of(answer)
    assert "Operator" in text_of(device.get("/")), "who was there stays"
