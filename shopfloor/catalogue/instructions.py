"""Writing work instructions: a draft is changed until it is published, and then never again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from shopfloor.catalogue.instruction_models import (
    INSTRUCTION,
    Instruction,
    InstructionStep,
)
from shopfloor.catalogue.instruction_reads import unknown
from shopfloor.catalogue.models import Item
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.files import File
from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.subjects import Made, Subject

BEGUN = EventKind(
    "instruction.begun",
    _l("Instruction begun"),
    no_inverse_because="a draft nobody publishes is seen by nobody on the floor",
)
SAVED = EventKind(
    "instruction.saved",
    _l("Instruction saved"),
    no_inverse_because="the draft is saved again",
    edits=True,
)
PUBLISHED = EventKind(
    "instruction.published",
    _l("Instruction published"),
    no_inverse_because="people may have read it already; a new revision replaces it",
)
_BECAUSE = "an instruction is read; it touches no lot"
MOST_STEPS, LONGEST = 40, 1000


@dataclass(frozen=True)
class StepWritten:
    """One step as it is written: its words by language, and the file of its picture or video."""

    words: dict[str, str] = field(default_factory=dict)
    sha256: str | None = None


@command(Gate.NONE, _BECAUSE)
def begin_instruction(tx: Tx, *, item_id: int, sequence: int) -> Made:
    """Begin the next revision for an operation of an item, with the steps of the last one.

    Refused while another draft is open: two people would write past each other.
    """
    tx.act.rights.require("catalogue.edit")
    subjects.lock(tx.session, item_id)
    if tx.session.get(Item, item_id) is None:
        raise NotFound(_l("There is no such item."), rule="not_found", field="item")
    if not 0 < sequence < 10_000:
        raise Malformed(_l("Choose the operation."), rule="bad_sequence", field="sequence")
    last = tx.session.scalar(
        select(Instruction)
        .where(Instruction.item_id == item_id, Instruction.sequence == sequence)
        .order_by(Instruction.revision.desc())
        .limit(1)
    )
    if last is not None and last.published_at is None:
        raise Refused(
            _l("Revision %(revision)s is still a draft.", revision=last.revision),
            _l("Go on with it, and publish it when it is ready."),
            rule="draft_open",
        )
    revision = last.revision + 1 if last else 1
    made = subjects.create(tx.session, INSTRUCTION, None)
    tx.session.add(
        Instruction(
            id=made.id,
            item_id=item_id,
            sequence=sequence,
            revision=revision,
            made_at=tx.act.when.at,
        )
    )
    tx.session.flush()
    if last is not None:
        _write(tx, made.id, [StepWritten(step.words, step.sha256) for step in last.steps])
    tx.record(
        BEGUN,
        Where(),
        {"sequence": str(sequence), "revision": str(revision)},
        about=[made.id, item_id],
    )
    return made


@command(Gate.NONE, _BECAUSE)
def save_instruction(
    tx: Tx, *, instruction_id: int, version: int, steps: tuple[StepWritten, ...]
) -> Made:
    """Save the steps of a draft in their order; `version` is the one the writer has seen."""
    subject, draft = _draft(tx, instruction_id, version)
    if len(steps) > MOST_STEPS:
        raise Malformed(
            _l("An instruction has at most %(most)s steps.", most=MOST_STEPS), rule="too_many_steps"
        )
    kept = [StepWritten(_clean(step.words, n), step.sha256) for n, step in enumerate(steps, 1)]
    _require_files(tx, kept)
    before = [_said(step.words, step.sha256) for step in draft.steps]
    tx.session.execute(delete(InstructionStep).where(InstructionStep.instruction_id == draft.id))
    _write(tx, draft.id, kept)
    draft.version += 1
    tx.session.flush()
    after = [_said(step.words, step.sha256) for step in kept]
    tx.record(
        SAVED,
        Where(),
        {"revision": str(draft.revision), "steps": str(len(kept))},
        about=[draft.id, draft.item_id],
        changes=[Change(draft.id, "steps", before, after)],
    )
    return Made(draft.id, subject.code, None)


@command(Gate.NONE, _BECAUSE)
def publish_instruction(tx: Tx, *, instruction_id: int, version: int) -> Made:
    """Publish a draft: orders released from now on show it, and people confirm that they read it.

    Orders that are released already keep theirs, until somebody lets them use this one.
    """
    subject, draft = _draft(tx, instruction_id, version)
    steps = draft.steps
    if not steps or any(not step.words and step.sha256 is None for step in steps):
        raise Refused(
            _l("A step without words and without a picture says nothing."),
            _l("Fill it in or take it out, then publish."),
            rule="empty_step",
        )
    draft.published_at = tx.act.when.at
    draft.version += 1
    tx.session.flush()
    tx.record(
        PUBLISHED,
        Where(),
        {"revision": str(draft.revision), "sequence": str(draft.sequence)},
        about=[draft.id, draft.item_id],
        changes=[Change(draft.id, "published_at", None, draft.published_at)],
    )
    return Made(draft.id, subject.code, None)


def _draft(tx: Tx, instruction_id: int, version: int) -> tuple[Subject, Instruction]:
    tx.act.rights.require("catalogue.edit")
    subjects.lock(tx.session, instruction_id)
    draft = tx.session.scalar(
        select(Instruction)
        .where(Instruction.id == instruction_id)
        .options(selectinload(Instruction.steps))
    )
    if draft is None:
        raise unknown()
    if draft.published_at is not None:
        raise Refused(
            _l("Revision %(revision)s is published and stays as it is.", revision=draft.revision),
            _l("Begin a new revision to change something."),
            rule="published",
        )
    now: dict[str, str] = {}
    for n, step in enumerate(draft.steps, 1):
        now |= {f"words_{language}_{n}": text for language, text in step.words.items()}
    require_unchanged(tx.session, draft, version, now)
    return tx.session.get_one(Subject, instruction_id), draft


def _clean(words: dict[str, str], n: int) -> dict[str, str]:
    kept = {name: text.strip() for name, text in words.items() if text.strip()}
    for language, text in kept.items():
        if len(text) > LONGEST:
            raise Malformed(
                _l(
                    "These words are too long for a step; %(longest)s characters fit.",
                    longest=LONGEST,
                ),
                rule="too_long",
                field=f"words_{language}_{n}",
            )
    return kept


def _require_files(tx: Tx, steps: Sequence[StepWritten]) -> None:
    wanted = {step.sha256 for step in steps if step.sha256}
    if wanted - set(tx.session.scalars(select(File.sha256).where(File.sha256.in_(wanted)))):
        raise Malformed(
            _l("A picture of this instruction is not there any more."),
            _l("Add it again."),
            rule="no_file",
        )


def _write(tx: Tx, instruction_id: int, steps: Sequence[StepWritten]) -> None:
    tx.session.add_all(
        InstructionStep(
            instruction_id=instruction_id, position=n, words=step.words, sha256=step.sha256
        )
        for n, step in enumerate(steps, 1)
    )
    tx.session.flush()


def _said(words: dict[str, str], sha256: str | None) -> list[object]:
    return [words, sha256 or ""]
