"""The inspections of the demo: passes, fails that lock, and the decision of a second person."""

from decimal import Decimal
from functools import partial

from shopfloor.demo.diary import Diary
from shopfloor.demo.items import Made
from shopfloor.demo.orders import Tale
from shopfloor.demo.story import Story
from shopfloor.people.sign_in import Browser, sign
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import MEANING, Conceded, Decided, release_hold
from shopfloor.quality.models import DispositionKind, Verdict

# At the bath the coating is measured; everywhere else the lock has to work.
FAILS = {"PLATE-1": ("HLD-COAT", "12/13 < 8 µm")}
OTHER_FAIL = ("HLD-FUNC", "3/20")
# Of the pieces of the order that was freed: back to work, and thrown away; the others are used.
REWORKED, SCRAPPED = 34, 6
THE_TERMINAL = Browser("127.0.0.1")


def note(
    diary: Diary, story: Story, step: Made, ago: float, pieces: int, worker: str, last: bool
) -> tuple[float, int]:
    """Note what is found about the pieces that wait; returns when and how many go on."""
    tale = story.plan.tale
    inspector = diary.inspector(ago)
    if last and tale is Tale.WAITS:
        return ago, pieces
    if last and tale is Tale.HELD:
        diary.note(ago, partial(_inspect, diary, story, inspector, ago, step, Verdict.FAIL))
        return ago, pieces
    if tale is Tale.FREED:
        diary.note(ago, partial(_inspect, diary, story, inspector, ago, step, Verdict.FAIL))
        decided, again, judged = ago - 2.4, ago - 4.1, ago - 4.6
        diary.note(decided, partial(_free, diary, story, decided, step, pieces))
        diary.note(again, partial(_work_again, diary, story, worker, again, step))
        good = partial(_inspect, diary, story, inspector, judged, step, Verdict.PASS)
        diary.note(judged, good)
        return judged, pieces - SCRAPPED
    diary.note(ago, partial(_inspect, diary, story, inspector, ago, step, Verdict.PASS))
    return ago, pieces


def _inspect(
    diary: Diary, story: Story, who: str, ago: float, step: Made, verdict: Verdict
) -> None:
    reason, text = FAILS.get(step.station, OTHER_FAIL)
    failed = verdict is Verdict.FAIL
    judged = record_inspection(
        diary.act(who, ago),
        lot=story.lot,
        operation=step.sequence,
        verdict=verdict,
        reason_id=diary.built.reasons[reason] if failed else None,
        note=text if failed else "",
    )
    story.hold_id = judged.hold_id or story.hold_id


def _free(diary: Diary, story: Story, ago: float, step: Made, pieces: int) -> None:
    """Let the quality head decide and sign with badge and PIN, as on a phone."""
    badge, pin = diary.proofs["quinn"]
    parts = {
        DispositionKind.USE_AS_IS: pieces - REWORKED - SCRAPPED,
        DispositionKind.REWORK: REWORKED,
        DispositionKind.SCRAP: SCRAPPED,
    }
    release_hold(
        diary.act("quinn", ago),
        hold_id=story.hold_id or 0,
        signature_id=sign(badge, pin, MEANING, THE_TERMINAL),
        reason_id=diary.built.reasons["REL-SORT"],
        dispositions=tuple(
            Decided(story.lot, step.sequence, kind, Decimal(much)) for kind, much in parts.items()
        ),
        concession=Conceded("Measured again with a second gauge: these are within the limits."),
    )
    story.hold_id = None


def _work_again(diary: Diary, story: Story, who: str, ago: float, step: Made) -> None:
    report_quantities(
        diary.act(who, ago), lot=story.lot, operation=step.sequence, good=Decimal(REWORKED)
    )
