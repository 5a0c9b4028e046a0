"""Adding people, changing them, their crews, badges and tokens."""

from typing import Any

import pytest
from sqlalchemy import func, select

from shopfloor.core.actions import Action
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.people.changes import archive_person, change_person, sign_out_everywhere
from shopfloor.people.commands import (
    Proofs,
    add_crew,
    add_person,
    issue_badge,
    issue_token,
    join_crew,
    revoke_badge,
    revoke_token,
    set_proofs,
)
from shopfloor.people.models import Badge, Crew, Person
from shopfloor.people.secrets import digest, hash_word, new_badge_code, new_token
from shopfloor.people.setup import founder
from shopfloor.people.sign_in import Browser, WrongProof, by_badge, by_password
from shopfloor.people.viewer import by_cookie, by_token
from shopfloor.plant.commands import add_site
from tests.make import PIN, Factory, new_id
from tests.refusing import refused

HERE = Browser("192.0.2.1")


def test_a_person_is_added_once_and_signs_in(make: Factory) -> None:
    act = make.administrator.act()
    proofs = Proofs(password_hash=hash_word("three words"))
    new: dict[str, Any] = {"site_id": make.site_id, "login": " LiWei ", "name": "Li  Wei 李伟"}
    made = add_person(act, proofs=proofs, language="zh", **new)
    assert add_person(act, proofs=proofs, language="zh", **new) == made
    assert db.session.get_one(Person, made.id).name == "Li Wei 李伟"
    assert by_password("liwei", "three words", HERE)
    with refused("number_taken", field="login"):
        add_person(make.administrator.act(), **new)
    with refused("bad_person", 422):
        add_person(make.administrator.act(), site_id=make.site_id, login="", name="x")
    with refused("no_right", 403):
        add_person(make.planner.act(), site_id=make.site_id, login="x", name="x")


def test_no_hash_of_a_password_or_pin_stays_in_the_record(make: Factory) -> None:
    """Rows of actions are kept for ever, and the hash of four digits can be guessed."""
    proofs = Proofs(password_hash=hash_word("three words"), pin_hash=hash_word("3690"))
    set_proofs(make.administrator.act(), person_id=make.operator.id, proofs=proofs)
    kept = db.session.scalars(select(Action.arguments)).all()
    assert kept
    assert not any("argon2" in arguments for arguments in kept)


def test_a_late_change_of_a_person_is_shown_both_sides(make: Factory) -> None:
    """Torture 10."""
    change: dict[str, Any] = {"person_id": make.operator.id, "language": "en"}
    change_person(make.administrator.act(), version=1, name="Theirs", **change)
    with pytest.raises(Overtaken) as late:
        change_person(make.administrator.act(), version=1, name="Mine", **change)
    assert late.value.now["name"] == "Theirs"


def test_whoever_has_left_is_out_at_once(make: Factory) -> None:
    """Torture 57 and 59."""
    cookie = by_password("operator", PIN, HERE)
    archive_person(make.administrator.act(), person_id=make.operator.id, archived=True)
    assert by_cookie(db.session(), cookie) is None
    with pytest.raises(WrongProof):
        by_password("operator", PIN, HERE)
    with pytest.raises(WrongProof):
        by_badge(make.operator.badge, PIN, HERE)
    archive_person(make.administrator.act(), person_id=make.operator.id, archived=False)
    assert by_password("operator", PIN, HERE)
    with pytest.raises(WrongProof):
        by_badge(make.operator.badge, PIN, HERE)


def test_new_proofs_and_signing_out_end_every_session(make: Factory) -> None:
    """Torture 57."""
    first, second = (by_password("operator", PIN, HERE) for _ in range(2))
    sign_out_everywhere(make.administrator.act(), person_id=make.operator.id)
    assert by_cookie(db.session(), first) is by_cookie(db.session(), second) is None
    third = by_password("operator", PIN, HERE)
    set_proofs(make.administrator.act(), person_id=make.operator.id, proofs=Proofs())
    assert by_cookie(db.session(), third) is None


def test_a_new_badge_ends_the_old_one_and_a_lost_one_opens_nothing(make: Factory) -> None:
    """Torture 59."""
    new = new_badge_code()
    issue_badge(make.administrator.act(), person_id=make.operator.id, code_hash=digest(new))
    with pytest.raises(WrongProof):
        by_badge(make.operator.badge, PIN, HERE)
    assert by_badge(new, PIN, HERE)
    revoke_badge(make.administrator.act(), person_id=make.operator.id)
    with pytest.raises(WrongProof):
        by_badge(new, PIN, HERE)
    alive = select(func.count()).select_from(Badge).where(Badge.revoked_at.is_(None))
    assert db.session.scalar(alive.where(Badge.person_id == make.operator.id)) == 0


def test_a_token_has_a_name_rights_and_an_end(make: Factory) -> None:
    token = new_token()
    give: dict[str, Any] = {"person_id": make.planner.id, "token_hash": digest(token)}
    for name, verbs in (("", ("order.plan",)), ("ERP", ()), ("ERP", ("root",)), ("x" * 81, ())):
        with refused("bad_token", 422):
            issue_token(make.administrator.act(), name=name, verbs=verbs, **give)
    made = issue_token(
        make.administrator.act(), name="ERP", verbs=("order.plan", "people.edit"), **give
    )
    viewer = by_token(db.session(), token)
    assert viewer
    assert viewer.rights.has("order.plan")
    assert not viewer.rights.has("people.edit"), "a token can do no more than its person"
    revoke_token(make.administrator.act(), token_id=made.id)
    assert by_token(db.session(), token) is None
    with refused("already_revoked"):
        revoke_token(make.administrator.act(), token_id=made.id)


def test_a_crew_has_people_of_its_site_and_one_leader(make: Factory) -> None:
    admin = make.administrator
    crew = add_crew(admin.act(), site_id=make.site_id, number="A", names={"en": "A"})
    join_crew(admin.act(), person_id=make.operator.id, crew_id=crew.id, leads=True)
    assert db.session.get_one(Crew, crew.id).leader_id == make.operator.id
    join_crew(admin.act(), person_id=make.operator.id, crew_id=crew.id)
    assert db.session.get_one(Crew, crew.id).leader_id is None
    join_crew(admin.act(), person_id=make.operator.id, crew_id=None)
    assert db.session.get_one(Person, make.operator.id).crew_id is None
    two = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    far = add_crew(admin.act(), site_id=two.id, number="B", names={"en": "B"})
    with refused("bad_crew", 422, "crew"):
        join_crew(admin.act(), person_id=make.operator.id, crew_id=far.id)
    with refused("bad_crew", 422):
        add_person(admin.act(), site_id=make.site_id, login="x", name="x", crew_id=far.id)
