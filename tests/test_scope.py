"""Who has a role at one site sees nothing of another one, by whatever address. Torture 60.

Every route × every role × a record of every kind from a site that is not one's own: 404 with the
verb, 403 without it, and nothing happens there. What belongs to no site is listed with its reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.configure.models import FieldKind
from shopfloor.configure.writing import FieldWritten
from shopfloor.core.db import db
from shopfloor.core.events import Event, EventSubject
from shopfloor.core.subjects import Subject
from shopfloor.core.web import fresh_id
from shopfloor.exchange.datasets import DATASETS
from shopfloor.holds.commands import place_hold
from shopfloor.holds.number_commands import lock_numbers
from shopfloor.holds.number_models import NumberKind
from shopfloor.people.commands import add_crew, issue_token, join_crew
from shopfloor.people.roles import ROLES, VERBS
from shopfloor.people.secrets import digest, new_token
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_line, add_place, add_shift, add_site, add_station
from shopfloor.plant.devices import add_device
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.orders import create_order, release_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.checks import read_values
from shopfloor.quality.commands.plans import add_plan, publish_plan
from shopfloor.quality.ncr_models import NCR
from shopfloor.quality.plan_models import PlanKind
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.values import Read
from tests.browse import Browser
from tests.make import Factory, Worker, new_id
from tests.test_routes import routes

# In the name of everything that only its own site may know.
MARK = "Zanzibar"


@dataclass(frozen=True)
class Foreign:
    """Records of a site where nobody of the test has a role, by the word of their address."""

    codes: dict[str, list[str]]
    numbers: dict[str, list[int]]
    site_id: int


def foreign_site(make: Factory) -> Foreign:
    """Found a second site at which a whole day has happened."""
    site = add_site(
        founder(new_id()),
        number="F2",
        names={"en": f"{MARK} works"},
        zone="Africa/Nairobi",
        currency="TZS",
    ).id
    line = add_line(founder(new_id()), site_id=site, number="ZL", names={"en": f"{MARK} line"})
    station = add_station(
        founder(new_id()), line_id=line.id, number="ZS", names={"en": f"{MARK} saw"}
    )
    place = add_place(founder(new_id()), site_id=site, number="ZP", names={"en": f"{MARK} store"})
    shift = add_shift(
        founder(new_id()),
        site_id=site,
        number="ZT",
        names={"en": f"{MARK} shift"},
        starts_minute=0,
        ends_minute=720,
    )
    crew = add_crew(founder(new_id()), site_id=site, number="ZC", names={"en": f"{MARK} crew"})
    device = add_device(
        founder(new_id()), site_id=site, number=f"{MARK} phone", enrolment_hash=digest("z")
    )
    worker = make.person("administrator", MARK.lower(), site_id=site)
    join_crew(founder(new_id()), person_id=worker.id, crew_id=crew.id)
    item = add_item(founder(new_id()), number="Z-1", names={"en": "A known thing"})
    add_routing(
        founder(new_id()),
        item_id=item.id,
        steps=tuple(
            Step(sequence, {"en": f"{MARK} step"}, station.id, inspect=sequence == 20)
            for sequence in (10, 20)
        ),
    )
    order = create_order(
        founder(new_id()),
        site_id=site,
        item_id=item.id,
        quantity=Decimal(50),
        number=f"{MARK}-1",
    )
    lot = release_order(founder(new_id()), order_id=order.id).lot
    reported = [
        report_quantities(worker.act(), lot=lot.code, operation=operation, good=Decimal(20))
        for operation in (10, 20)
    ]
    job = start_work(worker.act(), lot=lot.code, operation=10).job_id
    held = create_order(
        founder(new_id()),
        site_id=site,
        item_id=item.id,
        quantity=Decimal(5),
        number=f"{MARK}-2",
    )
    locked = release_order(founder(new_id()), order_id=held.id).lot
    hold = place_hold(
        make.quality.act(),
        subject_id=locked.id,
        reason_id=make.reasons["hold"],
        note=MARK,
        nonconformance=True,
    ).hold_id
    numbers = lock_numbers(
        make.quality.act(),
        kind=NumberKind.LOT,
        first="ZZ-*",
        site_id=site,
        reason_id=make.reasons["hold"],
        note=MARK,
    ).number_lock_id
    form = (FieldWritten("crack", {"en": "Free of cracks"}, FieldKind.YES_NO),)
    plan = add_plan(
        make.quality.act(),
        names={"en": "A known plan"},
        kind=PlanKind.OPERATION,
        item_id=item.id,
        sequence=20,
        draft=PlanWritten(fields=form),
    )
    publish_plan(make.quality.act(), plan_id=plan.id, version=1)
    reading = (Read("crack", "yes"),)
    check = read_values(make.quality.act(), lot=lot.code, operation=20, values=reading).check_id
    known = db.session.execute(
        select(Subject.id, Subject.code, Subject.kind).where(
            (Subject.site_id == site) | (Subject.id.in_([site, worker.id]))
        )
    ).all()
    db.session.rollback()
    codes = {row.id: row.code for row in known}
    operations = [row.code for row in known if row.kind == "operation"]
    return Foreign(
        {
            "lots": [lot.code],
            "orders": [order.code],
            "operations": operations[:1],
            "stations": [station.code],
            "people": [codes[worker.id]],
            "crews": [crew.code],
            "devices": [device.code],
            "plant": [codes[site], line.code, place.code, shift.code],
            "shifts": [shift.code],
            "ncrs": [row.code for row in known if row.kind == NCR.name],
        },
        {
            "jobs": [job],
            "holds": [hold],
            "number_locks": [numbers],
            "inspections": [check],
            "events": [reported[0].event_id],
        },
        site,
    )


# Which foreign records the first word of an address takes.
TAKES = {
    "lots": ["lots"],
    "orders": ["orders"],
    "work-orders": ["orders"],
    "operations": ["operations"],
    "stations": ["stations"],
    "people": ["people"],
    "crews": ["crews"],
    "devices": ["devices"],
    "plant": ["plant"],
    "shifts": ["shifts"],
    "jobs": ["jobs"],
    "holds": ["holds"],
    "ncrs": ["ncrs"],
    "number-locks": ["number_locks"],
    "inspections": ["inspections"],
    "hold": ["lots", "orders", "operations", "stations"],
    "barcodes": ["lots"],
    "places": ["plant"],
    "lines": ["plant"],
    "undo": ["events"],
    "events": ["events"],
    "shares": ["events"],
    "parked": ["events"],
    "locked": ["lots"],
    "history": ["lots", "orders", "operations", "stations", "people", "crews", "plant"],
    "records": ["lots", "orders", "stations", "people", "plant"],
    "q": ["lots", "orders", "operations", "stations"],
    "Q": ["lots", "orders", "operations", "stations"],
}
# Records that belong to no site, or are found by a secret.
OF_NO_SITE = {
    "items": "the catalogue is the company's",
    "reasons": "the catalogue is the company's",
    "partners": "the catalogue is the company's",
    "skills": "the catalogue is the company's",
    "instructions": "the catalogue is the company's",
    "plans": "what is inspected is the company's",
    "gauges": "what is measured with is the company's",
    "samples": "what hangs beside an item is the company's",
    "static": "the program's own files",
    "each": "names what is done, not a record",
    "import": "whose it is, its own tests say",
    "export": "names a list, not a record",
    "enrol": "opened by a secret",
    "set-up": "opened by a secret",
    "printers": "tested with the printers",
    "notes": "tested with the notes",
    "differences": "tested with the counts",
    "webhooks": "the company's own addresses",
    "alerts": "tested with the alerts",
    "alert-rules": "how long a kind waits is the company's",
}


# Lists of the company's own that name stations wherever they are; and one that never ends.
OF_THE_COMPANY = ("/api/v1/routings", "/board/stream", "/live")


def visits(app: Flask, foreign: Foreign) -> Iterator[tuple[str, str, str]]:
    """Yield method, address and endpoint of every route with every foreign record it takes."""
    for method, rule in routes(app):
        if not rule.arguments:
            continue
        word = rule.rule.removeprefix("/api/v1").split("/")[1]
        for kind in TAKES.get(word, ()):
            for reference in [*foreign.codes.get(kind, ()), *foreign.numbers.get(kind, ())]:
                yield method, _filled(rule.rule, reference), rule.endpoint


def _filled(rule: str, reference: object) -> str:
    text = re.sub(r"<int:operation>", "10", rule)
    text = re.sub(
        r"<(?:int:)?(code|\w+_id|number|inspection|check)>", str(reference), text, count=1
    )
    text = re.sub(r"<any\((\w+)[^>]*>", r"\1", text)
    return re.sub(r"<[^>]+>", "10", text)


def test_every_route_that_names_a_record_says_whose_it_is(one_app: Flask) -> None:
    words = {
        rule.rule.removeprefix("/api/v1").split("/")[1]
        for _method, rule in routes(one_app)
        if rule.arguments
    }
    assert words - TAKES.keys() - OF_NO_SITE.keys() == set()


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_record_of_another_site_does_not_exist(
    one_app: Flask, one_make: Factory, role: str
) -> None:
    foreign = foreign_site(one_make)
    browser, token = signed_in(one_app, one_make, role)
    before, wrong = _happened(foreign), []
    for method, address, endpoint in visits(one_app, foreign):
        view = one_app.view_functions[endpoint]
        verb = getattr(view, "verb", None)
        if verb is None:
            continue
        answer = _send(browser, method, address, token)
        allowed = verb == "" or verb in ROLES[role]
        if answer.status_code not in (_no(method, address) if allowed else {403}):
            wrong.append(f"{method} {address} as {role}: {answer.status_code}")
        elif MARK in answer.get_data(as_text=True).replace(f"{MARK}-", ""):
            wrong.append(f"{method} {address} as {role} names it")
    assert not wrong, "\n".join(wrong)
    db.session.rollback()
    assert _happened(foreign) == before


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_list_shows_anything_of_another_site(
    one_app: Flask, one_make: Factory, role: str
) -> None:
    foreign = foreign_site(one_make)
    browser, token = signed_in(one_app, one_make, role)
    references = [code for codes in foreign.codes.values() for code in codes]
    wrong = []
    for method, rule in routes(one_app):
        if method != "GET" or rule.arguments or rule.rule in OF_THE_COMPANY:
            continue
        for asked in ("", f"?q={MARK}&search={MARK}&code={references[0]}&state=all&person={MARK}"):
            answer = _send(browser, "GET", rule.rule + asked, token)
            text = answer.get_data(as_text=True)
            shown = MARK in re.sub(rf'(value="|q=|search=|person=|“){MARK}', "", text)
            leaked = [code for code in references if code in text and code not in asked]
            if answer.status_code >= 500 or shown or leaked:
                wrong.append(f"{rule.rule}{asked} as {role}: {answer.status_code} {leaked[:3]}")
    assert not wrong, "\n".join(wrong)


def test_a_lock_on_numbers_everywhere_tells_each_site_of_its_own_lots(
    one_app: Flask, one_make: Factory
) -> None:
    foreign = foreign_site(one_make)
    browser, _token = signed_in(one_app, one_make, "supervisor")
    locked = lock_numbers(
        one_make.quality.act(),
        kind=NumberKind.LOT,
        first=f"{MARK}-*",
        reason_id=one_make.reasons["hold"],
    )
    assert locked.lots == 2
    shown = browser.get(f"/number-locks/{locked.number_lock_id}")
    assert shown.status_code == 200
    assert foreign.codes["lots"][0] not in shown.get_data(as_text=True)
    assert browser.get(f"/holds/{foreign.numbers['holds'][0]}/ncr").status_code == 404


def test_no_table_that_goes_out_names_another_site(one_app: Flask, one_make: Factory) -> None:
    foreign = foreign_site(one_make)
    browser, token = signed_in(one_app, one_make, "quality")
    references = [code for codes in foreign.codes.values() for code in codes]
    tables = 0
    lists = [
        rule.rule
        for method, rule in routes(one_app)
        if method == "GET" and not rule.arguments and not rule.rule.startswith("/api/")
    ]
    # Routings are the company's own, and name stations wherever they are.
    lists += [f"/export/{name}" for name in DATASETS if name != "routings"]
    for address in lists:
        if address in OF_THE_COMPANY:
            continue
        answer = _send(browser, "GET", f"{address}?file=csv&show=all", token)
        if answer.mimetype == "text/csv":
            tables += 1
            text = answer.get_data(as_text=True)
            assert MARK not in text, address
            assert not [code for code in references if code in text], address
    assert tables > 8


def _no(method: str, address: str) -> set[int]:
    """Return the answers that say nothing of a record to somebody with the verb of its route."""
    word = address.removeprefix("/api/v1").split("/")[1]
    # Whose history or entry it is needs another verb than to have one.
    finer = {403} if word in ("history", "records", "undo") else set()
    # A form that is not filled in may be refused before anything is looked for, and what only
    # leads on has looked for nothing.
    return {404, 303} | finer if method == "GET" else {404, 422} | finer


def signed_in(app: Flask, make: Factory, role: str) -> tuple[Browser, str]:
    """Return a browser and a token of somebody with this role at the first site only."""
    worker: Worker = make.person(role, f"{role}-here", scope_id=make.site_id)
    token = new_token()
    issue_token(
        founder(fresh_id()),
        person_id=worker.id,
        name="t",
        token_hash=digest(token),
        verbs=tuple(VERBS),
    )
    return Browser(app).sign_in(worker), token


def _send(browser: Browser, method: str, address: str, token: str) -> Any:
    if address.startswith("/api/"):
        return browser.open(
            address,
            method=method,
            json=None if method == "GET" else {},
            headers={"Authorization": f"Bearer {token}"},
        )
    if method == "GET":
        return browser.get(address)
    return browser.post(address, page="/more")


def _happened(foreign: Foreign) -> int:
    """Count what has happened at the site or to anything of it."""
    subjects = select(Subject.id).where(Subject.site_id == foreign.site_id)
    touched = select(EventSubject.event_id).where(EventSubject.subject_id.in_(subjects))
    return (
        db.session.scalar(
            select(func.count(Event.id)).where(
                (Event.site_id == foreign.site_id) | Event.id.in_(touched)
            )
        )
        or 0
    )
