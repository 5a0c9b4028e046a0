"""A code in a photo: it opens what a scan opens; whatever else is sent gets a clear sentence."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
import segno
from flask import Flask
from PIL import Image

from shopfloor.scanning.models import Source
from shopfloor.scanning.photo import code_in
from shopfloor.scanning.pictures import open_grey
from tests.browse import Browser, text_of
from tests.make import Factory

IMAGES = Path(__file__).parents[1] / "data/barcode_images"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(400)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script></html>"


def saved(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    kept = io.BytesIO()
    image.save(kept, kind, **how)
    return kept.getvalue()


def plain(size: tuple[int, int] = (400, 300), mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, "white")


def qr(text: str, kind: str = "PNG", **how: Any) -> bytes:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=6)
    return saved(Image.open(drawn).convert("RGB"), kind, **how)


def declared(width: int, height: int) -> bytes:
    """Return a small PNG that says of itself that it is large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    part = struct.pack(">I", len(head)) + b"IHDR" + head
    check = struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + part + check + struct.pack(">I", 9) + b"IDAT" + bytes(13)


def send(browser: Browser, photo: bytes, name: str = "photo.jpg") -> Any:
    return browser.post("/scan/photo", photo=(io.BytesIO(photo), name))


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.operator)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_a_label_opens_the_lot(
    one_app: Flask, one_make: Factory, browser: Browser, kind: str
) -> None:
    lot = one_make.lot(10)

    answer = send(browser, qr(f"HTTPS://FACTORY:8443/Q/{lot}", kind))

    assert answer.status_code == 303
    assert answer.location == f"/lots/{lot}"


def test_a_code_that_stands_for_nothing_is_shown_as_read(browser: Browser) -> None:
    answer = send(browser, qr("NOBODY KNOWS THIS"))

    assert answer.status_code == 404
    assert "NOBODY KNOWS THIS" in text_of(answer)


def test_a_badge_in_a_photo_signs_nobody_in_on_ones_own_phone(
    one_make: Factory, browser: Browser
) -> None:
    answer = send(browser, qr(one_make.supervisor.badge))

    assert answer.status_code == 303
    assert answer.location == "/sign-in"


def bomb() -> bytes:
    return saved(plain((10_000, 10_000), "1"))


def animated(kind: str) -> bytes:
    return saved(plain(), kind, save_all=True, append_images=[Image.new("RGB", (400, 300))])


def polyglot() -> bytes:
    return saved(plain(), "JPEG", comment=HTML) + HTML


REFUSED = {
    "a bomb of 100 megapixels": (bomb, "larger than 30 megapixels"),
    "a header that promises 4,294 megapixels": (
        lambda: declared(65_535, 65_535),
        "larger than 30 megapixels",
    ),
    "a header that promises 36 megapixels": (
        lambda: declared(6_000, 6_000),
        "larger than 30 megapixels",
    ),
    "HEIC": (lambda: HEIC, "HEIC"),
    "SVG with a script": (lambda: SVG, "no photo that can be read here"),
    "HTML": (lambda: HTML, "no photo that can be read here"),
    "an animated GIF": (lambda: animated("GIF"), "no photo that can be read here"),
    "an animated WebP": (lambda: animated("WEBP"), "no code in this photo"),
    "HTML and JPEG at once": (polyglot, "no code in this photo"),
    "half a JPEG": (
        lambda: saved(Image.effect_noise((900, 700), 90), "JPEG")[:20_000],
        "did not arrive whole",
    ),
    "a PNG whose middle is lost": (
        lambda: saved(Image.effect_noise((300, 200), 90))[:9_000] + bytes(5_000),
        "did not arrive whole",
    ),
    "a PNG without its picture": (lambda: declared(40, 40), "did not arrive whole"),
    "a WebP of noise": (lambda: b"RIFF\x40\x00\x00\x00WEBPVP8 " + bytes(64), "arrive whole"),
    "nothing": (bytes, "no photo that can be read here"),
    "a white sheet": (lambda: saved(plain()), "no code in this photo"),
    "a sheet of glass": (lambda: saved(Image.new("LA", (90, 90), (0, 0))), "no code in this photo"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_gets_a_sentence_and_never_an_error(
    browser: Browser, what: str
) -> None:
    """Torture 51."""
    photo, sentence = REFUSED[what]

    answer = send(browser, photo())

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "data-photo open" in answer.get_data(as_text=True), "the form is at hand again"


def test_a_photo_of_50_megabytes_is_refused_before_it_is_read(browser: Browser) -> None:
    """Torture 51."""
    head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n\r\n'
    body = io.BytesIO(head + saved(plain(), "JPEG") + bytes(50_000_000) + b"\r\n--x--\r\n")

    answer = browser.open(
        "/scan/photo",
        method="POST",
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        content_length=len(body.getvalue()),
    )

    assert answer.status_code == 413
    assert "too large" in text_of(answer)


def test_a_form_without_a_photo_says_so(browser: Browser) -> None:
    answer = browser.post("/scan/photo")

    assert answer.status_code == 422
    assert "Choose a photo" in text_of(answer)


def test_nothing_of_a_photo_is_kept(one_make: Factory, browser: Browser, tmp_path: Path) -> None:
    """Torture 52."""
    before = {path.name for path in tmp_path.rglob("*")}

    send(browser, qr(one_make.lot(10)) + bytes(400_000))

    assert {path.name for path in tmp_path.rglob("*")} <= before | {"shopfloor.db-wal"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_as_its_camera_was_held(kind: str) -> None:
    """Torture 52."""
    turned = Image.Exif()
    turned[0x0112] = 6
    lying = Image.new("RGB", (400, 200), "white")
    lying.paste("black", (0, 0, 100, 200))

    upright = open_grey(io.BytesIO(saved(lying, kind, exif=turned)), 400)

    assert upright.size == (200, 400)
    top, bottom = (upright.crop((90, y, 110, y + 20)).getextrema() for y in (20, 360))
    assert (top, bottom) == ((0, 0), (255, 255)), "the left side is on top"


def test_a_large_photo_is_made_small_before_it_is_read() -> None:
    photo = saved(Image.new("RGB", (6000, 4500), "white"), "JPEG")

    assert open_grey(io.BytesIO(photo), 1200).size == (1200, 900)


def test_a_gs1_code_says_that_it_is_one() -> None:
    photo = (IMAGES / "zxing-cpp__datamatrix-3__issue794.png").read_bytes()

    read = code_in(io.BytesIO(photo))

    assert (read.source, read.symbology) == (Source.PHOTO, "]d2")
    assert read.text == "010890381998765921S1ND6MPPFCGG6B869XES\x1d1731063010BNav4Cam2"


def test_other_codes_are_handed_on_as_they_are() -> None:
    photo = (IMAGES / "zxing__datamatrix-2__07.png").read_bytes()

    read = code_in(io.BytesIO(photo))

    assert (read.text, read.symbology) == ("http://google.com/m", "]d1")
