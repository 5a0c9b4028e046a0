"""Proving who one is: password, badge, PIN, signature. Never in the outbox, never in a command."""

from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import false, or_, select, update
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.codes import in_link, read_code
from shopfloor.core.db import db, transaction
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import KINDS, Subject
from shopfloor.people import throttle
from shopfloor.people.guessing import tell_of_guessing
from shopfloor.people.models import Badge, Person, SessionKind, Signature, SignIn
from shopfloor.people.secrets import digest, new_token, read_badge, word_matches
from shopfloor.plant.models import Device


class WrongProof(Refused):
    """The password, badge or PIN is not right; never says which."""

    status = 401


@dataclass(frozen=True)
class Browser:
    """The browser that asks: its address, its enrolled device, and what it brings from before.

    `known` is the name it got at its first sign-in, `held` the key of the session it has so far.
    """

    address: str
    device_id: int | None = None
    known: str = ""
    held: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        """Return under which its wrong tries are counted.

        A stranger who guesses from the same address slows down strangers only: the workshop
        behind that address goes on signing in on its own phones and devices.
        """
        if self.device_id is not None:
            return f"device:{self.device_id}"
        return f"browser:{self.known}" if self.known else f"address:{self.address}"


def by_password(login: str, password: str, browser: Browser) -> str:
    """Sign in with login and password; returns the cookie's token.

    Raises WrongProof, or TooMany after too many wrong tries.
    """
    login = login.strip().lower()
    key = f"login:{login[:80]}"
    throttle.require_patience(browser.key)
    tries = throttle.count(key)
    person = db.session.scalar(
        select(Person)
        .join(Subject, Subject.id == Person.id)
        .where(Person.login == login, Subject.archived_at.is_(None))
    )
    if not word_matches(person.password_hash if person else None, password) or person is None:
        _count_wrong(browser, tries, person.id if person else None)
        raise WrongProof(_l("Login or password is wrong."), _l("Try again."), rule="wrong_proof")
    throttle.forget(key)
    return _open(person.id, browser, SessionKind.FULL, None)


def by_badge(code: str, pin: str, browser: Browser) -> str:
    """Sign in with a badge; on a device of the factory the PIN may be left out.

    A badge without PIN opens a session for reporting only.
    """
    badge, person = holder(code, browser)
    if pin:
        _require_pin(person, pin, browser)
        return _open(person.id, browser, SessionKind.FULL, badge.id)
    if browser.device_id is None:
        raise WrongProof(
            _l("This phone is not a shared device of the factory, so your PIN is needed."),
            _l("Enter your PIN, or sign in on a shared device."),
            rule="pin_missing",
            field="pin",
        )
    return _open(person.id, browser, SessionKind.REPORTING, badge.id)


def sign(code: str, pin: str, meaning: str, browser: Browser) -> int:
    """Sign something with badge and PIN; returns the id of a signature that lasts two minutes."""
    _badge, person = holder(code, browser)
    _require_pin(person, pin, browser)
    with transaction() as session:
        signature = Signature(person_id=person.id, meaning=meaning, signed_at=clock.now())
        session.add(signature)
        session.flush()
        return signature.id


def device_of(token: str) -> int | None:
    """Return the enrolled device behind its long-lived cookie."""
    return db.session.scalar(
        select(Device.id).where(Device.token_hash == digest(token), Device.revoked_at.is_(None))
    )


def sign_out(sign_in_id: int) -> None:
    """End a session on the server."""
    with transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(ended_at=clock.now()))


def end_sessions(session: Session, person_id: int) -> None:
    """End every session of a person, because his rights or proofs have changed."""
    session.execute(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def note_seen(sign_in_id: int) -> None:
    """Remember that a session is in use."""
    with transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))


def holder(code: str, browser: Browser) -> tuple[Badge, Person]:
    """Return the badge and whose it is; tries with wrong ones are counted for the browser."""
    throttle.require_patience(browser.key)
    text = read_badge(code)
    if text is None:
        raise _no_badge(code)
    row = db.session.execute(
        select(Badge, Person)
        .join(Person, Person.id == Badge.person_id)
        .join(Subject, Subject.id == Person.id)
        .where(
            Badge.code_hash == digest(text),
            Badge.revoked_at.is_(None),
            Subject.archived_at.is_(None),
        )
    ).first()
    if row is None:
        _count_wrong(browser)
        raise _no_badge(code)
    return row[0], row[1]


def _no_badge(code: str) -> WrongProof:
    """Return the refusal of what is no badge of ours; a label says whose label it is."""
    label = read_code(in_link(code.strip()))
    kind = next((kind for kind in KINDS.values() if label and kind.letter == label[0]), None)
    if kind is not None:
        return WrongProof(
            _l("This is a label, not a badge: %(kind)s %(code)s.", kind=kind.label, code=label),
            _l("Scan your own badge."),
            rule="label_for_badge",
            field="badge",
        )
    return WrongProof(
        _l("This is not a valid badge."),
        _l("Scan your own badge; a lost badge is replaced by an administrator."),
        rule="wrong_badge",
        field="badge",
    )


def _require_pin(person: Person, pin: str, browser: Browser) -> None:
    key = f"pin:{person.id}"
    tries = throttle.count(key)
    if not word_matches(person.pin_hash, pin):
        _count_wrong(browser, tries, person.id)
        raise WrongProof(_l("The PIN is wrong."), _l("Try again."), rule="wrong_pin", field="pin")
    throttle.forget(key)


def _count_wrong(browser: Browser, tries: int = 0, person_id: int | None = None) -> None:
    """Count a wrong try against the browser, and tell administrators when there are too many."""
    if person_id is not None and tries and tries % throttle.TOLD_AFTER == 0:
        tell_of_guessing(
            Act(new_token(), None), person_id=person_id, tries=tries, address=browser.address
        )
    tries = throttle.count(browser.key)
    if tries > throttle.FREE_FOR_BROWSER and tries % throttle.TOLD_AFTER == 1:
        tell_of_guessing(
            Act(new_token(), None), person_id=None, tries=tries, address=browser.address
        )


def _open(person_id: int, browser: Browser, kind: SessionKind, badge_id: int | None) -> str:
    token, now = new_token(), clock.now()
    with transaction() as session:
        # Whoever held this device or this browser before has walked away.
        session.execute(
            update(SignIn)
            .where(
                or_(
                    SignIn.token_hash == digest(browser.held),
                    SignIn.device_id == browser.device_id if browser.device_id else false(),
                ),
                SignIn.ended_at.is_(None),
            )
            .values(ended_at=now)
        )
        session.add(
            SignIn(
                person_id=person_id,
                device_id=browser.device_id,
                badge_id=badge_id,
                kind=kind,
                token_hash=digest(token),
                began_at=now,
                seen_at=now,
            )
        )
    return token
