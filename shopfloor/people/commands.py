"""What administrators do to people: add them, give them roles, badges, tokens."""

from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.core.subjects import Made
from shopfloor.core.words import LANGUAGES, require_names
from shopfloor.people.models import (
    CREW,
    PERSON,
    ApiToken,
    Badge,
    Crew,
    Person,
)
from shopfloor.people.reach import person_to_edit, require_crew
from shopfloor.people.roles import VERBS
from shopfloor.people.sign_in import end_sessions

_NO_INVERSE = "a right or a proof that was given is revoked by an entry of its own"
PERSON_ADDED = EventKind("people.person_added", _l("Person added"), no_inverse_because=_NO_INVERSE)
LANGUAGE_CHOSEN = EventKind(
    "people.language_chosen", _l("Language chosen"), no_inverse_because="it is chosen again"
)
CREW_ADDED = EventKind("people.crew_added", _l("Crew added"), no_inverse_because=_NO_INVERSE)
CREW_JOINED = EventKind(
    "people.crew_joined", _l("Crew joined"), no_inverse_because=_NO_INVERSE, edits=True
)
PROOF_SET = EventKind("people.proof_set", _l("Password or PIN set"), no_inverse_because=_NO_INVERSE)
BADGE_ISSUED = EventKind("people.badge_issued", _l("Badge issued"), no_inverse_because=_NO_INVERSE)
BADGE_REVOKED = EventKind(
    "people.badge_revoked", _l("Badge revoked"), no_inverse_because="a new badge is issued instead"
)
TOKEN_ISSUED = EventKind("people.token_issued", _l("Token issued"), no_inverse_because=_NO_INVERSE)
TOKEN_REVOKED = EventKind(
    "people.token_revoked", _l("Token revoked"), no_inverse_because="a new token is issued instead"
)
_BECAUSE = "a person's record is not material; no lot is touched"


@dataclass(frozen=True)
class Proofs:
    """Hashes of a password and a PIN, made before the transaction; None leaves one as it is."""

    # Out of the text: an action keeps its arguments for ever, and a PIN's hash can be guessed.
    password_hash: str | None = field(default=None, repr=False)
    pin_hash: str | None = field(default=None, repr=False)


@command(Gate.NONE, _BECAUSE)
def add_person(
    tx: Tx,
    *,
    site_id: int,
    login: str,
    name: str,
    language: str = "en",
    crew_id: int | None = None,
    proofs: Proofs = Proofs(),
) -> Made:
    """Add somebody who can sign in."""
    tx.act.rights.require("people.edit", site_id)
    require_crew(tx, crew_id, site_id)
    made = build_person(tx, site_id, login, name, language, crew_id, proofs)
    tx.record(PERSON_ADDED, Where(site_id=site_id), {}, about=[made.id, crew_id])
    return made


def build_person(
    tx: Tx,
    site_id: int,
    login: str,
    name: str,
    language: str,
    crew_id: int | None,
    proofs: Proofs,
) -> Made:
    """Insert a person, for the command that records it."""
    login, name = login.strip().lower(), " ".join(name.split())
    if not login or len(login) > 80 or not name or len(name) > 120 or language not in LANGUAGES:
        raise Malformed(
            _l("A person needs a login, a name and a language."), rule="bad_person", field="login"
        )
    try:
        made = subjects.create(tx.session, PERSON, login, site_id)
    except Refused as taken:
        # A person's number is his login: the form has no other.
        if taken.rule != "number_taken":
            raise
        raise Refused(
            _l("The login “%(login)s” is already taken.", login=login),
            _l("Choose another login, such as the staff number."),
            rule="number_taken",
            field="login",
        ) from None
    tx.session.add(
        Person(
            id=made.id,
            site_id=site_id,
            login=login,
            name=name,
            language=language,
            crew_id=crew_id,
            password_hash=proofs.password_hash,
            pin_hash=proofs.pin_hash,
        )
    )
    tx.session.flush()
    return made


@command(Gate.NONE, _BECAUSE)
def choose_language(tx: Tx, *, language: str) -> str:
    """Switch one's own language at once."""
    if language not in LANGUAGES or tx.act.actor_id is None:
        raise Malformed(_l("This language is not offered."), rule="bad_language")
    person = tx.session.get_one(Person, tx.act.actor_id)
    before, person.language = person.language, language
    tx.record(
        LANGUAGE_CHOSEN,
        Where(site_id=person.site_id),
        {"language": language},
        about=[person.id],
        changes=[Change(person.id, "language", before, language)],
    )
    return language


