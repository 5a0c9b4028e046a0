"""Writing inspection plans: a draft is changed until it is published, and then never again."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.entries import as_items_spell
from shopfloor.catalogue.limits import read_category
from shopfloor.configure.models import FieldKind
from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import NotFound, Refused
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.words import require_names
from shopfloor.quality import binding
from shopfloor.quality.due import watch_running
from shopfloor.quality.plan_fields import plan_fields
from shopfloor.quality.plan_models import OF_LOTS, PLAN, Plan, PlanKind, PlanRevision
from shopfloor.quality.plan_writing import PlanWritten, as_written, begin, require_interval, write

PLAN_ADDED = EventKind(
    "plan.added", _l("Inspection plan added"), no_inverse_because="a plan is archived, not unmade"
)
PLAN_REVISED = EventKind(
    "plan.revised",
    _l("Revision of a plan begun"),
    no_inverse_because="a draft nobody publishes asks for nothing",
)
PLAN_SAVED = EventKind(
    "plan.saved", _l("Plan saved"), no_inverse_because="the draft is saved again", edits=True
)
PLAN_PUBLISHED = EventKind(
    "plan.published",
    _l("Plan published"),
    no_inverse_because="inspections may have begun with it; a new revision replaces it",
)
PLAN_ARCHIVED = EventKind(
    "plan.archived", _l("Plan archived"), no_inverse_because="it is taken into use again instead"
)
PLAN_RESTORED = EventKind(
    "plan.restored", _l("Plan in use again"), no_inverse_because="it is archived again instead"
)
EDIT = "plan.edit"
_BECAUSE = "a plan says what will be inspected; it touches no lot"


@command(Gate.NONE, _BECAUSE)
def add_plan(
    tx: Tx,
    *,
    names: Mapping[str, str],
    kind: PlanKind,
    item_id: int | None = None,
    category: str | None = None,
    sequence: int | None = None,
    partner_id: int | None = None,
    number: str | None = None,
    draft: PlanWritten | None = None,
) -> Made:
    """Add a plan with the draft of its first revision, for an item or for a category of items."""
    tx.act.rights.require(EDIT)
    if category := read_category(category):
        category = as_items_spell(tx.session, category)
    binding.require(tx, kind, item_id, category, sequence, partner_id)
    if kind in OF_LOTS:
        sequence = None
    made = subjects.create(tx.session, PLAN, number)
    kept = require_names(names)
    tx.session.add(
        Plan(
            id=made.id,
            names=kept,
            kind=kind,
            item_id=item_id,
            category=category,
            sequence=sequence,
            partner_id=partner_id,
        )
    )
    tx.session.flush()
    revision = begin(tx, made.id, 1)
    write(tx, revision, kind, draft or PlanWritten())
    tx.record(
        PLAN_ADDED,
        Where(),
        {"kind": kind, "sequence": str(sequence or "")},
        about=[made.id, item_id],
        changes=[Change(made.id, "names", None, kept)],
    )
    return made


@command(Gate.NONE, _BECAUSE)
def revise_plan(tx: Tx, *, plan_id: int) -> Made:
    """Begin the next revision with what the last one says; refused while a draft is open."""
    subject, plan = _plan(tx, plan_id)
    last = plan.revisions[-1]
    if last.published_at is None:
        raise Refused(
            _l("Revision %(revision)s is still a draft.", revision=last.revision),
            _l("Go on with it, and publish it when it is ready."),
            rule="draft_open",
        )
    revision = begin(tx, plan.id, last.revision + 1)
    write(tx, revision, plan.kind, as_written(last))
    tx.record(
        PLAN_REVISED,
        Where(),
        {"revision": str(revision.revision)},
        about=[plan.id, plan.item_id],
        changes=[Change(plan.id, "revision", str(last.revision), str(revision.revision))],
    )
    return Made(plan.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def save_plan(
    tx: Tx, *, plan_id: int, version: int, names: Mapping[str, str], draft: PlanWritten
) -> Made:
    """Save the draft of a plan; Overtaken when somebody else has saved it meanwhile."""
    subject, plan = _plan(tx, plan_id)
    revision = _draft(plan)
    require_unchanged(tx.session, plan, version, plan_fields(plan, revision))
    before = {"names": plan.names, "fields": [each.key for each in revision.form.fields]}
    plan.names = require_names(names)
    write(tx, revision, plan.kind, draft)
    plan.version += 1
    tx.session.flush()
    after = {"names": plan.names, "fields": [each.key for each in draft.fields]}
    tx.record(
        PLAN_SAVED,
        Where(),
        {"revision": str(revision.revision), "fields": str(len(draft.fields))},
        about=[plan.id, plan.item_id],
        changes=[Change(plan.id, name, before[name], after[name]) for name in before],
    )
    return Made(plan.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def publish_plan(tx: Tx, *, plan_id: int, version: int) -> Made:
    """Publish a draft: from now on inspections are opened with it; running ones keep theirs."""
    subject, plan = _plan(tx, plan_id)
    revision = _draft(plan)
    require_unchanged(tx.session, plan, version, plan_fields(plan, revision))
    asked = [each for each in revision.form.fields if each.kind is not FieldKind.COMPUTED]
    if not asked:
        raise Refused(
            _l("This plan asks nothing yet."),
            _l("Add at least one characteristic."),
            rule="empty_plan",
        )
    require_interval(plan.kind, revision)
    binding.require_alone(tx, plan)
    now = clock.now()
    revision.published_at = revision.form.published_at = now
    tx.session.flush()
    watch_running(tx.session, plan)
    tx.record(
        PLAN_PUBLISHED,
        Where(),
        {"revision": str(revision.revision)},
        about=[plan.id, plan.item_id],
        changes=[Change(plan.id, "published", None, str(revision.revision))],
    )
    return Made(plan.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def archive_plan(tx: Tx, *, plan_id: int, archived: bool) -> Made:
    """Take a plan out of use, or into use again; inspections that run go on with it."""
    subject, plan = _plan(tx, plan_id)
    if not archived:
        binding.require_alone(tx, plan)
        watch_running(tx.session, plan)
    before, subject.archived_at = subject.archived_at, clock.now() if archived else None
    tx.session.flush()
    tx.record(
        PLAN_ARCHIVED if archived else PLAN_RESTORED,
        Where(),
        {},
        about=[plan.id, plan.item_id],
        changes=[Change(plan.id, "archived_at", before, subject.archived_at)],
    )
    return Made(plan.id, subject.code, subject.number)


def _plan(tx: Tx, plan_id: int) -> tuple[Subject, Plan]:
    tx.act.rights.require(EDIT)
    subjects.lock(tx.session, plan_id)
    plan = tx.session.get(Plan, plan_id)
    if plan is None:
        raise NotFound(_l("There is no such inspection plan."), rule="not_found")
    return tx.session.get_one(Subject, plan_id), plan


def _draft(plan: Plan) -> PlanRevision:
    last = plan.revisions[-1]
    if last.published_at is not None:
        raise Refused(
            _l("Revision %(revision)s is published and stays as it is.", revision=last.revision),
            _l("Begin a new revision and change that."),
            rule="published",
        )
    return last
