"""Roles are given within the giver's reach, and the last administrator stays."""

import pytest

from shopfloor.core.actions import Act
from shopfloor.core.db import db
from shopfloor.people.changes import archive_person
from shopfloor.people.commands import Proofs, issue_badge, issue_token, set_proofs
from shopfloor.people.grants import give_role, revoke_role
from shopfloor.people.setup import founder
from shopfloor.people.viewer import rights_of
from shopfloor.plant.commands import add_site
from tests.make import Factory, Worker, new_id
from tests.refusing import refused


@pytest.fixture
def chief(make: Factory) -> Worker:
    """Somebody who administers the people of the first site only."""
    return make.person("administrator", "chief", scope_id=make.site_id)


def other_site() -> int:
    return add_site(
        founder(new_id()), number="F2", names={"en": "Two"}, zone="Europe/Berlin", currency="EUR"
    ).id


def test_a_role_is_given_where_it_shall_hold(make: Factory) -> None:
    worker = make.person("storekeeper", "wang")
    give_role(make.administrator.act(), person_id=worker.id, role="operator", scope_id=make.line_id)
    rights = rights_of(db.session(), worker.id)
    assert rights.may("work.report", make.line_id)
    assert not rights.may("work.report")
    with refused("has_role"):
        give_role(
            make.administrator.act(), person_id=worker.id, role="operator", scope_id=make.line_id
        )
    revoke_role(
        make.administrator.act(), person_id=worker.id, role="operator", scope_id=make.line_id
    )
    assert not rights_of(db.session(), worker.id).has("work.report")
    with refused("no_role"):
        revoke_role(make.administrator.act(), person_id=worker.id, role="operator")


def test_what_is_no_role_or_no_scope_is_refused(make: Factory) -> None:
    """Torture 65."""
    give = {"person_id": make.operator.id}
    with refused("bad_role", 422):
        give_role(make.administrator.act(), role="root", **give)
    with refused("bad_scope", 422):
        give_role(make.administrator.act(), role="planner", scope_id=make.planner.id, **give)
    with refused("no_right", 403):
        give_role(make.operator.act(), role="administrator", **give)


def test_whoever_administers_one_site_gives_nothing_beyond_it(make: Factory, chief: Worker) -> None:
    """Torture 65: no way up through a form."""
    elsewhere = other_site()
    for scope in (None, elsewhere):
        with refused("beyond_scope", 403, "scope"):
            give_role(chief.act(), person_id=chief.id, role="administrator", scope_id=scope)
    give_role(
        chief.act(), person_id=make.person("operator", "li", make.site_id).id, role="inspector",
        scope_id=make.stations[0],
    )  # fmt: skip


def test_whoever_administers_one_site_cannot_become_somebody_with_more_rights(
    make: Factory, chief: Worker
) -> None:
    """Torture 65: with the password, badge or token of another one has his rights."""
    boss = make.administrator.id

    def tries(act: Act) -> None:
        with refused("beyond_scope", 403):
            set_proofs(act.then("a"), person_id=boss, proofs=Proofs(password_hash="x"))
        with refused("beyond_scope", 403):
            issue_badge(act.then("b"), person_id=boss, code_hash="x")
        with refused("beyond_scope", 403):
            issue_token(
                act.then("c"), person_id=boss, name="x", token_hash="x", verbs=("people.edit",)
            )
        with refused("beyond_scope", 403):
            archive_person(act.then("d"), person_id=boss, archived=True)

    tries(chief.act())


def test_people_of_another_site_do_not_exist_for_him(make: Factory, chief: Worker) -> None:
    make.site_id, home = other_site(), make.site_id
    stranger = make.person("operator", "berta")
    make.site_id = home
    with refused("not_found", 404):
        give_role(chief.act(), person_id=stranger.id, role="operator", scope_id=home)


def test_the_last_administrator_cannot_be_taken_away(make: Factory) -> None:
    boss = make.administrator
    with refused("last_administrator"):
        revoke_role(boss.act(), person_id=boss.id, role="administrator")
    with refused("last_administrator"):
        archive_person(boss.act(), person_id=boss.id, archived=True)
    second = make.person("administrator", "second")
    revoke_role(boss.act(), person_id=boss.id, role="administrator")
    with refused("last_administrator"):
        archive_person(second.act(), person_id=second.id, archived=True)
