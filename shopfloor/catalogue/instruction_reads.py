"""Reading work instructions: what a revision says, and who has confirmed that he read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.instruction_models import Instruction, InstructionRead, InstructionStep
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind, Where
from shopfloor.core.files import File, is_digest
from shopfloor.core.media import VIDEOS
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Made, Subject

CONFIRMED = EventKind(
    "instruction.confirmed",
    _l("Instruction read"),
    no_inverse_because="what somebody has read he has read",
)


@dataclass(frozen=True)
class StepShown:
    """One step as people see it; `video` when what it shows moves."""

    words: dict[str, str]
    sha256: str | None
    video: bool


@dataclass(frozen=True)
class Reading:
    """A revision with its steps, for whoever reads it."""

    instruction: Instruction
    code: str
    steps: tuple[StepShown, ...]


def reading_of(session: Session, instruction_id: int) -> Reading:
    """Return a revision with its steps; two statements."""
    row = session.execute(
        select(Instruction, Subject.code)
        .join(Subject, Subject.id == Instruction.id)
        .where(Instruction.id == instruction_id)
    ).first()
    if row is None:
        raise unknown()
    return Reading(row.Instruction, row.code, steps_of(session, instruction_id))


def steps_of(session: Session, instruction_id: int) -> tuple[StepShown, ...]:
    """Return the steps of a revision in their order; one statement."""
    found = session.execute(
        select(InstructionStep.words, InstructionStep.sha256, File.media_type)
        .join(File, File.sha256 == InstructionStep.sha256, isouter=True)
        .where(InstructionStep.instruction_id == instruction_id)
        .order_by(InstructionStep.position)
    )
    return tuple(StepShown(words, sha256, kind in VIDEOS) for words, sha256, kind in found)


def revisions(session: Session, item_id: int) -> Sequence[tuple[Instruction, str]]:
    """Return every revision for an item with its code, by operation, newest first."""
    found = session.execute(
        select(Instruction, Subject.code)
        .join(Subject, Subject.id == Instruction.id)
        .where(Instruction.item_id == item_id)
        .order_by(Instruction.sequence, Instruction.revision.desc())
    )
    return [(row.Instruction, row.code) for row in found]


def shown_file(session: Session, sha256: str) -> File | None:
    """Return a file that some instruction shows; None for any other, whatever it is."""
    if not is_digest(sha256):
        return None
    return session.scalar(
        select(File).where(
            File.sha256 == sha256,
            select(InstructionStep.id).where(InstructionStep.sha256 == sha256).exists(),
        )
    )


@command(Gate.NONE, "an instruction is read; it touches no lot")
def confirm_instruction(tx: Tx, *, instruction_id: int) -> Made:
    """Confirm that one has read a revision; done again it is noted again, and the first counts."""
    # An instruction belongs to no line or station: whoever works anywhere may read it.
    if not tx.act.rights.has("work.view"):
        tx.act.rights.require("work.view")
    subject = tx.session.get(Subject, instruction_id)
    read = tx.session.get(Instruction, instruction_id)
    if subject is None or read is None or read.published_at is None or tx.act.actor_id is None:
        raise unknown()
    subjects.lock(tx.session, tx.act.actor_id)
    known = tx.session.get(InstructionRead, (tx.act.actor_id, instruction_id))
    event = tx.record(
        CONFIRMED,
        Where(),
        {"revision": str(read.revision), "sequence": str(read.sequence)},
        about=[instruction_id, read.item_id, tx.act.actor_id],
    )
    if known is None:
        tx.session.add(
            InstructionRead(
                person_id=tx.act.actor_id,
                instruction_id=instruction_id,
                event_id=event.id,
                confirmed_at=tx.act.when.at,
            )
        )
    return Made(instruction_id, subject.code, None)


def unknown() -> NotFound:
    """Return the refusal for an instruction that is not there, or not published yet."""
    return NotFound(
        _l("There is no such work instruction."),
        _l("Open it again from the page of the lot."),
        rule="not_found",
    )
