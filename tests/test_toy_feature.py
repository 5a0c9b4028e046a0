"""A feature is a folder and its lines in two lists of lists: added and deleted, no more."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from shopfloor.core.settings import ROOT

FILES = {
    "__init__.py": '"""A toy: notes about lots."""\n',
    "models.py": '''"""The table of the toy."""
from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column
from shopfloor.core.db import Base


class Note(Base):
    """A note about a lot."""

    __tablename__ = "toy_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    text: Mapped[str] = mapped_column(Text)
''',
    "commands.py": '''"""What people do with the toy."""
from flask_babel import lazy_gettext as _l
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind, Where
from shopfloor.toy.models import Note

NOTED = EventKind("toy.noted", _l("Noted"), no_inverse_because="it is a toy")


@command(Gate.NONE, "a note touches no lot")
def note(tx: Tx, *, text: str) -> str:
    """Keep a note."""
    event = tx.record(NOTED, Where(), {"text": text})
    tx.session.add(Note(event_id=event.id, text=text))
    return text
''',
    "reactions.py": '''"""What the toy does when work is reported."""
from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, Recorded
from shopfloor.toy.models import Note


def note_report(tx: Tx, event: Recorded) -> Effect:
    """Keep a note of every report, and say so on the page."""
    tx.session.add(Note(event_id=event.id, text=str(event.payload["good"])))
    return Effect("toy/noted", {"good": str(event.payload["good"])})
''',
    "next_steps.py": '''"""What the toy offers after a scan."""
from shopfloor.core.next_steps import NextStep
from shopfloor.production.queries import LotView


def for_lot(view: LotView) -> list[NextStep]:
    """Offer a note."""
    return [NextStep("work.view", "Take a toy note", "/toy")]
''',
    "routes.py": '''"""The page of the toy."""
from flask import Blueprint
from shopfloor.people.access import public

bp = Blueprint("toy", __name__)


@bp.get("/toy")
@public("it is a toy")
def page() -> str:
    """Show the toy."""
    return "toy"
''',
}
LINES = {
    "EVENT_KINDS = [\n": "    toy_commands.NOTED,\n",
    "REACTIONS = [\n": "    (reports.REPORTED.name, toy_reactions.note_report),\n",
    "NEXT_STEPS: list[next_steps.Offer] = [": "toy_steps.for_lot, ",
    "BLUEPRINTS: list[Blueprint] = [\n": "    toy_routes.bp,\n",
}
IMPORTS = """from shopfloor.toy import commands as toy_commands
from shopfloor.toy import next_steps as toy_steps
from shopfloor.toy import reactions as toy_reactions
from shopfloor.toy import routes as toy_routes
"""
LISTS = ("shopfloor/registries.py", "shopfloor/application.py")
# Reports a lot through the pages and prints what the worker reads.
WALK = """
import sys, tempfile
from decimal import Decimal
from pathlib import Path
from shopfloor.application import create_app
from shopfloor.core.db import db, metadata
from tests.browse import Browser, text_of
from tests.make import Factory
folder = tempfile.mkdtemp()
app = create_app({"SECRET_KEY": "toy", "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/toy.db"})
app.instance_path = folder
with app.app_context():
    metadata.create_all(db.engine)
    make = Factory.founded()
    lot = make.lot(10)
    browser = Browser(app).sign_in(make.operator)
    print("TOY PAGE", browser.get("/toy").status_code)
    print(text_of(browser.get(f"/lots/{lot}")))
    print(text_of(browser.post(f"/lots/{lot}/10/report", good="4")))
"""


def test_a_toy_feature_is_added_and_deleted_without_touching_another_room(tmp_path: Path) -> None:
    house = tmp_path / "house"
    for part in ("shopfloor", "templates", "static", "tests"):
        shutil.copytree(
            ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__", "vendor")
        )
    before = {name: (house / name).read_text() for name in LISTS}

    add_toy(house)
    told = walk(house)
    assert "TOY PAGE 200" in told
    assert "Take a toy note" in told
    assert "The toy noted 4" in told

    shutil.rmtree(house / "shopfloor/toy")
    shutil.rmtree(house / "templates/toy")
    for name, text in before.items():
        (house / name).write_text(text)
    told = walk(house)
    assert "TOY PAGE 404" in told
    assert "4 good booked" in told
    assert "toy note" not in told


def add_toy(house: Path) -> None:
    for name, text in FILES.items():
        path = house / "shopfloor/toy" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (house / "templates/toy").mkdir()
    (house / "templates/toy/_noted.html").write_text(
        "<p>The toy noted {{ effect.detail.good }}</p>"
    )
    texts = {name: (house / name).read_text() for name in LISTS}
    for after, line in LINES.items():
        assert sum(text.count(after) for text in texts.values()) == 1, after
        texts = {name: text.replace(after, after + line) for name, text in texts.items()}
    for name, text in texts.items():
        first_import = text.index("from shopfloor.")
        (house / name).write_text(text[:first_import] + IMPORTS + text[first_import:])


def walk(house: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", WALK],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
