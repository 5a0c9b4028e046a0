"""Labels as they are drawn: everything inside, the QR readable, Chinese whole."""

import hashlib
import json

import pytest
import segno
from PIL import ImageChops

from shopfloor.core.qr import LONGEST_HOST
from shopfloor.core.refusals import Refused
from shopfloor.labels.dots import draw
from shopfloor.labels.layout import QUIET, SMALLEST, Size, place, wrap
from shopfloor.labels.speaking import tspl, zpl
from shopfloor.labels.typeface import FILE, printable, width
from tests.labels.reading import URL, decoded, label, of_tspl, of_zpl

SIZES = [Size(50, 30), Size(40, 25), Size(30, 20), Size(100, 60), Size(63.5, 38.1)]
SIZES += [Size(50, 30, 300), Size(60, 40, 300)]
LONG = "精密加工不锈钢法兰盘连接件" * 6 + "一二"
assert len(LONG) == 80


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width}x{size.height}@{size.dpi}")
def test_a_label_is_read_from_the_dots_that_both_kinds_of_printers_get(size: Size) -> None:
    placed = place(label(), size)
    for image, copies in (of_zpl(zpl(placed, 3)), of_tspl(tspl(placed, 3))):
        assert decoded(image) == [f"{URL}B7K2M9QX4T"]
        assert copies == 3
    # What the printer gets is what was drawn, dot by dot.
    drawn = draw(placed)
    sent, _copies = of_zpl(zpl(placed))
    assert ImageChops.logical_xor(drawn, sent.crop((0, 0, *drawn.size))).getbbox() is None


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width}x{size.height}@{size.dpi}")
@pytest.mark.parametrize(
    ("number", "name", "other"),
    [
        ("WO-1", LONG, "x"),
        ("WO-1", "Precision-machined stainless flange " * 2, LONG),
        ("A" * 80, LONG, LONG),
        ("批" * 80, "W" * 80, "一" * 200),
    ],
)
def test_long_names_never_leave_the_label(size: Size, number: str, name: str, other: str) -> None:
    placed = place(label(number, name, other), size)
    dots = size.dots
    for row in placed.rows:
        assert row.x + row.width <= size.width - 1
        assert row.y + row.size * 1.1 <= size.height
        assert row.size >= SMALLEST
    image = draw(placed)
    ink = ImageChops.invert(image.convert("L")).getbbox()
    assert ink
    assert ink[2] < size.width * dots
    assert ink[3] < size.height * dots
    # The QR keeps its four white modules on all sides.
    edge = len(placed.modules) * placed.module
    quiet = QUIET * placed.module - 0.2
    assert placed.qr_x >= quiet
    assert placed.qr_y >= quiet
    assert min(row.x for row in placed.rows) >= placed.qr_x + edge + quiet
    assert decoded(image) == [f"{URL}B7K2M9QX4T"]


def test_a_name_of_eighty_characters_is_whole_on_a_usual_label() -> None:
    latin = "Precision machined stainless flange, welded and painted, left side, type 1234567"
    assert len(latin) == 80
    for name in (LONG, latin):
        placed = place(label("WO-2026-0117-3", name, ""), Size(50, 30))
        said = "".join(row.text for row in placed.rows)
        assert name.replace(" ", "") in said.replace(" ", "")
        assert "…" not in said


def test_chinese_is_drawn_with_all_its_strokes() -> None:
    """Each character of a label has ink where a large drawing of it has; none is a box."""
    boxes = set()
    for character in "批次流转卡锁定检验工单泵壳物料":
        placed = place(label(character, "", ""), Size(50, 30))
        row = placed.rows[1]
        left, top = int(row.x * 8), int(row.y * 8)
        crop = draw(placed).crop((left, top, left + 40, top + 42)).convert("L")
        boxes.add(crop.tobytes())
        assert ImageChops.invert(crop).getbbox()
    assert len(boxes) == 15


def test_measured_widths_are_those_of_what_is_drawn() -> None:
    for text in ("WO-1001-1", "泵壳 DN50", "Precision machined", LONG[:12]):
        placed = place(label(text, "", ""), Size(100, 60))
        row = placed.rows[1]
        top, bottom = int(row.y * 8), int((row.y + row.size * 1.15) * 8)
        image = draw(placed)
        band = image.crop((int(row.x * 8) - 2, top, image.width, bottom)).convert("L")
        ink = ImageChops.invert(band).getbbox()
        assert ink
        assert ink[2] <= (row.width * 8) + 4
        assert ink[2] >= row.width * 8 * 0.9


def test_every_module_of_the_qr_is_whole_dots() -> None:
    for size in SIZES:
        placed = place(label(), size)
        assert placed.module_dots >= (3 if size.dpi == 203 else 4)
        image = draw(placed)
        x, y = round(placed.qr_x * size.dots), round(placed.qr_y * size.dots)
        n = placed.module_dots
        for down, row in enumerate(placed.modules):
            for across, module in enumerate(row):
                spot = image.crop(
                    (x + across * n, y + down * n, x + across * n + n, y + down * n + n)
                )
                assert set(spot.convert("L").tobytes()) == ({0} if module else {255})


def test_a_label_too_small_for_its_qr_is_refused() -> None:
    with pytest.raises(Refused) as no:
        place(label(), Size(20, 14))
    assert no.value.rule == "label_too_small"


def test_what_no_printer_can_draw_is_left_out_and_a_rare_accent_leaves_its_letter() -> None:
    assert printable("Łódź\x00\u202e žr\u0301 批次 é ǔ") == "Lódz zr\u0301 批次 é ǔ".replace(
        "r\u0301", "r"
    )


def test_rows_break_at_blanks_or_between_characters() -> None:
    assert wrap("pump housing left", width("pump housing ")) == ["pump housing", "left"]
    assert wrap("一二三四五", 2.1) == ["一二", "三四", "五"]
    assert wrap("W" * 10, width("WWW")) == ["WWW", "WWW", "WWW", "W"]
    assert wrap("", 5) == [""]


def test_the_typeface_is_the_one_of_its_package() -> None:
    told = json.loads(FILE.with_name("manifest.json").read_text())
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == told["sha256"]
    assert "SIL Open Font License" in FILE.with_name("LICENSE").read_text()


def test_codes_fit_a_qr_of_version_two_or_three() -> None:
    host = "192.168.1.20:8443"
    usual = f"HTTPS://{host}/Q/B7K2M9QX4T"
    assert segno.make(usual, error="m", micro=False).version == 2
    longest = f"HTTPS://{'H' * LONGEST_HOST}/Q/B7K2M9QX4T"
    assert len(longest) == 61
    assert segno.make(longest, error="m", micro=False).version == 3
    assert segno.make(longest + "X", error="m", micro=False).version == 4
