"""Pages for everyone: for readers of screens, without a mouse, with large text, in both themes."""

from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from shopfloor.core.shown import show_quantity
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browser.conftest import Phone, sign_in
from tests.make import Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]
# The page of an address with something in it is measured elsewhere; a person's link stays secret.
LEFT_OUT = (
    "/static/",
    "/api/",
    "/sign-in",
    "/set-up",
    "/enrol",
    "/labels/sheet",
    "/metrics",
    # A part of a page, a stream that never ends, and a file.
    "/board/now",
    "/board/stream",
    "/alerts/now",
    "/live",
    "/events/export",
)


def addresses(app: Flask, make: Factory) -> dict[str, list[str]]:
    """Return what each role opens: every page without an argument, and lots in every state."""
    running, held, fresh = (make.lot(40) for _ in range(3))
    for lot in (running, held):
        start_work(make.operator.act(), lot=lot, operation=10)
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(20))
        report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(10))
    record_inspection(
        make.inspector.act(), lot=held, operation=20, verdict=Verdict.FAIL, note="scratch"
    )
    plain = sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and not rule.rule.startswith(LEFT_OUT)
        and "." not in rule.rule
    )
    lots = [f"/lots/{lot}" for lot in (running, held, fresh)]
    return {
        "operator": [*lots, f"/lots/{running}/10/report", f"/lots/{fresh}/10/start", "/", "/scan"],
        "inspector": [f"/lots/{running}/20/inspect", f"/hold/{fresh}"],
        "supervisor": ["/", "/holds/1/release", lots[1]],
        "administrator": plain,
    }


def said(violations: list[dict[str, Any]], address: str) -> list[str]:
    return [
        f"{address}: {each['id']}: {node['html'][:160]}"
        for each in violations
        for node in each["nodes"]
    ]


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))


def test_nothing_is_in_anybodys_way(
    one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    """Nothing that axe knows in both themes, and no sideways scrolling with text twice as large."""
    found: list[str] = []
    refusals: list[str] = []
    for role, pages in addresses(one_app, one_make).items():
        page = phone(reduced_motion="reduce").new_page()
        page.on("console", lambda said: refusals.append(said.text))
        sign_in(page, address, getattr(one_make, role))
        for each in pages:
            page.emulate_media(color_scheme="light")
            answer = page.goto(address + each)
            kind = answer.headers.get("content-type", "") if answer else ""
            if not answer or answer.status != 200 or not kind.startswith("text/html"):
                continue
            found += said(Axe().run(page).response["violations"], f"{role} {each}")
            # A theme is colours and nothing else.
            page.emulate_media(color_scheme="dark")
            dark = Axe().run(page, options={"runOnly": ["color-contrast"]})
            found += said(dark.response["violations"], f"{role} {each} dark")
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            if overflows(page):
                found.append(f"{role} {each}: wider than the phone at 200 %")
    # Torture 63: no page needs what its own policy forbids.
    found += [said for said in refusals if "Content Security Policy" in said]
    assert not found, "\n".join(found)


def test_a_report_needs_no_mouse(one_make: Factory, address: str, phone: Phone) -> None:
    lot = one_make.lot(12)
    page = phone().new_page()
    sign_in(page, address, one_make.operator)
    page.goto(f"{address}/lots/{lot}")
    page.wait_for_load_state("networkidle")
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText ?? ''")
        if focused.startswith(f"Report {show_quantity(12)} good"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Booked").wait_for()


def test_the_way_to_the_content_stays_on_the_page_and_back_leads_to_the_one_before(
    one_make: Factory, address: str, phone: Phone
) -> None:
    page = phone().new_page()
    sign_in(page, address, one_make.administrator)
    page.goto(f"{address}/people/new")
    page.wait_for_load_state("networkidle")
    field = page.locator("main input:not([type=hidden])").first
    field.fill("Half a name")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.evaluate("document.activeElement.id") == "content"
    assert field.input_value() == "Half a name"
    assert not [url for url in asked if "/static/" not in url]
    page.locator("nav.thumbs a[href='/more']").click()
    page.wait_for_url(f"{address}/more")
    page.go_back()
    page.wait_for_url(f"{address}/people/new**")
    expect(page.locator("main input:not([type=hidden])").first).to_be_visible()


def test_what_was_smuggled_into_a_page_does_nothing(
    one_make: Factory, address: str, phone: Phone
) -> None:
    """Torture 63: attributes of htmx, scripts, a base and a foreign form without our word."""
    page = phone().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, address, one_make.operator)
    asked.clear()
    page.evaluate(
        """() => {
          const smuggled = `<div id="a" hx-get="/more" hx-trigger="load"></div>
            <div id="b" hx-on:click="window.ran = 1"></div><img src="x" onerror="window.ran = 1">
            <form id="c" action="https://evil.example/" method="post"></form>`;
          document.querySelector("main").insertAdjacentHTML("beforeend", smuggled);
          const base = document.createElement("base");
          base.href = "https://evil.example/";
          document.head.append(base);
          htmx.process(document.querySelector("main"));
          document.getElementById("b").click();
          document.getElementById("c").submit();
        }"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.baseURI").startswith(address)
    assert not [url for url in asked if "/more" in url or "evil" in url]
