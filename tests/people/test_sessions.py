"""Sessions: new at every sign-in, ended on the server, and never another person's."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.people.access import COOKIE, DEVICE_COOKIE, KNOWN_COOKIE
from shopfloor.people.commands import Proofs, issue_badge, revoke_badge, set_proofs
from shopfloor.people.grants import give_role, revoke_role
from shopfloor.people.models import Signature, SignIn
from shopfloor.people.secrets import digest, new_badge_code
from shopfloor.people.setup import founder
from shopfloor.plant.devices import revoke_device
from shopfloor.plant.models import Device
from shopfloor.production import work
from tests.browse import Browser, text_of
from tests.make import PIN, Factory, new_id
from tests.people.devices import move_clock, shared_device


def cookie_of(browser: Browser, name: str = COOKIE) -> str | None:
    cookie = browser.client.get_cookie(name)
    return cookie.value if cookie else None


def is_in(browser: Browser) -> bool:
    return browser.get("/my-actions").status_code == 200


def form_token(browser: Browser, page: str) -> str:
    text = browser.get(page).get_data(as_text=True)
    return text.split('name="csrf_token" value="')[1].split('"')[0]


def test_a_cookie_that_was_set_before_the_sign_in_is_worth_nothing_after_it(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 57."""
    browser = Browser(one_app)
    browser.client.set_cookie(COOKIE, "chosen-by-the-attacker")
    browser.get("/sign-in")
    form_cookie = cookie_of(browser, "shopfloor_form")
    browser.sign_in(one_make.operator)
    first = cookie_of(browser)
    assert first not in (None, "chosen-by-the-attacker")
    assert cookie_of(browser, "shopfloor_form") != form_cookie
    browser.sign_in(one_make.operator)
    assert cookie_of(browser) != first
    attacker = Browser(one_app)
    for stale in ("chosen-by-the-attacker", str(first)):
        attacker.client.set_cookie(COOKIE, stale)
        assert not is_in(attacker)


