"""What scanners do to a code on its way: affixes, keyboards, look-alikes, limits."""

from typing import Any

import pytest

from shopfloor.catalogue.commands import add_item
from shopfloor.core.db import db
from shopfloor.people.secrets import new_badge_code
from shopfloor.scanning.keyboards import Affixes, as_meant
from shopfloor.scanning.lookalikes import in_latin, is_mixed
from shopfloor.scanning.models import Outcome, Source
from shopfloor.scanning.reading import take, visible
from shopfloor.scanning.resolve import Scan, Scanned, resolve
from tests.make import Factory

AMERICAN = "yzYZ-=[]\\;'/`~_+{}|:\"<>?@#^&*()"
GERMAN = "zyZYß´ü+#öä-^°?`Ü*'ÖÄ;:_\"§&/()="
GTIN = "05901234123457"


def on_german_keyboard(text: str) -> str:
    """Return what arrives when a scanner types American keys on a German computer."""
    return text.translate(str.maketrans(AMERICAN, GERMAN))


def read(text: str, source: Source = Source.TRIGGER, **more: Any) -> Scanned:
    db.session.rollback()
    return resolve(db.session(), Scan(text, source, **more))


def test_a_link_of_ours_survives_another_keyboard(one_make: Factory) -> None:
    """Torture 48: the code's own check digit proves it."""
    for _ in range(5):
        lot = one_make.lot(1)
        arrived = on_german_keyboard(f"HTTPS://SHOP.FLOOR:8443/Q/{lot}")
        found = read(arrived).subject
        assert found
        assert found.code == lot


def test_a_bare_code_of_ours_survives_swapped_y_and_z(one_make: Factory) -> None:
    """Torture 48."""
    for _ in range(30):
        lot = one_make.lot(1)
        if "Y" in lot or "Z" in lot:
            found = read(on_german_keyboard(lot)).subject
            assert found
            assert found.code == lot
            return


@pytest.mark.usefixtures("one_app")
@pytest.mark.parametrize(
    "text", [f"]d201{GTIN}10ZY-1", f"]C101{GTIN}21YZ/9", f"(01){GTIN}(10)ZY-1"]
)
def test_a_gs1_label_survives_where_the_keyboard_shows_and_the_check_digit_proves_it(
    text: str,
) -> None:
    """Torture 48."""
    assert as_meant(on_german_keyboard(text)) == text


@pytest.mark.usefixtures("one_app")
@pytest.mark.parametrize(
    "text",
    [
        "LOT-ZY",
        f"01{GTIN}10ZY",
        "+d20105901234123456",
        f"]C101{GTIN}10ZY-1",
        ")01=05901234123456)10=ZY",
        "HTTPSÖ--X-Q-B7K2M9QX40",
        "",
    ],
)
def test_without_proof_nobody_guesses_at_the_keyboard(text: str) -> None:
    """Torture 48: refused, and never half or another lot number."""
    assert as_meant(text) is None


def test_a_typed_number_is_never_translated(one_make: Factory) -> None:
    lot = one_make.lot(1)
    arrived = on_german_keyboard(f"HTTPS://SHOP.FLOOR/Q/{lot}")
    assert read(arrived, Source.TYPED).outcome is Outcome.UNKNOWN


def test_a_badge_from_a_wrong_keyboard_says_so_and_is_not_shown(one_make: Factory) -> None:
    """Torture 48."""
    badge = "YY" + new_badge_code()[2:]
    scanned = read(badge)
    assert (scanned.outcome, scanned.shown) == (Outcome.UNKNOWN, "")
    assert "keyboard" in str(scanned.trouble)