@command(Gate.NONE, _BECAUSE)
def add_crew(tx: Tx, *, site_id: int, number: str, names: dict[str, str]) -> Made:
    """Add a crew to a site; its leader is named when people have joined."""
    tx.act.rights.require("people.edit", site_id)
    made = subjects.create(tx.session, CREW, number, site_id)
    tx.session.add(Crew(id=made.id, site_id=site_id, names=require_names(names)))
    tx.session.flush()
    tx.record(CREW_ADDED, Where(site_id=site_id), {"number": made.number}, about=[made.id])
    return made


@command(Gate.NONE, _BECAUSE)
def join_crew(tx: Tx, *, person_id: int, crew_id: int | None, leads: bool = False) -> Made:
    """Put a person into a crew of his site, as its leader if he leads it; None takes him out."""
    person = person_to_edit(tx, person_id)
    crew = require_crew(tx, crew_id, person.site_id)
    before, person.crew_id = person.crew_id, crew_id
    changes = [Change(person.id, "crew", before, crew_id)]
    left = tx.session.get(Crew, before) if before not in (None, crew_id) else None
    # Whoever leaves a crew leads it no more.
    for each, leader_id in ((left, None), (crew, person.id if leads else None)):
        if each is not None and each.leader_id != leader_id:
            if leader_id is None and each.leader_id != person.id:
                continue
            changes.append(Change(each.id, "leader", each.leader_id, leader_id))
            each.leader_id, each.version = leader_id, each.version + 1
    tx.session.flush()
    tx.record(
        CREW_JOINED,
        Where(site_id=person.site_id),
        {},
        about=[person.id, before, crew_id],
        changes=changes,
    )
    return Made(person.id, "", person.login)


@command(Gate.NONE, _BECAUSE)
def set_proofs(tx: Tx, *, person_id: int, proofs: Proofs) -> Made:
    """Replace a person's password or PIN by hashes made beforehand; ends open sessions."""
    person = person_to_edit(tx, person_id)
    person.password_hash = proofs.password_hash or person.password_hash
    person.pin_hash = proofs.pin_hash or person.pin_hash
    end_sessions(tx.session, person.id)
    tx.record(PROOF_SET, Where(site_id=person.site_id), {}, about=[person.id])
    return Made(person.id, "", person.login)


@command(Gate.NONE, _BECAUSE)
def issue_badge(tx: Tx, *, person_id: int, code_hash: str) -> Made:
    """Give a person a badge, kept as the hash of its code; earlier badges end at once."""
    person = person_to_edit(tx, person_id)
    end_badges(tx, person.id)
    tx.session.add(Badge(person_id=person.id, code_hash=code_hash, issued_at=clock.now()))
    tx.record(BADGE_ISSUED, Where(site_id=person.site_id), {}, about=[person.id])
    return Made(person.id, "", person.login)


@command(Gate.NONE, _BECAUSE)
def revoke_badge(tx: Tx, *, person_id: int) -> Made:
    """Make a lost badge worthless at once, on every device."""
    person = person_to_edit(tx, person_id)
    end_badges(tx, person.id)
    end_sessions(tx.session, person.id)
    tx.record(BADGE_REVOKED, Where(site_id=person.site_id), {}, about=[person.id])
    return Made(person.id, "", person.login)


@command(Gate.NONE, _BECAUSE)
def issue_token(
    tx: Tx, *, person_id: int, name: str, token_hash: str, verbs: tuple[str, ...]
) -> Made:
    """Give a program a token that acts for a person, cut down to some verbs."""
    person = person_to_edit(tx, person_id)
    name = " ".join(name.split())
    if not name or len(name) > 80 or not verbs or set(verbs) - VERBS.keys():
        raise Malformed(
            _l("A token needs a name and at least one right."),
            _l("Name the program that will use it, and tick what it may do."),
            rule="bad_token",
            field="name",
        )
    token = ApiToken(
        person_id=person.id,
        name=name,
        token_hash=token_hash,
        verbs=sorted(verbs),
        issued_at=clock.now(),
    )
    tx.session.add(token)
    tx.session.flush()
    tx.record(
        TOKEN_ISSUED, Where(site_id=person.site_id), {"verbs": sorted(verbs)}, about=[person.id]
    )
    return Made(token.id, "", token.name)


@command(Gate.NONE, _BECAUSE)
def revoke_token(tx: Tx, *, token_id: int) -> Made:
    """End a program's token at once."""
    token = tx.session.get(ApiToken, token_id)
    if token is None or token.revoked_at is not None:
        raise Refused(_l("This token has already ended."), rule="already_revoked")
    person = person_to_edit(tx, token.person_id)
    token.revoked_at = clock.now()
    tx.record(TOKEN_REVOKED, Where(site_id=person.site_id), {}, about=[person.id])
    return Made(token.id, "", token.name)


def end_badges(tx: Tx, person_id: int) -> None:
    """Make every badge of a person worthless."""
    tx.session.execute(
        update(Badge)
        .where(Badge.person_id == person_id, Badge.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
