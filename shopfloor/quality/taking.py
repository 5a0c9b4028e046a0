"""Taking the values of an inspection that runs: each judged, measured with its gauge, and once."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopfloor.configure.answers import Answer, good_answer, is_asked
from shopfloor.configure.models import FormField
from shopfloor.core.commands import Tx
from shopfloor.holds import gate
from shopfloor.people.models import Person
from shopfloor.production import work
from shopfloor.production.commands.jobs import require_open
from shopfloor.production.way import Stop, Work
from shopfloor.quality import due_refusals, in_stock, refusals
from shopfloor.quality.asked import asked_plan, current_values, of_turn
from shopfloor.quality.gauging import Tray
from shopfloor.quality.in_stock import IN_STOCK
from shopfloor.quality.judging import open_pieces, said_by_piece, tally, unanswered
from shopfloor.quality.plan_models import Check
from shopfloor.quality.sorting import sample_here
from shopfloor.quality.values import Kept, Read, answer_of, field_of, last_read, require_shown

MOST_AT_ONCE = 3000


@dataclass(frozen=True)
class Readings:
    """How an inspection stands after values were read: what is missing, what was bad."""

    event_id: int
    check_id: int
    lot: str
    lot_code: str
    operation: int
    size: int
    missing: int
    verdict: str | None


class Taking:
    """An inspection that runs, the family of its lot locked, and the values that are taken now."""

    def __init__(self, tx: Tx, lot_work: Work, stop: Stop, check: Check) -> None:
        self.tx, self.work, self.stop, self.check = tx, lot_work, stop, check
        self.fields: Sequence[FormField] = check.revision.form.fields
        self.before = current_values(tx.session, check)
        self.known = {(each.field_id, each.piece, each.reading): each for each in self.before}
        self.said = said_by_piece(self.fields, self.before)
        self.fresh: list[Kept] = []
        self.taken: dict[tuple[int, int, int], str] = {}
        self._tray: Tray | None = None

    @classmethod
    def opened(cls, tx: Tx, lot: str, operation: int) -> "Taking":
        """Return the inspection that runs here; the first values open it and draw its sample."""
        lot_work, stop = _at(tx, lot, operation)
        check = of_turn(tx.session, lot_work.lot.id, stop.operation.id)
        if check is None:
            check = _open(tx, lot_work, stop)
        check.opened_at = check.opened_at or tx.act.when.at
        return cls(tx, lot_work, stop, check)

    @classmethod
    def running(cls, tx: Tx, lot: str, operation: int) -> "Taking":
        """Return the inspection that runs here; Refused where none does."""
        lot_work, stop = _at(tx, lot, operation)
        check = of_turn(tx.session, lot_work.lot.id, stop.operation.id)
        if check is None:
            raise refusals.nothing_runs()
        return cls(tx, lot_work, stop, check)

    def take(self, values: Sequence[Read], sure: bool) -> None:
        """Take values in their order; one that was read before stays, and is not read over."""
        for value in values:
            field = field_of(self.fields, self.check, value)
            said = self.said.setdefault(value.piece, {})
            if not is_asked(field, said):
                raise refusals.not_asked(field)
            answer = answer_of(field, value, sure)
            place = (field.id, value.piece, value.reading)
            there, taken = self.known.get(place), self.taken.get(place)
            if taken is not None and taken != answer.text:
                raise refusals.said_twice(taken, answer.text)
            if there is None and taken is None:
                self.taken[place] = answer.text
                said.setdefault(field.key, []).append(answer.text)
                self.fresh.append(Kept(field, value, answer, self.gauge_of(field, value, answer)))
            elif there is not None and there.said != answer.text:
                reader = self.tx.session.get_one(Person, there.person_id)
                raise refusals.read_already(reader.name, there.said)

    def take_rest(self, pieces: int, seen: int | None) -> None:
        """Answer all that is still open as good, of exactly the `pieces` that somebody has seen.

        `seen` is the event of the last value that was known to him: later ones may be bad.

        What cannot be answered so, what is asked only about a bad one, and what would be too much
        at once stays open.
        """
        left = list(open_pieces(self.fields, self.check.size, self.before))
        later = seen is not None and last_read(self.before) > seen
        if later or len(left) != pieces:
            raise refusals.rest_changed(len(left))
        known = self.known.keys() | self.taken.keys()
        bad = {value.piece for value in self.before if value.good is False}
        bad |= {kept.value.piece for kept in self.fresh if kept.answer.good is False}
        for piece in left:
            if len(self.fresh) >= MOST_AT_ONCE:
                break
            said = self.said.setdefault(piece, {})
            for field, reading in unanswered(self.fields, piece, said, known):
                about_bad = field.show_if and piece in bad
                if not about_bad and (text := good_answer(field)) is not None:
                    self.take([Read(field.key, text, piece, reading)], sure=False)

    def lay_out(
        self, values: Sequence[Read], gauges: tuple[str, ...] = (), *, rest: bool = False
    ) -> None:
        """Load the gauges at hand; no statement where nothing of what is read needs one."""
        measured = {field.key for field in self.fields if field.gauge}
        asked = [value for value in values if value.key in measured]
        if asked or (rest and measured):
            named = [value.gauge for value in asked if value.gauge]
            site_id = self.work.order.site_id
            self._tray = Tray.of(self.tx.session, self.tx.act, site_id, gauges, named, self.before)

    def gauge_of(self, field: FormField, value: Read, answer: Answer) -> int | None:
        """Return the gauge of a value that needs one; Refused while nobody knows a fit one."""
        if self._tray is None or not field.gauge:
            return None
        gauge = self._tray.for_field(field, value.gauge)
        require_shown(gauge, value, answer)
        return gauge.id

    def told(self, event_id: int) -> Readings:
        """Return how the inspection stands now that the values are kept."""
        self.tx.session.flush()
        values = current_values(self.tx.session, self.check)
        stands = tally(self.fields, self.check.size, self.check.numbers, values)
        return Readings(
            event_id,
            self.check.id,
            self.work.subject.number or "",
            self.work.subject.code,
            self.stop.operation.sequence,
            self.check.size,
            stands.missing + len(stands.photos),
            stands.verdict,
        )


def _at(tx: Tx, lot: str, operation: int) -> tuple[Work, Stop]:
    gate.enter(tx)
    lot_id = work.lock_family(tx.session, lot)
    lot_work, stop = in_stock.work_at(tx.session, lot_id, operation)
    tx.act.rights.require("inspection.record", *lot_work.scopes(stop))
    require_open(lot_work)
    gate.ask(tx, lot_work.held_by(stop))
    return lot_work, stop


def _open(tx: Tx, lot_work: Work, stop: Stop) -> Check:
    if stop.operation.sequence == IN_STOCK:
        raise due_refusals.no_retest()
    revision = asked_plan(tx.session, lot_work, stop)
    if revision is None:
        raise refusals.no_plan()
    if not stop.waiting:
        raise refusals.nothing_waits(stop.operation.sequence)
    sample = sample_here(tx.session, revision, lot_work, stop)
    check = Check(
        revision=revision,
        kind=revision.plan.kind,
        lot_id=lot_work.lot.id,
        operation_id=stop.operation.id,
        quantity=sample.quantity,
        size=sample.size,
        numbers=sample.numbers,
        due_at=tx.act.when.at,
        opened_at=tx.act.when.at,
    )
    tx.session.add(check)
    tx.session.flush()
    return check
