"""Reading one answer: what was meant, whether it is good, and what else is asked after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.configure.formulas import computed
from shopfloor.configure.models import FieldKind, FormField
from shopfloor.core.forms import read_measure
from shopfloor.core.refusals import Malformed, Refused

YES, NO = "yes", "no"
LONGEST_TEXT = 500
MOST_DEFECTS = 10_000
# What was answered so far, by the field's key; several readings in their order.
Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """One answer as it is kept: its text, the number in it, and whether it is good.

    `good` is None where a field judges nothing, such as a text or a photo.
    """

    text: str
    number: Decimal | None = None
    good: bool | None = None


def read_answer(field: FormField, text: str, *, sure: bool = False) -> Answer:
    """Return an answer as it is kept; Malformed when it is none to this field.

    A measurement outside of what is plausible is refused once: whoever sends it again is `sure`.
    """
    text = text.strip()
    match field.kind:
        case FieldKind.NUMBER:
            return _measured(field, text, sure)
        case FieldKind.YES_NO:
            if text not in (YES, NO):
                raise _not_an_answer()
            return Answer(text, good=text == YES)
        case FieldKind.CHOICE:
            if not text.isdecimal() or not int(text) < len(field.options):
                raise _not_an_answer()
            return Answer(str(int(text)), good=bool(field.options[int(text)].get("good")))
        case FieldKind.DEFECTS:
            number = read_measure(text)
            if number is None or number != int(number) or not 0 <= number <= MOST_DEFECTS:
                raise _not_an_answer()
            return Answer(str(int(number)), number, number == 0)
        case FieldKind.TEXT | FieldKind.PHOTO if 0 < len(text) <= LONGEST_TEXT:
            return Answer(text)
        case _:
            raise _not_an_answer()


def good_answer(field: FormField) -> str | None:
    """Return the one answer that is good; None where there are several, or one has to measure."""
    match field.kind:
        case FieldKind.YES_NO:
            return YES
        case FieldKind.DEFECTS:
            return "0"
        case FieldKind.CHOICE:
            good = [str(at) for at, option in enumerate(field.options) if option.get("good")]
            return good[0] if len(good) == 1 else None
        case _:
            return None


def is_asked(field: FormField, answers: Answers) -> bool:
    """Say whether a field is asked at all, after what was answered before it."""
    if field.kind is FieldKind.COMPUTED:
        return False
    if not field.show_if:
        return True
    return field.show_if["is"] in answers.get(field.show_if["key"], ())


def compute(field: FormField, numbers: Mapping[str, Sequence[Decimal]]) -> Answer | None:
    """Return the answer of a computed field; None while a value it needs is missing."""
    value = computed(field.formula, numbers)
    if value is None:
        return None
    rounded = round(value, field.decimals)
    return Answer(f"{rounded:f}", rounded, within(field, rounded))


def within(field: FormField, number: Decimal) -> bool:
    """Say whether a number lies within the limits; both limits are still good."""
    return (field.low is None or field.low <= number) and (
        field.high is None or number <= field.high
    )


def _measured(field: FormField, text: str, sure: bool) -> Answer:
    number = read_measure(text)
    if number is None:
        raise _not_an_answer()
    if number != round(number, field.decimals):
        raise Malformed(
            _l("This is measured with at most %(count)s decimals.", count=field.decimals),
            rule="too_many_decimals",
            field="value",
        )
    if not sure and not is_plausible(field, number):
        raise Refused(
            _l("Is %(value)s right? It is far from what is expected.", value=text),
            _l("If it is right, tick that you have looked again and save; otherwise correct it."),
            rule="implausible",
            field="value",
        )
    return Answer(f"{number:f}", number, within(field, number))


def is_plausible(field: FormField, number: Decimal) -> bool:
    """Say whether a number is within what a field expects; outside of it one has to be sure."""
    return (field.least is None or field.least <= number) and (
        field.most is None or number <= field.most
    )


def _not_an_answer() -> Malformed:
    return Malformed(
        _l("This is not an answer to the question."),
        _l("Look at it again, and answer it as it is asked."),
        rule="bad_answer",
        field="value",
    )
