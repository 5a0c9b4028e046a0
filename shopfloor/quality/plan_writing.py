"""What a revision of an inspection plan says: kept as it was written, or refused as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask_babel import lazy_gettext as _l

from shopfloor.configure.models import Form, Weight
from shopfloor.configure.writing import FieldWritten, write_fields, written
from shopfloor.core.commands import Tx
from shopfloor.core.refusals import Malformed
from shopfloor.quality.plan_models import (
    DUE_KINDS,
    Again,
    HoldScope,
    PlanKind,
    PlanRevision,
    Sampling,
)
from shopfloor.quality.sampling import Level, Severity, aqls

MOST = 1_000_000
GRACE = 30  # minutes after which something due is overdue, unless a plan says otherwise
MINUTES_A_DAY = 24 * 60
GRACE_IN_STOCK = 7 * MINUTES_A_DAY
MOST_DAYS = 36_500
_HEAD = (
    "sampling",
    "size",
    "level",
    "severity",
    "every_pieces",
    "every_minutes",
    "every_days",
    "grace_minutes",
    "again",
    "holds",
)


@dataclass(frozen=True)
class PlanWritten:
    """A plan's revision as its writer means it; the columns of PlanRevision say what each is."""

    sampling: Sampling = Sampling.ALL
    size: int | None = None
    level: Level | None = None
    severity: Severity = Severity.NORMAL
    aqls: Mapping[str, str] = field(default_factory=dict)
    accepts: Mapping[str, int] = field(default_factory=dict)
    every_pieces: int | None = None
    every_minutes: int | None = None
    every_days: int | None = None
    grace_minutes: int | None = None
    again: Again = Again.ONCE
    holds: HoldScope = HoldScope.FAMILY
    fields: Sequence[FieldWritten] = ()


def require_interval(kind: PlanKind, revision: PlanRevision) -> None:
    """Refuse to publish a patrol or a retest that never comes."""
    if kind is PlanKind.PERIODIC and not revision.every_days:
        raise Malformed(
            _l("A periodic inspection comes every so many days."),
            _l("Write after how many."),
            rule="no_interval",
            field="every_days",
        )
    if kind is PlanKind.PATROL and not (revision.every_pieces or revision.every_minutes):
        raise Malformed(
            _l("A patrol comes every so many pieces or minutes."),
            _l("Write one of the two, or both."),
            rule="no_interval",
            field="every_pieces",
        )


def _as_its_kind(kind: PlanKind, draft: PlanWritten) -> PlanWritten:
    """Return a draft without what means nothing for its kind; what is due looks at single pieces.

    A sample of a lot cannot be drawn while the lot is being made.
    """
    if kind is not PlanKind.FIRST_ARTICLE:
        draft = replace(draft, again=Again.ONCE)
    if kind is PlanKind.PERIODIC:
        grace = GRACE_IN_STOCK if draft.grace_minutes is None else draft.grace_minutes
        return replace(draft, every_pieces=None, every_minutes=None, grace_minutes=grace)
    draft = replace(draft, every_days=None)
    if kind not in DUE_KINDS:
        return replace(draft, every_pieces=None, every_minutes=None, grace_minutes=None)
    if draft.sampling not in (Sampling.ALL, Sampling.FIXED):
        raise Malformed(
            _l("This kind of plan looks at so many pieces each time."),
            _l("Say how many pieces."),
            rule="bad_sampling",
            field="sampling",
        )
    patrol = kind is PlanKind.PATROL
    return replace(
        draft,
        sampling=Sampling.FIXED,
        size=draft.size or 1,
        level=None,
        severity=Severity.NORMAL,
        aqls={},
        every_pieces=draft.every_pieces if patrol else None,
        every_minutes=draft.every_minutes if patrol else None,
        grace_minutes=GRACE if draft.grace_minutes is None else draft.grace_minutes,
    )


def begin(tx: Tx, plan_id: int, number: int) -> PlanRevision:
    """Insert the next revision of a plan, with a form of its own."""
    form = Form(made_at=tx.act.when.at)
    tx.session.add(form)
    tx.session.flush()
    revision = PlanRevision(
        plan_id=plan_id,
        revision=number,
        form_id=form.id,
        sampling=Sampling.ALL,
        severity=Severity.NORMAL,
        holds=HoldScope.FAMILY,
        made_at=tx.act.when.at,
    )
    tx.session.add(revision)
    tx.session.flush()
    return revision


def write(tx: Tx, revision: PlanRevision, kind: PlanKind, draft: PlanWritten) -> None:
    """Put what was written in the place of what a draft says; Malformed when it cannot be meant."""
    draft = _as_its_kind(kind, draft)
    require_sample(draft)
    for name in _HEAD:
        setattr(revision, name, getattr(draft, name))
    revision.aqls, revision.accepts = dict(draft.aqls), dict(draft.accepts)
    write_fields(tx.session, revision.form, draft.fields)


def as_written(revision: PlanRevision) -> PlanWritten:
    """Return a revision as it was written, for the next one."""
    own = [name for name in PlanWritten.__dataclass_fields__ if name != "fields"]
    return PlanWritten(
        **{name: getattr(revision, name) for name in own}, fields=written(revision.form)
    )


def require_sample(draft: PlanWritten) -> None:
    """Refuse a sample that cannot be drawn; Malformed names the field."""
    if draft.grace_minutes is not None and not 0 <= draft.grace_minutes <= MOST:
        raise Malformed(
            _l("Write a whole number, zero or more."), rule="bad_number", field="grace_minutes"
        )
    for name, most in (
        ("size", MOST),
        ("every_pieces", MOST),
        ("every_minutes", MOST),
        ("every_days", MOST_DAYS),
    ):
        number = getattr(draft, name)
        if number is not None and not 0 < number <= most:
            raise Malformed(_l("Write a whole number above zero."), rule="bad_number", field=name)
    if draft.sampling in (Sampling.FIXED, Sampling.EVERY) and draft.size is None:
        raise Malformed(_l("Say how many pieces."), rule="no_size", field="size")
    if draft.sampling is Sampling.STANDARD and (draft.level is None or not draft.aqls):
        raise Malformed(
            _l("A standard plan has an inspection level and an AQL."),
            rule="no_aql",
            field="level" if draft.level is None else "aql_major",
        )
    offered = {str(aql) for aql in aqls()}
    for weight, aql in draft.aqls.items():
        if weight not in list(Weight) or aql not in offered:
            raise Malformed(
                _l("There is no plan for an AQL of %(aql)s.", aql=aql),
                _l("Choose one of the list."),
                rule="bad_aql",
                field=f"aql_{weight}",
            )
    for weight, accept in draft.accepts.items():
        if weight not in list(Weight) or not 0 <= accept <= MOST:
            raise Malformed(
                _l("Write how many bad ones still pass: 0 or more."),
                rule="bad_accept",
                field=f"accept_{weight}",
            )
