"""The page's own decoder, in its worker, on photos of labels: as good as the server's library."""

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Phone, sign_in
from tests.make import Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]
OURS = Path(__file__).parents[1] / "data/barcode_images"
BESIDE = Path(__file__).parents[3] / "shared/data/barcode_images"

# As camera.js does it: a picture is looked at quickly, then thoroughly.
READ = """async (data) => {
  const script = document.querySelector("script[src$='js/app.js']").src;
  const { decode } = await import(new URL("decoder.js", script));
  const blob = new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))]);
  for (const hard of [false, true]) {
    const read = await decode(await createImageBitmap(blob), hard);
    if (read) return { ...read, bytes: read.bytes && Array.from(read.bytes) };
  }
  return null;
}"""


def folder(name: str) -> Path:
    """Return the images to read; without the larger set its test is skipped, and says so."""
    if name == "ours":
        return OURS
    images = Path(os.environ.get("SHOPFLOOR_BARCODE_IMAGES") or BESIDE)
    if not (images / "ground_truth.json").is_file():
        told = (
            f"THE LARGER SET OF BARCODE IMAGES WAS NOT READ: {images} is not there. Name it in "
            "SHOPFLOOR_BARCODE_IMAGES; what it holds stands in tests/data/README.md."
        )
        print(told, file=sys.__stderr__)
        pytest.skip(told)
    return images


@pytest.fixture
def page(one_make: Factory, address: str, phone: Phone) -> Page:
    page = phone().new_page()
    sign_in(page, address, one_make.operator)
    return page


def read(page: Page, image: Path) -> dict[str, Any] | None:
    data = base64.b64encode(image.read_bytes()).decode()
    found = page.evaluate(READ, data)
    return dict(found) if found else None


def fits(found: dict[str, Any] | None, truth: dict[str, Any]) -> bool:
    """Compare what was read; brackets are how people write GS1, and are in no code."""
    if not found:
        return False
    expected = truth["expected"]
    bare = expected.replace("(", "").replace(")", "") if found["symbology"] == "]e0" else expected
    held = bytes(found.get("bytes") or b"").hex()
    return bool(found["text"] == bare or held == truth["expected_hex"])


@pytest.mark.parametrize("name", ["ours", "larger"])
def test_the_page_reads_as_many_labels_as_the_library(page: Page, name: str) -> None:
    images = folder(name)
    truths = json.loads((images / "ground_truth.json").read_text())
    found = {truth["file"]: read(page, images / truth["file"]) for truth in truths}

    labels = [truth for truth in truths if truth["expected"]]
    missed = [each["file"] for each in labels if not fits(found[each["file"]], each)]
    baseline = [each["file"] for each in labels if not each["zxingcpp_match"]]
    assert len(missed) <= len(baseline), missed
    wrong = [each["file"] for each in truths if not each["expected"] and found[each["file"]]]
    assert not wrong, "what is no code was read as one"


def test_the_page_says_what_kind_of_code_it_was_and_keeps_the_separators(page: Page) -> None:
    gs1 = read(page, OURS / "zxing-cpp__datamatrix-3__issue794.png")
    bars = read(page, OURS / "zxing__code128-1__6.png")

    assert gs1 == {
        "text": "010890381998765921S1ND6MPPFCGG6B869XES\x1d1731063010BNav4Cam2",
        "symbology": "]d2",
        "format": "DataMatrix",
        "linear": False,
        "bytes": None,
    }
    assert bars
    assert (bars["linear"], bars["symbology"]) == (True, "]C0")
    assert bytes(bars["bytes"]).decode("latin-1") == bars["text"], "no UTF-8: the bytes come along"
