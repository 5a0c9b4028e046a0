"""Printers: added, changed as they were seen, archived; one default for each kind of label."""

from typing import Any

import pytest
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.subjects import Subject
from shopfloor.labels.asking import ask_labels
from shopfloor.labels.models import Printer, Speech, Way
from shopfloor.labels.printers import Setup, add_printer, archive_printer, change_printer
from shopfloor.labels.queries import default_printers, defaults_of
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from tests.make import Factory, new_id
from tests.refusing import refused

ZEBRA = Setup("Zebra", host="192.168.1.50", default_for=("lot", "item"))


def test_a_printer_is_changed_as_it_was_seen(make: Factory) -> None:
    """Torture 10."""
    chief = make.administrator
    made = add_printer(chief.act(), site_id=make.site_id, setup=ZEBRA)
    new = Setup("Zebra hall 2", host="192.168.1.51", speech=Speech.TSPL, dpi=300, width_mm=60)
    change_printer(chief.act(), printer_id=made.id, version=1, setup=new)
    with pytest.raises(Overtaken) as late:
        change_printer(chief.act(), printer_id=made.id, version=1, setup=ZEBRA)
    assert late.value.now["host"] == "192.168.1.51"
    db.session.rollback()
    row = db.session.get_one(Printer, made.id)
    assert (row.name, row.speech, row.dpi, row.width_mm, row.version) == (
        "Zebra hall 2", Speech.TSPL, 300, 60, 2,
    )  # fmt: skip
    assert defaults_of(db.session(), made.id) == []


def test_a_kind_of_label_comes_out_of_one_printer(make: Factory) -> None:
    chief = make.administrator
    one = add_printer(chief.act(), site_id=make.site_id, setup=ZEBRA)
    two = add_printer(
        chief.act(), site_id=make.site_id, setup=Setup("TSC", "10.0.0.9", default_for=("lot",))
    )
    db.session.rollback()
    assert default_printers(db.session(), make.site_id) == {"lot": two.id, "item": one.id}
    archive_printer(chief.act(), printer_id=two.id, archived=True)
    db.session.rollback()
    assert default_printers(db.session(), make.site_id) == {"item": one.id}


def test_an_archived_printer_prints_nothing_until_it_is_taken_back(make: Factory) -> None:
    made = add_printer(make.administrator.act(), site_id=make.site_id, setup=ZEBRA)
    item = make.item()
    ask: dict[str, Any] = {"subject_ids": (item,), "way": Way.PRINTER, "printer_id": made.id}
    archive_printer(make.administrator.act(), printer_id=made.id, archived=True)
    with refused("no_printer", 404):
        ask_labels(make.operator.act(), **ask)
    archive_printer(make.administrator.act(), printer_id=made.id, archived=False)
    assert ask_labels(make.operator.act(), **ask).printer == "Zebra"
    assert (
        db.session.scalars(select(Subject.archived_at).where(Subject.id == made.id)).one() is None
    )


@pytest.mark.parametrize(
    ("field", "setup"),
    [
        ("name", Setup("", host="10.0.0.1")),
        ("host", Setup("X")),
        ("port", Setup("X", host="10.0.0.1", port=70000)),
        ("dpi", Setup("X", host="10.0.0.1", dpi=600)),
        ("width", Setup("X", host="10.0.0.1", width_mm=5)),
        ("height", Setup("X", host="10.0.0.1", height_mm=500)),
        ("defaults", Setup("X", host="10.0.0.1", default_for=("whatever",))),
    ],
)
def test_a_setup_that_makes_no_sense_is_refused_at_its_field(
    one_make: Factory, field: str, setup: Setup
) -> None:
    with refused(f"bad_{field}", 422, field):
        add_printer(one_make.administrator.act(), site_id=one_make.site_id, setup=setup)


def test_a_driver_needs_no_address(one_make: Factory) -> None:
    setup = Setup("Office", speech=Speech.PDF)
    made = add_printer(one_make.administrator.act(), site_id=one_make.site_id, setup=setup)
    assert made.number == "Office"


def test_only_whoever_edits_the_plant_here_touches_its_printers(make: Factory) -> None:
    two = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    chief = make.person("administrator", "chief", scope_id=two.id)
    made = add_printer(make.administrator.act(), site_id=make.site_id, setup=ZEBRA)
    with refused("not_found", 404):
        add_printer(chief.act(), site_id=make.site_id, setup=ZEBRA)
    with refused("not_found", 404):
        change_printer(chief.act(), printer_id=made.id, version=1, setup=ZEBRA)
    with refused("not_found", 404):
        archive_printer(chief.act(), printer_id=made.id, archived=True)
    with refused("no_right", 403):
        add_printer(make.planner.act(), site_id=make.site_id, setup=ZEBRA)
    with refused("no_printer", 404):
        change_printer(make.administrator.act(), printer_id=make.site_id, version=1, setup=ZEBRA)
