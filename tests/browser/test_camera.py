"""The camera in the page: a label held in front of it opens the lot; without it the page says why.

Chromium is given a film instead of a camera: what it shows is the label of a real lot.
"""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from shopfloor.holds.commands import place_hold
from tests.browser.conftest import ARGUMENTS, Phone, enrol, sign_in
from tests.make import PIN, Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]
PLAIN_HOST = "factory.test"
Filmed = Callable[[str], Page]


def film(text: str, file: Path) -> Path:
    """Make a film of a label that lies on a bench: Chromium shows its pictures over and over."""
    scene = Image.new("RGB", (1280, 720), (118, 110, 102))
    if text:
        drawn = io.BytesIO()
        segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=8)
        scene.paste(Image.open(drawn).convert("RGB").resize((260, 260)), (510, 190))
    picture = io.BytesIO()
    scene.save(picture, "JPEG", quality=80)
    file.write_bytes(picture.getvalue() * 4)
    return file


@pytest.fixture
def filmed(chromium: Browser, tmp_path: Path) -> Iterator[Filmed]:
    """Makes a phone whose camera sees one code, and whose owner allows it."""
    browsers: list[Browser] = []

    def make(text: str) -> Page:
        path = film(text, tmp_path / "film.mjpeg")
        arguments = [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={path}",
            f"--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1",
        ]
        browser = chromium.browser_type.launch(
            executable_path=shutil.which("chromium"), args=[*ARGUMENTS, *arguments]
        )
        browsers.append(browser)
        page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
        page.set_default_timeout(20_000)
        return page

    yield make
    for browser in browsers:
        browser.close()


def open_camera(page: Page, address: str) -> None:
    page.goto(f"{address}/scan")
    page.get_by_role("button", name="Scan with the camera").click()


def test_a_label_held_in_front_of_the_camera_opens_its_lot(
    one_make: Factory, address: str, filmed: Filmed
) -> None:
    """Rows U4, X136: nothing is asked of any other server."""
    lot = one_make.lot(120)
    page = filmed(f"HTTPS://SHOPFLOOR/Q/{lot}")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    sign_in(page, address, one_make.operator)
    open_camera(page, address)

    page.wait_for_url(f"{address}/lots/{lot}**")

    expect(page.get_by_text("120").first).to_be_visible()
    assert not [each.url for each in asked if not each.url.startswith((address, "blob:", "data:"))]
    # Who has used the camera finds it open the next time, and it reads what it sees only once.
    page.goto(f"{address}/scan")
    expect(page.locator("[data-camera]")).to_have_attribute("data-state", "open")


def test_badge_lot_tap_with_the_camera(one_make: Factory, address: str, filmed: Filmed) -> None:
    """The worker's whole path: after the badge one scan and one tap, and the pieces are booked."""
    lot = one_make.lot(120, rate="0.12")
    page = filmed(f"HTTPS://SHOPFLOOR/Q/{lot}")
    enrol(one_make, page, address)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.keyboard.type(one_make.operator.badge)
    page.keyboard.press("Enter")
    expect(page.locator("summary")).to_contain_text("Operator")
    steps = 0

    open_camera(page, address)
    page.wait_for_url(f"{address}/lots/{lot}**")
    steps += 1
    page.get_by_role("button", name="Report 120 good").click()
    steps += 1

    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    assert steps == 2


def test_an_unknown_code_that_stays_in_the_picture_is_told_once(
    one_make: Factory, address: str, filmed: Filmed
) -> None:
    """Row U8."""
    page = filmed("NOBODY KNOWS THIS")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    sign_in(page, address, one_make.operator)
    sent.clear()
    open_camera(page, address)

    expect(page.get_by_text("Unknown code").first).to_be_visible()
    page.wait_for_timeout(3000)

    assert sent == [f"{address}/scan"]
    expect(page.locator("[data-camera]")).to_have_attribute("data-state", "open")


