"""Where the pieces of what is locked are: counted as everywhere else, for who sees their lots."""

from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.rights import Rights
from shopfloor.holds.models import Hold
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_line
from shopfloor.quality.commands.releases import Decided
from shopfloor.quality.models import DispositionKind
from shopfloor.quality.whereabouts import whereabouts
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.quality.test_release_hold import failed, release
from tests.quality.test_suspects import fail, report

SEE = "work.view"


def test_lots_out_of_sight_are_not_listed_and_scrap_is_no_piece(make: Factory) -> None:
    """Torture 60; Y3: what is scrap lies in a place, too, and is counted nowhere else."""
    _lot, hold_id = failed(make)
    scrap, use = DispositionKind.SCRAP, DispositionKind.USE_AS_IS
    release(make, hold_id, *(Decided(_lot, 10, each, Decimal(5)) for each in (scrap, use)))
    order_id = db.session.get_one(Hold, hold_id).subject_id
    line = add_line(founder(new_id()), site_id=make.site_id, number="L2", names={"en": "Two"}).id
    for scope, pieces in ((None, 5), (make.site_id, 5), (make.stations[2], 5), (line, 0)):
        found = whereabouts(db.session(), Rights(frozenset({(SEE, scope)})), order_id)
        assert found.pieces == pieces, scope


def test_the_note_of_a_suspect_is_for_readers_of_both_languages(
    one_app: Flask, one_make: Factory
) -> None:
    """Whoever is refused because of it may read another language than whoever has locked."""
    other, bad = (one_make.lot(10, inspect=(10,)) for _ in range(2))
    report(one_make, other, 2)
    report(one_make, bad, 5)
    hold_id = fail(one_make, bad)
    inspector = Browser(one_app).sign_in(one_make.inspector)
    assert inspector.post(f"/holds/{hold_id}/suspects", page="/more").status_code == 303
    db.session.rollback()
    note = db.session.scalars(select(Hold.note).order_by(Hold.id.desc())).first()
    assert note is not None
    assert "Suspect: made since the last pass before" in note
    assert "存疑" in note
    assert note in text_of(Browser(one_app).sign_in(one_make.operator).get(f"/lots/{other}"))
