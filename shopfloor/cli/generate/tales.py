"""What becomes of orders: each tale is told once through the commands, and then often copied."""

from collections.abc import Callable
from decimal import Decimal

from shopfloor.catalogue.models import ReasonKind
from shopfloor.cli.generate.story import Story
from shopfloor.core import clock
from shopfloor.core.db import transaction
from shopfloor.core.undo import undo_event
from shopfloor.holds.commands import place_hold
from shopfloor.people.models import Signature
from shopfloor.production.commands.jobs import pause_work, resume_work
from shopfloor.production.commands.parting import split_lot
from shopfloor.quality.commands.releases import MEANING, Conceded, Decided, release_hold
from shopfloor.quality.models import DispositionKind, Verdict

QUANTITIES = (20, 60, 100, 120, 240, 250, 500, 800, 1000)
Tale = Callable[[Story], None]


def plain(story: Story) -> None:
    """Each operation is one tap, and the order is closed."""
    finished(story)
    story.close()


def finished(story: Story) -> None:
    """Each operation is one tap; nobody has closed the order yet."""
    story.release()
    for sequence in story.sequences:
        story.report(sequence, story.quantity)
        story.go_on(sequence)


def timed(story: Story) -> None:
    """Work is begun, paused and finished with its report."""
    story.release()
    for sequence in story.sequences:
        who, job = story.operator(sequence), story.start(sequence)
        if sequence == story.sequences[0]:
            act, why = story.factory.act(who, story.at(0.4)), story.reason(ReasonKind.PAUSE)
            pause_work(act, job_id=job, reason_id=why)
            resume_work(story.factory.act(who, story.at(0.6)), job_id=job)
        story.report(sequence, story.quantity)
        story.go_on(sequence)
    story.close()


def in_parts(story: Story) -> None:
    """Each operation is reported in three parts, and some pieces are scrap."""
    story.release()
    here, part = story.quantity, story.quantity // 4
    for n, sequence in enumerate(story.sequences):
        scrap = 2 if n == 1 else 0
        story.report(sequence, part, 0.3)
        story.report(sequence, part, 0.6)
        story.report(sequence, here - 2 * part - scrap, 1.0, scrap=scrap)
        here -= scrap
        story.go_on(sequence)
    story.close()


def reworked(story: Story) -> None:
    """Some pieces of the first operation go through it once more."""
    story.release()
    for n, sequence in enumerate(story.sequences):
        again = 3 if n == 0 else 0
        story.report(sequence, story.quantity - again, 0.7, rework=again)
        if again:
            story.report(sequence, again, 1.0)
        story.go_on(sequence)
    story.close()


def mistyped(story: Story) -> None:
    """A report is taken back and entered again."""
    story.release()
    for n, sequence in enumerate(story.sequences):
        if n == 0:
            wrong = story.report(sequence, story.quantity // 10, 0.4)
            act, why = story.factory.act(story.crew.leader, story.at(0.5)), ReasonKind.UNDO
            undo_event(act, event_id=wrong, reason_id=story.reason(why))
        story.report(sequence, story.quantity)
        story.go_on(sequence)
    story.close()


def freed(story: Story) -> None:
    """An inspection fails, a second person decides, and the work goes on."""
    story.release()
    judged = min(story.family.inspected)
    here = story.quantity
    for sequence in story.sequences:
        story.report(sequence, here)
        if sequence == judged:
            _free(story, sequence, story.inspect(sequence, Verdict.FAIL, 1.2))
            story.report(sequence, 4, 1.7)
            story.inspect(sequence, hours=1.8)
            here -= 2
            story.slot += 1
        else:
            story.go_on(sequence)
    story.close()


def _free(story: Story, sequence: int, hold_id: int) -> None:
    who, at = story.factory.quality[1], story.at(1.5)
    with transaction() as session:
        # Only a fresh one is accepted; it is dated back with the entries.
        signature = Signature(person_id=who.id, meaning=MEANING, signed_at=clock.now())
        session.add(signature)
        session.flush()
    parts = {
        DispositionKind.USE_AS_IS: story.quantity - 6,
        DispositionKind.REWORK: 4,
        DispositionKind.SCRAP: 2,
    }
    release_hold(
        story.factory.act(who, at),
        hold_id=hold_id,
        signature_id=signature.id,
        reason_id=story.reason(ReasonKind.RELEASE),
        dispositions=tuple(
            Decided(story.lot, sequence, kind, Decimal(much)) for kind, much in parts.items()
        ),
        concession=Conceded("Within the limits when measured again."),
    )


def parted(story: Story) -> None:
    """Half of the lot goes its own way."""
    story.release()
    half = story.quantity // 2
    act = story.factory.act(story.operator(story.sequences[0]), story.at())
    first = story.lot
    second = split_lot(act, lot=first, operation=story.sequences[0], quantity=Decimal(half))
    for sequence in story.sequences:
        for lot, pieces in ((first, story.quantity - half), (second.target.code, half)):
            story.lot = lot
            story.report(sequence, pieces)
            if sequence in story.family.inspected:
                story.inspect(sequence)
        story.slot += 1
    story.close()


def planned(story: Story) -> None:
    """An order that is only entered."""
    story.enter()


def released(story: Story) -> None:
    """An order on which nobody has begun."""
    story.release()


def running(story: Story) -> None:
    """Somebody works on the last operation but one."""
    begun = _halfway(story)
    story.start(begun)


def standing(story: Story) -> None:
    """Part of the pieces is done, and nobody works on the others."""
    begun = _halfway(story)
    story.report(begun, story.quantity // 3)


def waiting(story: Story) -> None:
    """Pieces wait for an inspection."""
    story.release()
    judged = min(story.family.inspected)
    for sequence in story.sequences:
        story.report(sequence, story.quantity)
        if sequence == judged:
            return
        story.go_on(sequence)


def held(story: Story) -> None:
    """An inspection has failed, and nobody has decided yet."""
    waiting(story)
    story.inspect(min(story.family.inspected), Verdict.FAIL)


def locked(story: Story) -> None:
    """Somebody has locked the lot by hand."""
    begun = _halfway(story)
    story.report(begun, story.quantity // 3)
    place_hold(
        story.factory.act(story.crew.leader, story.at(1.3)),
        subject_id=story.lot_id,
        reason_id=story.reason(ReasonKind.HOLD),
        note="wrong drawing?",
    )


def _halfway(story: Story) -> int:
    story.release()
    *done, begun = story.sequences[: max(1, len(story.sequences) - 1)]
    for sequence in done:
        story.report(sequence, story.quantity)
        story.go_on(sequence)
    return begun


OVER: tuple[Tale, ...] = (plain, timed, in_parts, reworked, mistyped, freed, parted)
# What is open, and how many of a thousand lots are; of planned orders, which have no lot, likewise.
OPEN: dict[Tale, int] = {
    finished: 4, planned: 10, released: 12, running: 3, standing: 8, waiting: 4, held: 1, locked: 1,
}  # fmt: skip