def test_the_camera_is_let_go_when_nobody_looks_and_explained_when_it_is_lost(
    one_make: Factory, address: str, filmed: Filmed
) -> None:
    """Torture 61."""
    page = filmed("")
    sign_in(page, address, one_make.operator)
    open_camera(page, address)
    camera = page.locator("[data-camera]")
    expect(camera).to_have_attribute("data-state", "open")
    page.evaluate("window.before = document.querySelector('video').srcObject")

    hide(page, True)
    assert page.evaluate("window.before.active") is False
    hide(page, False)
    # Asked again and again from outside: the policy of the page forbids what would ask inside.
    for _ in range(100):
        if page.evaluate("document.querySelector('video').srcObject?.active === true"):
            break
        page.wait_for_timeout(100)
    assert page.evaluate("document.querySelector('video').srcObject.active")

    page.evaluate(
        "document.querySelector('video').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))"
    )
    expect(page.get_by_text("The camera is gone")).to_be_visible()
    expect(page.get_by_role("button", name="Take or choose a photo")).to_be_visible()
    page.get_by_role("button", name="Try the camera again").click()
    expect(camera).to_have_attribute("data-state", "open")


ABLE = """() => {
  const track = MediaStreamTrack.prototype;
  track.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 4, step: 0.5 } });
  window.set = [];
  track.applyConstraints = async ({ advanced }) => window.set.push(...advanced);
  const camera = (label) => ({ kind: "videoinput", deviceId: label, label });
  navigator.mediaDevices.enumerateDevices = async () => ["front", "back"].map(camera);
}"""


def test_light_zoom_and_other_cameras_are_offered_where_they_are(
    one_make: Factory, address: str, filmed: Filmed
) -> None:
    """Row U25."""
    page = filmed("")
    sign_in(page, address, one_make.operator)
    open_camera(page, address)
    expect(page.locator("[data-camera]")).to_have_attribute("data-state", "open")
    light = page.get_by_role("button", name="Torch")
    expect(light).to_be_hidden()
    expect(page.get_by_label("Zoom", exact=True)).to_be_hidden()

    page.get_by_role("button", name="Close the camera").click()
    page.evaluate(ABLE)
    page.get_by_role("button", name="Scan with the camera").click()

    light.click()
    expect(light).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Zoom", exact=True).fill("2.5")
    assert page.evaluate("window.set") == [{"torch": True}, {"zoom": 2.5}]
    page.locator("[data-camera] select").select_option(label="back")
    expect(page.locator("[data-camera]")).to_have_attribute("data-state", "open")
    expect(light).to_have_attribute("aria-pressed", "false")


