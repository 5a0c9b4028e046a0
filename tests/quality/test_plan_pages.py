"""Pages of inspection plans: found, written row by row without a script, published, copied."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.configure.models import FieldKind, Weight
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.quality.commands.plans import archive_plan, publish_plan, revise_plan, save_plan
from shopfloor.quality.plan_models import Plan, Sampling
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.sampling import Level
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.quality.test_plans import ALL, CRACK, LENGTH, plan
from tests.statements import counted

HEAD = {"name_en": "Turning", "name_zh": "车削检验", "sampling": "all", "severity": "normal"}


def code_of(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).code


def number_of(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).number or ""


def row(n: int, key: str, kind: str, **more: str) -> dict[str, str]:
    parts = {"key": key, "name_en": key.title(), "kind": kind, "weight": "major"} | more
    return {f"{part}_{n}": text for part, text in parts.items()}


def inputs(page: str) -> dict[str, str]:
    """Return what a browser would send of the form that is shown."""
    form = page[page.index('id="plan"') : page.rindex("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]+>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") != "checkbox" or " checked" in tag:
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', form):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        found[name] = unescape((chosen or first).group(1) if (chosen or first) else "")  # type: ignore[union-attr]
    for name in ("csrf_token", "action_id"):
        found.pop(name, None)
    return found


@pytest.fixture
def desk(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.quality)


def test_a_plan_is_written_published_and_revised(desk: Browser, one_make: Factory) -> None:
    item = number_of(one_make.item())
    assert "20 · Step 20" in text_of(desk.get(f"/plans/new?item={item}"))
    answer = desk.post(
        "/plans/new", item=item, sequence="20", name_en="Turning", name_zh="", number="IP-1"
    )
    assert answer.status_code == 303, text_of(answer)
    url = answer.location
    fields: dict[str, Any] = {
        **HEAD,
        "version": "1",
        "count": "4",
        **row(
            1, "length", "number", unit="mm", decimals="", low="9,95", high="10.05", readings="2"
        ),
        **row(2, "finish", "choice", options="Matt | 哑光 | good\nSpotted | bad", weight="minor"),
        **row(3, "", "number"),
        "name_en_3": "",
        # What stands in fields that the kind hides is not meant.
        **row(4, "crack", "yes_no", show="finish=1", photo_on_fail="1", low="1,234567", unit="mm"),
        "sampling": "standard",
        "level": "II",
        "aql_major": "1.0",
    }
    answer = desk.post(url, **fields)
    assert answer.status_code == 303, text_of(answer)
    db.session.rollback()
    stored = db.session.scalars(select(Plan)).one()
    written = stored.revisions[0]
    assert (written.sampling, written.level, written.aqls) == (
        Sampling.STANDARD,
        Level.II,
        {"major": "1.0"},
    )
    length, finish, crack = written.form.fields
    assert (str(length.low), length.decimals, length.readings) == ("9.95", 2, 2)
    assert finish.options == [
        {"names": {"en": "Matt", "zh": "哑光"}, "good": True},
        {"names": {"en": "Spotted"}, "good": False},
    ]
    assert (finish.weight, crack.show_if) == (Weight.MINOR, {"key": "finish", "is": "1"})
    assert crack.photo_on_fail
    assert (crack.low, crack.unit, crack.decimals) == (None, "", 0)
    page = url.removesuffix("/draft")
    # Nothing is published that was typed and not saved: the way there saves.
    written_page = desk.get(url).get_data(as_text=True)
    assert f'href="{page}?revision=1#publish"' not in written_page
    assert 'name="then" value="1"' in written_page
    typed = inputs(written_page) | {"high_1": "10.06", "then": "1"}
    assert desk.post(url, **typed).location == f"{page}?revision=1#publish"
    db.session.rollback()
    shown = text_of(desk.get(f"{page}?lot=1000"))
    assert "Inspected of a lot of 1000: 80" in shown
    assert "9.95 – 10.06 mm" in shown
    assert "only after Finish: Spotted" in shown
    version = str(stored.version)
    answer = desk.post(f"{page}/publish", version=version)
    assert answer.status_code == 303, text_of(answer)
    assert desk.get(url).status_code == 409
    assert desk.post(f"{page}/revise", page=page).status_code == 303
    again = desk.get(url).get_data(as_text=True)
    sent = inputs(again)
    assert sent["options_2"] == "Matt | 哑光 | good\nSpotted | bad"
    assert (sent["low_1"], sent["show_3"], sent["count"]) == ("9.95", "finish=1", "3")
    # What the page shows is saved again as it was.
    answer = desk.post(url, **sent)
    assert answer.status_code == 303, text_of(answer)
    db.session.rollback()
    first, second = db.session.scalars(select(Plan)).one().revisions
    assert [each.options for each in first.form.fields] == [
        each.options for each in second.form.fields
    ]
    assert "Revision 1" in text_of(desk.get(page))


def test_rows_are_added_moved_and_taken_out_without_saving(
    desk: Browser, one_make: Factory
) -> None:
    made = plan(one_make, one_make.item(), LENGTH, CRACK)
    url = f"/plans/{code_of(made)}/draft"
    sent = inputs(desk.get(url).get_data(as_text=True))
    answer = desk.post(url, **{**sent, "name_en_2": "No cracks", "do": "add"})
    assert answer.status_code == 200
    more = inputs(answer.get_data(as_text=True))
    assert (more["count"], more["key_3"], more["name_en_2"]) == ("3", "", "No cracks")
    assert more["version"] == "1"
    answer = desk.post(url, **{**more, "key_3": "flat", "name_en_3": "Flat", "do": "up-3"})
    moved = inputs(answer.get_data(as_text=True))
    assert [moved[f"key_{n}"] for n in (1, 2, 3)] == ["length", "flat", "crack"]
    assert moved["low_1"] == "9.95"
    # The other language keeps the rows that are not saved, with what is typed into them.
    assert 'form="plan" formaction="/language"' in answer.get_data(as_text=True)
    switched = desk.post("/language", page=url, language="zh", **moved)
    assert (switched.status_code, switched.location) == (307, f"{url}?do=show")
    answer = desk.post(switched.location, language="zh", **moved)
    assert 'lang="zh-Hans"' in answer.get_data(as_text=True)
    assert inputs(answer.get_data(as_text=True)) == moved
    answer = desk.post(url, **{**moved, "do": "remove-1"})
    left = inputs(answer.get_data(as_text=True))
    assert [left[f"key_{n}"] for n in (1, 2)] == ["flat", "crack"]
    assert "key_3" not in left
    for odd in ("up-99", "down-2", "remove-0", "remove-x", "nonsense", "add-"):
        assert desk.post(url, **{**left, "do": odd}).status_code == 200
    db.session.rollback()
    kept = db.session.get_one(Plan, made)
    assert [each.key for each in kept.revisions[0].form.fields] == ["length", "crack"]
    assert kept.version == 1
    assert desk.post(url, **left).status_code == 303
    db.session.rollback()
    kept = db.session.get_one(Plan, made)
    assert [each.key for each in kept.revisions[0].form.fields] == ["flat", "crack"]


def test_a_sample_is_tried_as_it_is_typed(desk: Browser, one_make: Factory) -> None:
    url = f"/plans/{code_of(plan(one_make, one_make.item(), CRACK))}/draft"
    sent = inputs(desk.get(url).get_data(as_text=True))
    typed = {**sent, "sampling": "fixed", "size": "5", "accept_major": "1", "lot": "99"}
    shown = text_of(desk.post(url, **{**typed, "do": "try"}))
    assert "Inspected of a lot of 99: 5" in shown
    wrong = desk.post(url, **{**typed, "size": "", "do": "try"})
    assert wrong.status_code == 422
    assert 'id="size-error"' in wrong.get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ({"low_1": "11"}, "row-1-error"),
        ({"low_1": "ten"}, "low_1-error"),
        ({"key_2": "length"}, "row-2-error"),
        ({"name_en_2": "", "name_zh_2": "", "key_2": "bare"}, "row-2-error"),
        ({"kind_2": "choice", "options_2": "Matt"}, "options_2-error"),
        ({"kind_2": "computed", "formula_2": "length +"}, "row-2-error"),
        ({"kind_2": "wrong"}, "kind_2-error"),
        ({"sampling": "fixed"}, "size-error"),
        ({"sampling": "standard"}, "level-error"),
        ({"sampling": "standard", "level": "II", "aql_minor": "3"}, "aql_minor-error"),
        ({"name_en": "", "name_zh": ""}, "name_en-error"),
    ],
)
def test_every_no_stands_at_its_field_and_what_was_typed_stays(
    desk: Browser, one_make: Factory, typed: dict[str, str], mark: str
) -> None:
    url = f"/plans/{code_of(plan(one_make, one_make.item(), LENGTH, CRACK))}/draft"
    sent = inputs(desk.get(url).get_data(as_text=True))
    # An empty row before it is not counted by the command, and the mark stands at the right one.
    answer = desk.post(url, **{**sent, "unit_1": "µm", **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422, text_of(answer)
    assert f'id="{mark}"' in page
    row = re.search(r"[-_](\d)-error", mark)
    assert ('<a href="#row-' in page) == (row is not None)
    assert row is None or f'<a href="#row-{row.group(1)}">' in page
    assert inputs(page)["unit_1"] == "µm"


def test_an_empty_row_before_a_wrong_one_does_not_move_the_mark(
    desk: Browser, one_make: Factory
) -> None:
    url = f"/plans/{code_of(plan(one_make, one_make.item(), LENGTH, CRACK))}/draft"
    sent = inputs(desk.get(url).get_data(as_text=True))
    for part in ("key", "name_en", "name_zh", "low", "high", "target"):
        sent[f"{part}_1"] = ""
    answer = desk.post(url, **{**sent, "key_2": "Ü"})
    assert 'id="row-2-error"' in answer.get_data(as_text=True)


def test_a_late_save_shows_both_sides(desk: Browser, one_make: Factory) -> None:
    """Torture 10."""
    made = plan(one_make, one_make.item(), LENGTH, CRACK)
    url = f"/plans/{code_of(made)}/draft"
    sent = inputs(desk.get(url).get_data(as_text=True))
    save_plan(
        one_make.planner.act(),
        plan_id=made,
        version=1,
        names={"en": "Theirs"},
        draft=PlanWritten(sampling=Sampling.FIXED, size=3, fields=(CRACK,)),
    )
    # A row that is added meanwhile does not hide that somebody else has saved.
    added = inputs(desk.post(url, **{**sent, "do": "add"}).get_data(as_text=True))
    assert added["version"] == "1"
    answer = desk.post(url, **{**added, "low_1": "9.9"})
    page, shown = answer.get_data(as_text=True), text_of(answer)
    assert answer.status_code == 409
    assert "Theirs" in shown
    assert "not in it" in shown
    again = inputs(page)
    assert (again["version"], again["low_1"]) == ("2", "9.9")
    answer = desk.post(url, **{**again, "pick_name_en": "theirs", "theirs_name_en": "Theirs"})
    assert answer.status_code == 303, text_of(answer)
    db.session.rollback()
    kept = db.session.get_one(Plan, made)
    assert kept.names["en"] == "Theirs"
    assert str(kept.revisions[0].form.fields[0].low) == "9.9"


def test_a_plan_is_copied_to_another_item_and_archived(desk: Browser, one_make: Factory) -> None:
    made = plan(one_make, one_make.item(), *ALL)
    publish_plan(one_make.quality.act(), plan_id=made, version=1)
    page, other = f"/plans/{code_of(made)}", one_make.item()
    assert "copied into a draft" in text_of(desk.get(f"{page}/copy"))
    answer = desk.post(f"{page}/copy", item="nothing", sequence="30", name_en="Copy")
    assert (answer.status_code, 'id="item-error"' in answer.get_data(as_text=True)) == (422, True)
    answer = desk.post(
        f"{page}/copy", item=number_of(other), sequence="30", name_en="Copy", number=""
    )
    assert answer.status_code == 303, text_of(answer)
    db.session.rollback()
    copied = db.session.scalars(select(Plan).where(Plan.item_id == other)).one()
    assert [each.key for each in copied.revisions[0].form.fields] == [each.key for each in ALL]
    assert copied.revisions[0].published_at is None
    assert copied.revisions[0].form.fields[2].kind is FieldKind.COMPUTED
    assert desk.post(f"{page}/archive", page=page, archived="1").status_code == 303
    assert "archived" in text_of(desk.get(page))
    assert code_of(made) not in desk.get("/plans").get_data(as_text=True)
    assert code_of(made) in desk.get("/plans?archived=1").get_data(as_text=True)
    assert desk.post(f"{page}/archive", page=page, archived="0").status_code == 303


def test_plans_are_found_by_number_name_and_item(desk: Browser, one_make: Factory) -> None:
    item = one_make.item()
    first = code_of(plan(one_make, item, number="IP-7"))
    second, own = code_of(plan(one_make, one_make.item())), number_of(item)
    for asked, both in (
        ("q=ip-7", False), (f"q={own.lower()}+车削", False), ("q=turning", True),
        (f"item={own}", False),
        ("item=", True), ("q=%00", True),
    ):  # fmt: skip
        page = desk.get(f"/plans?{asked}").get_data(as_text=True)
        assert (first in page, second in page) == (True, both), asked
    assert "No inspection plan matches" in text_of(desk.get("/plans?q=zzz"))
    assert first in desk.get("/search?q=ip-7").get_data(as_text=True)
    assert f"/plans?item={own}" in desk.get(f"/items/{own}").get_data(as_text=True)


def test_the_list_takes_the_same_few_statements_whatever_its_length(
    desk: Browser, one_make: Factory
) -> None:
    sizes = []
    for _round in range(2):
        plan(one_make, one_make.item())
        revise_me = plan(one_make, one_make.item())
        publish_plan(one_make.quality.act(), plan_id=revise_me, version=1)
        revise_plan(one_make.quality.act(), plan_id=revise_me)
        archive_plan(one_make.quality.act(), plan_id=plan(one_make, one_make.item()), archived=True)
        db.session.rollback()
        with counted() as sent:
            assert desk.get("/plans?archived=1").status_code == 200
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]


def test_who_does_not_write_plans_reads_them(one_app: Flask, one_make: Factory) -> None:
    page = f"/plans/{code_of(plan(one_make, one_make.item()))}"
    floor = Browser(one_app).sign_in(one_make.inspector)
    shown = floor.get(page).get_data(as_text=True)
    assert "Length" in shown
    assert "/publish" not in shown
    assert "/draft" not in shown
    assert floor.get(f"{page}/draft").status_code == 403
    assert floor.get("/plans/new").status_code == 403
    assert floor.get(f"{page}?revision=7").status_code == 404