def test_affixes_are_taken_off_before_anything_is_looked_up(one_make: Factory) -> None:
    """Torture 48: a lot whose number begins like the prefix is not mistaken."""
    planner = one_make.planner
    add_item(planner.act(), number="A-1", names={"en": "one"})
    add_item(planner.act(), number="*A-1", names={"en": "other"})
    affixes = Affixes("*", "#")
    assert [f.number for f in read("*A-1#", affixes=affixes).found] == ["A-1"]
    assert [f.number for f in read("*A-1", affixes=affixes).found] == ["*A-1"]
    assert read("*A-1#", Source.TYPED, affixes=affixes).outcome is Outcome.UNKNOWN
    short = Affixes("*")
    assert [f.number for f in read("*A-1", affixes=short).found] == ["A-1"]
    assert read("*A-1", Source.UNSAID, affixes=short).outcome is Outcome.AMBIGUOUS
    assert [f.number for f in read("*A-1", Source.TYPED, affixes=short).found] == ["*A-1"]


def test_the_symbol_is_told_before_the_text_or_beside_it(one_make: Factory) -> None:
    """Torture 48."""
    for scan in (
        Scan(f"01{GTIN}10A", Source.CAMERA, "]d2"),
        Scan(f"]d201{GTIN}10A", Source.TRIGGER),
        Scan(f"]d201{GTIN}10A", Source.TRIGGER, "]d2"),
        Scan(f"01{GTIN}10A", Source.TRIGGER),
    ):
        db.session.rollback()
        label = resolve(db.session(), scan).label
        assert label
        assert (label.gtin, label.lot) == (GTIN, "A")


def test_a_broken_label_tells_what_is_wrong(one_make: Factory) -> None:
    """Torture 47 and 48."""
    scanned = read("(01)05901234123456(10)A")
    assert (scanned.outcome, scanned.label) == (Outcome.UNKNOWN, None)
    assert "check digit" in str(scanned.trouble)
    doubtful = read(f"]d201{GTIN}10LOT717270731")
    assert doubtful.label
    assert doubtful.label.lot == "LOT717270731"
    assert doubtful.hint is not None


def test_a_lot_with_brackets_in_its_number_is_still_found(one_make: Factory) -> None:
    add_item(one_make.planner.act(), number="(12)X", names={"en": "odd"})
    assert read("(12)X").outcome is Outcome.OPENED


def test_numbers_that_look_alike_are_offered_and_warned_of(one_make: Factory) -> None:
    """Torture 43."""
    add_item(one_make.planner.act(), number="AB-10", names={"en": "one"})
    for text in ("\u0410\u0412-10", "ＡＢ-10", "AB\u200b-10", "AB-1O", "ab-10"):
        scanned = read(text)
        assert scanned.outcome is Outcome.UNKNOWN, text
        assert [each.number for each in scanned.near] == ["AB-10"], text
    assert read("\u0410\u0412-10").warnings
    add_item(one_make.planner.act(), number="\u0410\u0412-10", names={"en": "twin"})
    twin = read("\u0410\u0412-10")
    assert (twin.outcome, len(twin.warnings)) == (Outcome.OPENED, 1)


def test_other_alphabets_are_no_look_alikes() -> None:
    for text in ("Säge", "批次-7", "Прокат-2", "A1"):
        assert not is_mixed(text), text
    assert in_latin("АВ\u200d1") == "AB1"


@pytest.mark.usefixtures("one_app")
def test_control_characters_are_shown_by_name_and_secrets_are_not_shown() -> None:
    """Torture 43."""
    assert visible("a\x1db\u202ec") == "a⟨U+001D⟩b⟨RIGHT-TO-LEFT OVERRIDE⟩c"
    badge = new_badge_code()
    for text in (badge, f"x{badge}", f"https://a.example/q/{badge.lower()}", "YY" + badge[2:]):
        assert visible(text) == ""
    link = "https://shop.floor/enrol/" + "aB3_-" * 8
    assert visible(link) == "https://shop.floor/enrol/…"


@pytest.mark.usefixtures("one_app")
def test_more_than_a_code_can_hold_is_said() -> None:
    """Torture 43."""
    assert "longer" in str(take("9" * 5000).trouble)
    assert take("\ud800").trouble is not None
    assert not take("\ud800").usable


@pytest.mark.usefixtures("one_app")
def test_a_foreign_link_names_its_host() -> None:
    """Torture 44."""
    assert "evil.example" in str(take("https://localhost@evil.example/path").trouble)
    assert take("javascript:alert(1)").trouble is None