def hide(page: Page, hidden: bool) -> None:
    """Do as if another program were brought to the front."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_without_a_secure_connection_the_page_says_why_and_what_to_do(
    one_make: Factory, address: str, filmed: Filmed
) -> None:
    """Row U4, torture 61."""
    page = filmed("")
    plain = address.replace("127.0.0.1", PLAIN_HOST)
    sign_in(page, plain, one_make.operator)

    page.goto(f"{plain}/scan")

    expect(page.get_by_text("did not come over a secure connection")).to_be_visible()
    expect(page.get_by_role("button", name="Take or choose a photo")).to_be_visible()
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_hidden()


def test_without_a_camera_a_photo_is_read_in_the_page(
    one_make: Factory, address: str, phone: Phone, tmp_path: Path
) -> None:
    """Row U4."""
    lot = one_make.lot(120)
    page = phone().new_page()
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    sign_in(page, address, one_make.operator)
    sent.clear()
    open_camera(page, address)
    expect(page.get_by_text("There is no camera here")).to_be_visible()

    photo = page.locator("input[name=photo]")
    photo.set_input_files(film("", tmp_path / "bench.jpg"))
    expect(page.get_by_text("There is no code in this photo")).to_be_visible()
    photo.set_input_files(film(lot, tmp_path / "label.jpg"))
    page.wait_for_url(f"{address}/lots/{lot}**")
    assert sent == [f"{address}/scan"], "the photos stayed on the phone"

    # What this browser cannot open goes to the server, which says why it cannot either.
    page.goto(f"{address}/scan")
    heic = tmp_path / "photo.heic"
    heic.write_bytes(b"\0\0\0\x18ftypheic" + bytes(99))
    photo.set_input_files(heic)
    expect(page.get_by_text("HEIC format").first).to_be_visible()


def test_without_scripts_a_photo_is_read_on_the_server(
    one_make: Factory, address: str, phone: Phone, tmp_path: Path
) -> None:
    lot = one_make.lot(120)
    page = phone(java_script_enabled=False).new_page()
    page.goto(f"{address}/sign-in")
    page.locator("[name=login]").fill(one_make.operator.login)
    page.locator("[name=password]").fill(PIN)
    page.locator("[name=password]").press("Enter")
    page.goto(f"{address}/scan")
    expect(page.locator("[data-camera]")).to_be_hidden()

    page.get_by_text("Read the code from a photo").click()
    page.locator("input[name=photo]").set_input_files(film(lot, tmp_path / "photo.jpg"))
    page.get_by_role("button", name="Read the photo").click()

    page.wait_for_url(f"{address}/lots/{lot}**")


# What is read when (milliseconds; bars are marked), and which of it counts.
CASES = {
    "once while it is in the picture": ("once", "A0 A100 B200 A300", "A0 B200"),
    "again after it was gone for two seconds": ("once", "A0 A1900 A3800 A6000", "A0 A6000"),
    "counting: again after a short look away": ("count", "A0 A100 A300 A1000", "A0 A1000"),
    "bars only when two reads agree": ("once", "|1-0 |1-60 |1-120", "|1-60"),
    "bars that differ are not believed": ("once", "|1-0 |7-60 |1-120", ""),
    "bars that agree too late are not believed": ("once", "|1-0 |1-5000", ""),
}
COUNTED = """async ({ mode, reads }) => {
  const script = document.querySelector("script[src$='js/app.js']").src;
  const { Reads } = await import(new URL("camera-reads.js", script));
  const reader = new Reads({ counting: mode === "count" });
  return reads.filter((read) => {
    const [, text, at] = /(\\|?[A-Z0-9]-|[A-Z])(\\d+)/.exec(read);
    return reader.counts({ text, linear: read.startsWith("|") }, Number(at));
  });
}"""


def test_a_code_counts_once(one_make: Factory, address: str, phone: Phone) -> None:
    """Row U8."""
    page = phone().new_page()
    page.goto(f"{address}/sign-in")

    told = {
        name: page.evaluate(COUNTED, {"mode": mode, "reads": reads.split()})
        for name, (mode, reads, _counted) in CASES.items()
    }

    assert told == {name: counted.split() for name, (_m, _r, counted) in CASES.items()}


def test_a_badge_held_in_front_of_the_camera_signs_in(
    one_make: Factory, address: str, filmed: Filmed
) -> None:
    page = filmed(one_make.supervisor.badge)
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("input[name=badge]")).to_have_value(one_make.supervisor.badge)
    page.locator("input[name=pin]").fill(PIN)
    page.locator("input[name=pin]").press("Enter")
    expect(page.locator("summary")).to_contain_text("Supervisor")


def test_a_badge_held_in_front_of_the_camera_signs_a_release(
    one_make: Factory, address: str, filmed: Filmed
) -> None:
    """Whoever stands beside signs; the phone stays with the person who is signed in."""
    order = one_make.order(20)
    act = one_make.inspector.act()
    place_hold(act, subject_id=order.order.id, reason_id=one_make.reasons["hold"])
    page = filmed(one_make.supervisor.badge)
    sign_in(page, address, one_make.quality)
    page.goto(f"{address}/holds/1/release")
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("input[name=badge]")).to_have_value(one_make.supervisor.badge)
    expect(page.locator("input[name=pin]")).to_be_focused()
    expect(page.locator("summary")).to_contain_text("Quality")
