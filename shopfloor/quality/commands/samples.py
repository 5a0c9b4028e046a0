"""Approved and limit samples: hung up by somebody who approves them, for a time, then renewed."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.models import ITEM, PARTNER
from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Made, Subject
from shopfloor.quality.gauge_fields import (
    LONGEST_INTERVAL,
    require_day,
    require_file,
    sample_columns,
    sample_fields,
)
from shopfloor.quality.gauge_models import SAMPLE, Sample, SampleKind
from shopfloor.quality.values import hang

SAMPLE_ADDED = EventKind(
    "sample.added", _l("Sample approved"), no_inverse_because="a sample is archived, not unmade"
)
SAMPLE_RENEWED = EventKind(
    "sample.renewed", _l("Sample renewed"), no_inverse_because="it is renewed again", edits=True
)
SAMPLE_ARCHIVED = EventKind(
    "sample.archived", _l("Sample taken down"), no_inverse_because="it is hung up again instead"
)
SAMPLE_RESTORED = EventKind(
    "sample.restored", _l("Sample in use again"), no_inverse_because="it is taken down instead"
)
EDIT = "plan.edit"
_BECAUSE = "a sample shows how a piece should look; no lot is touched"
_A_DAY = timedelta(days=1)


@command(Gate.NONE, _BECAUSE)
def add_sample(
    tx: Tx,
    *,
    names: Mapping[str, str],
    kind: SampleKind,
    item_id: int,
    place: str,
    valid_until: date,
    partner_id: int | None = None,
    sha256: str | None = None,
    number: str | None = None,
) -> Made:
    """Approve a sample of an item, or the worst one that is still let through."""
    tx.act.rights.require(EDIT)
    subjects.require_in_use(tx.session, ITEM, [item_id], "item")
    if partner_id is not None:
        subjects.require_in_use(tx.session, PARTNER, [partner_id], "partner")
    columns = sample_columns(names, place) | {"valid_until": valid_until, "sha256": sha256}
    _require_valid(tx, valid_until)
    require_file(tx.session, sha256, "photo")
    made = subjects.create(tx.session, SAMPLE, number)
    tx.session.add(
        Sample(
            id=made.id,
            kind=kind,
            item_id=item_id,
            partner_id=partner_id,
            approved_by_id=_approver(tx),
            approved_at=tx.act.when.at,
            **columns,
        )
    )
    tx.session.flush()
    tx.record(
        SAMPLE_ADDED,
        Where(),
        {"kind": kind},
        about=[made.id, item_id, partner_id],
        changes=[Change(made.id, name, None, value) for name, value in columns.items() if value],
    )
    hang(tx, [sha256])
    return made


@command(Gate.NONE, _BECAUSE)
def renew_sample(
    tx: Tx,
    *,
    sample_id: int,
    version: int,
    names: Mapping[str, str],
    place: str,
    valid_until: date,
    sha256: str | None = None,
) -> Made:
    """Approve a sample anew, with a fresh photo where one is given; whoever saves approves it."""
    subject, sample = _sample(tx, sample_id)
    require_unchanged(tx.session, sample, version, sample_fields(sample))
    columns = sample_columns(names, place) | {"valid_until": valid_until}
    columns["sha256"] = sha256 or sample.sha256
    _require_valid(tx, valid_until)
    require_file(tx.session, sha256, "photo")
    changes = [
        Change(sample.id, name, getattr(sample, name), value) for name, value in columns.items()
    ]
    for name, value in columns.items():
        setattr(sample, name, value)
    sample.approved_by_id, sample.approved_at = _approver(tx), tx.act.when.at
    sample.version += 1
    tx.session.flush()
    tx.record(SAMPLE_RENEWED, Where(), {}, about=[sample.id, sample.item_id], changes=changes)
    hang(tx, [sha256])
    return Made(sample.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def archive_sample(tx: Tx, *, sample_id: int, archived: bool) -> Made:
    """Take a sample down, or hang it up again; what is archived stops no inspection."""
    subject, sample = _sample(tx, sample_id)
    before, subject.archived_at = subject.archived_at, clock.now() if archived else None
    tx.session.flush()
    tx.record(
        SAMPLE_ARCHIVED if archived else SAMPLE_RESTORED,
        Where(),
        {},
        about=[sample.id, sample.item_id],
        changes=[Change(sample.id, "archived_at", before, subject.archived_at)],
    )
    return Made(sample.id, subject.code, subject.number)


def _sample(tx: Tx, sample_id: int) -> tuple[Subject, Sample]:
    tx.act.rights.require(EDIT)
    subjects.lock(tx.session, sample_id)
    sample = tx.session.get(Sample, sample_id)
    if sample is None:
        raise NotFound(_l("There is no such sample."), rule="not_found")
    return tx.session.get_one(Subject, sample_id), sample


def _require_valid(tx: Tx, valid_until: date) -> None:
    today = tx.act.when.at.date()
    require_day(
        valid_until, today - _A_DAY, today + timedelta(days=LONGEST_INTERVAL), "valid_until"
    )


def _approver(tx: Tx) -> int:
    if tx.act.actor_id is None:
        raise RuntimeError("a sample is approved by a person")
    return tx.act.actor_id
