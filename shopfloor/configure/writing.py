"""Writing a form: checked as a whole, so that whoever answers it never stands still."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shopfloor.configure.answers import NO, YES
from shopfloor.configure.formulas import FormulaError, names_in
from shopfloor.configure.models import FieldKind, Form, FormField, Weight
from shopfloor.core.files import File
from shopfloor.core.refusals import Malformed
from shopfloor.core.words import require_names

MOST_FIELDS, MOST_OPTIONS = 60, 20
LONGEST_TYPE = 40
_KEY = re.compile(r"[a-z][a-z0-9_]{0,19}", re.ASCII)
_TAKEN = {"min", "max", "mean", "abs", "range"}  # what formulas call


@dataclass(frozen=True)
class FieldWritten:
    """One field as its writer means it; the columns of FormField say what each part is."""

    key: str
    names: Mapping[str, str]
    kind: FieldKind
    weight: Weight = Weight.MAJOR
    unit: str = ""
    decimals: int = 0
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    readings: int = 1
    options: Sequence[Mapping[str, Any]] = ()
    show_if: Mapping[str, str] = field(default_factory=dict)
    formula: str = ""
    photo_on_fail: bool = False
    gauge: bool = False
    gauge_type: str = ""
    sha256: str | None = None


def write_fields(session: Session, form: Form, fields: Sequence[FieldWritten]) -> None:
    """Put these fields in the place of a draft's; Malformed names the first that is wrong."""
    if len(fields) > MOST_FIELDS:
        raise Malformed(
            _l("A form has at most %(most)s fields.", most=MOST_FIELDS), rule="too_many_fields"
        )
    known: dict[str, FieldWritten] = {}
    for n, each in enumerate(fields):
        _require_field(session, each, known, f"fields.{n}")
        known[each.key] = each
    session.execute(delete(FormField).where(FormField.form_id == form.id))
    session.expire(form, ["fields"])
    for position, each in enumerate(fields, 1):
        values = asdict(each) | {
            "names": require_names(each.names),
            "options": _options(each),
            "show_if": dict(each.show_if),
        }
        session.add(FormField(form_id=form.id, position=position, **values))
    session.flush()


def written(form: Form) -> list[FieldWritten]:
    """Return the fields of a form as they were written, for its next revision or its history."""
    return [
        FieldWritten(**{name: getattr(each, name) for name in FieldWritten.__dataclass_fields__})
        for each in form.fields
    ]


def _require_field(
    session: Session, each: FieldWritten, known: Mapping[str, FieldWritten], where: str
) -> None:
    _require_named(each.names, where)
    if not each.key:
        raise _wrong(
            where,
            _l("The key is missing."),
            _l("A key is a small letter, then small letters, digits or _; at most 20."),
        )
    if not _KEY.fullmatch(each.key) or each.key in _TAKEN:
        raise _wrong(
            where,
            _l("“%(key)s” cannot be a key.", key=each.key[:40]),
            _l("A key is a small letter, then small letters, digits or _; at most 20."),
        )
    if each.key in known:
        raise _wrong(where, _l("The key “%(key)s” is there twice.", key=each.key))
    _require_numbers(each, where)
    if each.kind is FieldKind.CHOICE:
        _require_options(each, where)
    if each.show_if:
        _require_condition(each, known, where)
    if each.kind is FieldKind.COMPUTED:
        _require_formula(each, known, where)
    if len(each.gauge_type) > LONGEST_TYPE:
        raise _wrong(where, _l("The type of a gauge has at most %(n)s characters.", n=LONGEST_TYPE))
    if (
        each.sha256 is not None
        and session.scalar(select(File.sha256).where(File.sha256 == each.sha256)) is None
    ):
        raise _wrong(where, _l("The picture is not there any more."))


def _require_numbers(each: FieldWritten, where: str) -> None:
    if not 0 <= each.decimals <= 6 or not 1 <= each.readings <= 50:
        raise _wrong(where, _l("There are at most 6 decimals and 50 readings."))
    if each.readings > 1 and each.kind is not FieldKind.NUMBER:
        raise _wrong(where, _l("Only a measured value is read several times."))
    for low, high in ((each.low, each.high), (each.least, each.most)):
        if low is not None and high is not None and low > high:
            raise _wrong(where, _l("The lower limit is above the upper one."))
    for limit in (each.low, each.high, each.target, each.least, each.most):
        if limit is not None and limit != round(limit, each.decimals):
            raise _wrong(where, _l("A limit has more decimals than the measured value."))
    if each.target is not None and not (
        (each.low is None or each.low <= each.target)
        and (each.high is None or each.target <= each.high)
    ):
        raise _wrong(where, _l("The target is outside of the limits."))


def _require_named(names: Mapping[str, str], where: str) -> None:
    try:
        require_names(names)
    except Malformed as wrong:
        raise _wrong(where, wrong.sentence, wrong.hint) from None


def _require_options(each: FieldWritten, where: str) -> None:
    if not 2 <= len(each.options) <= MOST_OPTIONS:
        raise _wrong(where, _l("A choice has 2 to %(most)s answers.", most=MOST_OPTIONS))
    for option in each.options:
        _require_named(option.get("names", {}), where)


def _require_condition(each: FieldWritten, known: Mapping[str, FieldWritten], where: str) -> None:
    asked = known.get(each.show_if.get("key", ""))
    answers: set[str] = set()
    if asked is not None and asked.kind is FieldKind.YES_NO:
        answers = {YES, NO}
    elif asked is not None and asked.kind is FieldKind.CHOICE:
        answers = {str(n) for n in range(len(asked.options))}
    if each.show_if.get("is") not in answers:
        raise _wrong(
            where,
            _l("A field is shown after an answer to an earlier question."),
            _l("Choose a question with two buttons or a list that stands before it."),
        )


def _require_formula(each: FieldWritten, known: Mapping[str, FieldWritten], where: str) -> None:
    try:
        used = names_in(each.formula)
    except FormulaError:
        raise _wrong(
            where,
            _l("“%(formula)s” is not a formula.", formula=each.formula[:80]),
            _l("Use keys of measured values, numbers, + - * / and min, max, mean, abs, range."),
        ) from None
    measured = {
        key for key, other in known.items() if other.kind in (FieldKind.NUMBER, FieldKind.DEFECTS)
    }
    if not used or used - measured:
        raise _wrong(where, _l("A formula uses the keys of measured values that stand before it."))


def _options(each: FieldWritten) -> list[dict[str, Any]]:
    return [
        {"names": require_names(option["names"]), "good": bool(option.get("good"))}
        for option in each.options
    ]


def _wrong(where: str, sentence: Any, hint: Any = None) -> Malformed:
    return Malformed(
        sentence, hint or _l("Correct the field and save again."), rule="bad_field", field=where
    )