def test_signing_out_ends_the_session_on_the_server_and_leaves_nothing_behind(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 57."""
    browser = Browser(one_app).sign_in(one_make.operator)
    cookie, page = str(cookie_of(browser)), browser.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    answer = browser.post("/sign-out", page="/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert cookie_of(browser) is None
    assert cookie_of(browser, "shopfloor_form") is None
    browser.client.set_cookie(COOKIE, cookie)
    assert not is_in(browser)


def test_whatever_changes_a_persons_rights_or_proofs_ends_his_sessions(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 57, 59."""
    worker = one_make.operator
    changes: list[Callable[[], object]] = [
        lambda: give_role(founder(new_id()), person_id=worker.id, role="inspector"),
        lambda: revoke_role(founder(new_id()), person_id=worker.id, role="inspector"),
        lambda: set_proofs(founder(new_id()), person_id=worker.id, proofs=Proofs("x", None)),
        lambda: revoke_badge(founder(new_id()), person_id=worker.id),
    ]
    for change in changes:
        browser = _with_badge(one_app, one_make)
        assert is_in(browser)
        change()
        assert not is_in(browser)


def _with_badge(app: Flask, make: Factory) -> Browser:
    code = new_badge_code()
    issue_badge(founder(new_id()), person_id=make.operator.id, code_hash=digest(code))
    browser = Browser(app)
    answer = browser.post("/sign-in", badge=code, pin=PIN)
    assert answer.status_code == 303, text_of(answer)
    return browser


def test_the_cookies_are_kept_from_scripts_and_over_https_from_plain_http(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 57, 61."""
    browser = shared_device(one_app, one_make)
    how = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/sign-in"}}
    page = browser.get("/sign-in", **how).get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.open(
        "/sign-in",
        method="POST",
        data={"csrf_token": token, "login": "operator", "password": PIN},
        **how,
    )
    assert answer.status_code == 303
    for name in (COOKIE, DEVICE_COOKIE, KNOWN_COOKIE):
        cookie = browser.client.get_cookie(name)
        assert cookie
        assert cookie.http_only
        assert cookie.same_site == "Lax"
        assert cookie.secure is (name != DEVICE_COOKIE)  # the device was enrolled without HTTPS
    browser.get("/", **how)
    form = browser.client.get_cookie("shopfloor_form")
    assert form
    assert form.secure


def test_the_badge_of_the_next_person_ends_the_session_of_the_one_before(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 58."""
    device = shared_device(one_app, one_make)
    device.post("/sign-in", badge=one_make.operator.badge)
    before = str(cookie_of(device))
    assert "Operator" in text_of(device.get("/"))
    answer = device.post("/scan", code=one_make.inspector.badge, page="/")
    assert answer.status_code == 303
    assert "Inspector" in text_of(device.get("/"))
    thief = Browser(one_app)
    thief.client.set_cookie(COOKIE, before)
    assert not is_in(thief)


def test_on_an_own_phone_too_the_next_sign_in_ends_the_one_before(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 58."""
    phone = Browser(one_app).sign_in(one_make.operator)
    before = str(cookie_of(phone))
    other = Browser(one_app).sign_in(one_make.operator)
    phone.sign_in(one_make.inspector)
    thief = Browser(one_app)
    thief.client.set_cookie(COOKIE, before)
    assert not is_in(thief)
    assert is_in(other), "his other phone stays signed in"


def test_a_form_that_one_person_has_begun_is_not_booked_by_the_next(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 58."""
    lot = one_make.lot(10)
    device = shared_device(one_app, one_make)
    device.post("/sign-in", badge=one_make.operator.badge)
    address = f"/lots/{lot}/10/report"
    form = {"csrf_token": form_token(device, address), "action_id": new_id(), "good": "7"}
    form["written_by"] = str(one_make.operator.id)
    assert f'name="written_by" value="{one_make.operator.id}"' in _page(device, address)
    device.post("/sign-in", badge=one_make.supervisor.badge, pin=PIN)
    answer = device.open(address, method="POST", data=form)
    assert answer.status_code == 403
    assert "nothing was booked" in text_of(answer)
    assert "It was begun by somebody else." in text_of(answer)
    assert 'value="7"' not in answer.get_data(as_text=True)
    db.session.rollback()
    assert work.load(db.session(), lot).stops[0].good == 0


def test_an_outdated_form_of_ones_own_keeps_what_was_typed(
    one_app: Flask, one_make: Factory
) -> None:
    lot = one_make.lot(10)
    browser = Browser(one_app).sign_in(one_make.operator)
    form = {"csrf_token": "old", "written_by": str(one_make.operator.id), "good": "7"}
    answer = browser.open(f"/lots/{lot}/10/report", method="POST", data=form)
    assert answer.status_code == 403
    assert 'value="7"' in answer.get_data(as_text=True)


def _page(browser: Browser, address: str) -> str:
    return browser.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("shared", "pin", "minutes"),
    [(True, "", 60), (True, PIN, 15), (False, PIN, 12 * 60)],
    ids=["badge alone", "all rights in passing", "own phone"],
)
def test_a_session_that_nobody_uses_ends_by_itself(
    one_app: Flask,
    one_make: Factory,
    monkeypatch: pytest.MonkeyPatch,
    shared: bool,
    pin: str,
    minutes: int,
) -> None:
    """Torture 58."""
    browser = shared_device(one_app, one_make) if shared else Browser(one_app)
    browser.post("/sign-in", badge=one_make.supervisor.badge, pin=pin)
    move_clock(monkeypatch, timedelta(minutes=minutes - 1))
    assert is_in(browser)
    move_clock(monkeypatch, timedelta(minutes=minutes - 1))
    assert is_in(browser), "it was used"
    move_clock(monkeypatch, timedelta(minutes=minutes + 1))
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("shared", "pin", "hours"),
    [(True, "", 24), (True, PIN, 24), (False, PIN, 7 * 24)],
    ids=["badge alone", "all rights in passing", "own phone"],
)
def test_a_session_that_is_never_left_alone_ends_all_the_same(
    one_app: Flask,
    one_make: Factory,
    monkeypatch: pytest.MonkeyPatch,
    shared: bool,
    pin: str,
    hours: int,
) -> None:
    """Torture 57: a stolen cookie that is kept busy is worth nothing after a while."""
    browser = shared_device(one_app, one_make) if shared else Browser(one_app)
    browser.post("/sign-in", badge=one_make.supervisor.badge, pin=pin)
    step = timedelta(minutes=10) if shared else timedelta(hours=8)
    for _ in range(timedelta(hours=hours) // step - 1):
        move_clock(monkeypatch, step)
        assert is_in(browser), "it was used"
    move_clock(monkeypatch, step)
    assert not is_in(browser)


def test_a_badge_alone_reports_and_does_nothing_else(one_app: Flask, one_make: Factory) -> None:
    """Torture 58."""
    device = shared_device(one_app, one_make)
    device.post("/sign-in", badge=one_make.administrator.badge)
    assert device.get("/people").status_code == 403
    assert "Sign in with your PIN" in text_of(device.get("/people"))
    assert device.get("/scan").status_code == 200


def test_a_signature_asks_badge_and_pin_anew_and_keeps_name_time_and_meaning(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 58: a full session signs nothing by itself."""
    lot = one_make.lot(10)
    inspector = Browser(one_app).sign_in(one_make.inspector)
    inspector.post(f"/lots/{lot}/10/inspect", verdict="fail")
    device = shared_device(one_app, one_make)
    supervisor = one_make.supervisor
    device.post("/sign-in", badge=supervisor.badge, pin=PIN)
    proofs = [
        {},
        {"badge": supervisor.badge},
        {"pin": PIN},
        {"badge": supervisor.badge, "pin": "9999"},
    ]
    for proof in proofs:
        answer = device.post("/holds/1/release", reason=one_make.reasons["release"], **proof)
        assert answer.status_code == 401, text_of(answer)
        assert supervisor.badge not in answer.get_data(as_text=True)
    answer = device.post(
        "/holds/1/release",
        reason=one_make.reasons["release"],
        badge=supervisor.badge,
        pin=PIN,
    )
    assert answer.status_code == 200, text_of(answer)
    db.session.rollback()
    kept = db.session.scalars(select(Signature)).one()
    assert kept.person_id == supervisor.id
    assert kept.meaning
    assert kept.signed_at is not None
    assert kept.used_by_event_id


def test_a_device_that_was_revoked_opens_nothing_any_more(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 59."""
    device = shared_device(one_app, one_make)
    device.post("/sign-in", badge=one_make.operator.badge)
    assert is_in(device)
    revoke_device(founder(new_id()), device_id=db.session.scalars(select(Device.id)).one())
    assert not is_in(device)
    assert device.post("/sign-in", badge=one_make.operator.badge).status_code == 401


def test_a_session_is_kept_as_a_hash_only(one_app: Flask, one_make: Factory) -> None:
    """Torture 57: who reads the database cannot go on as anybody."""
    browser = Browser(one_app).sign_in(one_make.operator)
    db.session.rollback()
    kept = db.session.scalars(select(SignIn)).one().token_hash
    assert kept != cookie_of(browser)
    thief = Browser(one_app)
    thief.client.set_cookie(COOKIE, kept)
    assert not is_in(thief)


def test_a_password_works_as_it_was_typed(one_app: Flask, one_make: Factory) -> None:
    """A blank at its end belongs to a password."""
    admin = Browser(one_app).sign_in(one_make.administrator)
    secret = " twelve blue chairs "
    made = admin.post(
        "/people/new",
        login="blank",
        name="Blank",
        language="en",
        password=secret,
        password_again=secret,
    )
    assert made.status_code == 303, text_of(made)
    answer = Browser(one_app).post("/sign-in", login="blank", password=secret)
    assert answer.status_code == 303, text_of(answer)
