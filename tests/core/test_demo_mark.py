"""The demo is known by its database, wherever that is restored."""

from flask import Flask

from shopfloor.core.db import transaction
from shopfloor.people.roles import seed_roles
from shopfloor.people.setup import founder, stage
from shopfloor.plant.commands import add_line, add_site
from tests.browse import Browser, text_of
from tests.make import Factory


def test_a_restored_demo_without_its_file_still_says_demo(one_app: Flask) -> None:
    with transaction() as session:
        seed_roles(session)
    names = {"en": "Works"}
    add_site(founder("demo.00001"), number="D1", names=names, zone="Asia/Shanghai", currency="CNY")
    assert "DEMO" in text_of(Browser(one_app).get("/sign-in"))
    assert stage(one_app) == "demo"


def test_nobody_makes_a_factory_look_like_a_demo(one_app: Flask, one_make: Factory) -> None:
    add_line(
        one_make.administrator.act("demo.00001"),
        site_id=one_make.site_id,
        number="L9",
        names={"en": "Line"},
    )
    assert "DEMO" not in text_of(Browser(one_app).get("/sign-in"))
    assert stage(one_app) == "factory"
