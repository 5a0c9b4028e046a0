"""Approved samples: shown at the inspection, and no pass beside one that has expired."""

import io
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from shopfloor.core.db import db, transaction
from shopfloor.core.editing import Overtaken
from shopfloor.core.subjects import Subject
from shopfloor.production import work
from shopfloor.quality.commands.samples import add_sample, archive_sample, renew_sample
from shopfloor.quality.gauge_models import Sample, SampleKind
from shopfloor.quality.models import Verdict
from shopfloor.quality.values import Read
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.quality.test_checks import judge, read, waiting_lot
from tests.quality.test_gauges import ONE, days
from tests.quality.test_plans import CRACK
from tests.refusing import refused

NAMES = {"en": "Scratches", "zh": "划痕"}


def photo_with_gps() -> io.BytesIO:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Li Wei"
    exif.get_ifd(0x8825)[1] = "N"
    kept = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(kept, "JPEG", exif=exif)
    kept.seek(0)
    return kept


def sample(make: Factory, lot: str, **how: Any) -> int:
    item_id = work.load(db.session(), lot).item.id
    db.session.rollback()
    own: dict[str, Any] = {"kind": SampleKind.LIMIT, "place": "Board 2", "valid_until": days(-90)}
    return add_sample(make.quality.act(), names=NAMES, item_id=item_id, **own | how).id


def expire(sample_id: int) -> None:
    with transaction() as session:
        expired = update(Sample).where(Sample.id == sample_id).values(valid_until=days(3))
        session.execute(expired)


def renew(make: Factory, sample_id: int, version: int = 1, **how: Any) -> None:
    renew_sample(
        make.quality.act(),
        sample_id=sample_id,
        version=version,
        names=NAMES,
        place="Board 2",
        valid_until=days(-365),
        **how,
    )


def test_nothing_passes_beside_an_expired_sample_until_it_is_renewed(make: Factory) -> None:
    """Row Q146."""
    lot = waiting_lot(make, CRACK, draft=ONE)
    read(make, lot, Read("crack", "yes"))
    shown = sample(make, lot)
    expire(shown)
    with refused("sample_expired", field="verdict") as no:
        judge(make, lot)
    assert "Scratches" in str(no.value)
    renew(make, shown)
    assert judge(make, lot).verdict is Verdict.PASS
    db.session.rollback()
    assert db.session.get_one(Sample, shown).approved_by_id == make.quality.id


def test_an_expired_sample_never_stops_a_fail_and_one_taken_down_stops_nothing(
    one_make: Factory,
) -> None:
    first, second = (waiting_lot(one_make, CRACK, draft=ONE) for _n in range(2))
    expire(sample(one_make, first))
    assert judge(one_make, first, Verdict.FAIL).hold_id
    read(one_make, second, Read("crack", "yes"))
    down = sample(one_make, second)
    expire(down)
    archive_sample(one_make.quality.act(), sample_id=down, archived=True)
    assert judge(one_make, second).verdict is Verdict.PASS


def test_who_approves_a_sample_has_the_right_and_writes_over_nobody(make: Factory) -> None:
    lot = make.lot(5)
    made = sample(make, lot)
    with refused("no_right", 403):
        renew_sample(
            make.inspector.act(),
            sample_id=made,
            version=1,
            names=NAMES,
            place="Board 2",
            valid_until=days(-365),
        )
    renew(make, made)
    with pytest.raises(Overtaken):
        renew(make, made)
    for wrong, field in (({"place": " "}, "place"), ({"valid_until": days(9)}, "valid_until")):
        with refused(f"bad_{field}", 422, field=field):
            sample(make, lot, **wrong)
    with refused("bad_photo", field="photo"):
        sample(make, lot, sha256="0" * 64)


def test_the_inspector_sees_the_sample_with_its_photo_and_the_head_renews_it(
    one_app: Flask, one_make: Factory
) -> None:
    """Row Q146."""
    lot = waiting_lot(one_make, CRACK, draft=ONE)
    item = work.load(db.session(), lot).item.id
    db.session.rollback()
    head = Browser(one_app).sign_in(one_make.quality)
    number = db.session.scalar(select(Subject.number).where(Subject.id == item))
    made = head.post(
        "/samples/new",
        item=number,
        partner="",
        name_en="Scratches",
        name_zh="划痕",
        kind="limit",
        place="Board 2",
        valid_until=days(-30).isoformat(),
        photo=(photo_with_gps(), "wall.jpg"),
    )
    assert made.status_code == 303
    db.session.rollback()
    shown = db.session.scalars(select(Sample)).one()
    assert shown.sha256
    inspector = Browser(one_app).sign_in(one_make.inspector)
    page = inspector.get(f"/lots/{lot}/20/values")
    assert f"/inspections/photos/{shown.sha256}" in page.get_data(as_text=True)
    assert "Board 2" in text_of(page)
    photo = inspector.get(f"/inspections/photos/{shown.sha256}")
    data = photo.data
    photo.close()
    assert photo.mimetype == "image/jpeg"
    # Nobody learns where the photo was taken.
    assert b"Exif" not in data
    assert Image.open(io.BytesIO(data)).size == (300, 400)
    # The verdict's own page shows it, too: not every item has a plan.
    assert "Board 2" in text_of(inspector.get(f"/lots/{lot}/20/inspect?ng=1"))
    expire(shown.id)
    assert "Expired on" in text_of(inspector.get(f"/lots/{lot}/20/values"))
    assert "Expired" in text_of(head.get("/samples?expired=1"))
    words = {"version": "1", "name_en": "Scratches", "name_zh": "划痕", "place": "Board 3"}
    late = head.post(made.location, **words, valid_until="2020-02-03")
    assert late.status_code == 422
    assert "The day must lie between" in text_of(late)
    assert 'value="Board 3"' in late.get_data(as_text=True)
    renewed = head.post(
        made.location,
        version="1",
        name_en="Scratches",
        name_zh="划痕",
        place="Board 3",
        valid_until=days(-365).isoformat(),
    )
    assert renewed.status_code == 303
    assert "Board 3" in text_of(head.get(made.location))
