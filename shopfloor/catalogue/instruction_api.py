"""Work instructions for programs: what is published, step by step."""

from datetime import datetime

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import aliased

from shopfloor.catalogue.instruction_models import Instruction, InstructionStep
from shopfloor.catalogue.models import ITEM
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Name, Named, Page, Told, name_of
from shopfloor.core.db import db
from shopfloor.core.files import File
from shopfloor.core.references import id_or_none
from shopfloor.core.subjects import Subject
from shopfloor.people.access import requires

bp = Blueprint("instructions_api", __name__)


class InstructionStepTold(Told):
    """One step; `file` is the SHA-256 of its picture or video, of that media type."""

    words: dict[str, str]
    file: str | None
    media_type: str | None


class InstructionTold(Told):
    """A published revision of how an operation of an item is done."""

    code: str
    item: Named
    operation: int
    revision: int
    published_at: datetime
    steps: list[InstructionStepTold]


class AskedInstructions(Asked):
    """Which part of the instructions, and of one item only."""

    item: Name | None = None


@bp.get("/instructions")
@requires("work.view")
@call(asks=AskedInstructions, gives=Page[InstructionTold])
def instructions(asked: AskedInstructions) -> Page[InstructionTold]:
    """List the published work instructions of all items or of one, oldest first."""
    item_id = id_or_none(db.session(), ITEM, asked.item, "item")
    return published(asked, item_id)


def published(asked: Asked, item_id: int | None) -> Page[InstructionTold]:
    """Return the asked part of the published instructions; two statements."""
    own = aliased(Subject)
    query = (
        select(Instruction, Subject, own.code)
        .join(Subject, Subject.id == Instruction.item_id)
        .join(own, own.id == Instruction.id)
        .where(Instruction.published_at.is_not(None))
    )
    if item_id is not None:
        query = query.where(Instruction.item_id == item_id)
    rows, following = part_of(db.session(), query, Instruction.id, asked)
    steps = _steps([row.Instruction.id for row in rows])
    told = [
        InstructionTold(
            code=row.code,
            item=name_of(row.Subject),
            operation=row.Instruction.sequence,
            revision=row.Instruction.revision,
            published_at=row.Instruction.published_at,
            steps=steps.get(row.Instruction.id, []),
        )
        for row in rows
    ]
    return Page(entries=told, next=following)


def _steps(ids: list[int]) -> dict[int, list[InstructionStepTold]]:
    found: dict[int, list[InstructionStepTold]] = {}
    for instruction_id, words, sha256, kind in db.session.execute(
        select(
            InstructionStep.instruction_id,
            InstructionStep.words,
            InstructionStep.sha256,
            File.media_type,
        )
        .join(File, File.sha256 == InstructionStep.sha256, isouter=True)
        .where(InstructionStep.instruction_id.in_(ids))
        .order_by(InstructionStep.instruction_id, InstructionStep.position)
    ):
        told = InstructionStepTold(words=words, file=sha256, media_type=kind)
        found.setdefault(instruction_id, []).append(told)
    return found
