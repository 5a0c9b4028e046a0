"""Every "no" of quality, with what to do next."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.configure.models import FormField, Weight
from shopfloor.core.refusals import Malformed, NotFound, Refused, Sentence
from shopfloor.core.words import InWords
from shopfloor.holds.gate import story
from shopfloor.holds.models import Hold


def verdict_missing() -> Refused:
    """Return the refusal for an inspection without a verdict."""
    return Malformed(_l("Tap OK or NG."), rule="verdict_missing", field="verdict")


def reason_missing() -> Refused:
    """Return the refusal for a release without a reason."""
    return Malformed(_l("Choose the reason."), rule="reason_missing", field="reason")


def no_lock() -> Refused:
    """Return the refusal for a lock that does not exist, or not for this person."""
    return NotFound(_l("There is no such lock."), rule="not_found")


def already_failed(session: Session, hold: Hold) -> Refused:
    """Return the refusal for failing again where no pieces wait and an inspection has locked."""
    return Refused(
        _l("Already locked: no other pieces wait here."),
        _l("A second person releases the lock; a second verdict would change nothing."),
        rule="already_locked",
        why=story(session, hold),
    )


def already_released() -> Refused:
    """Return the refusal for deciding about a lock that somebody else has released."""
    return Refused(
        _l("This lock has already been released."),
        _l("Open the lot again to see what was decided."),
        rule="already_released",
    )


def changed_meanwhile() -> Refused:
    """Return the refusal for a decision made before a last report came in under the lock."""
    return Refused(
        _l("Something was reported under this lock just now."),
        _l("Look at the held pieces again and decide about all of them."),
        rule="changed_meanwhile",
    )


def nothing_held(lot: str, sequence: int) -> Refused:
    """Return the refusal for a decision about pieces that are not held."""
    return Malformed(
        _l("Nothing of %(lot)s is held at operation %(sequence)s.", lot=lot, sequence=sequence),
        rule="nothing_held",
    )


def held_elsewhere() -> Refused:
    """Return the refusal for deciding about pieces on which another lock lies too."""
    return Refused(
        _l("Another lock is on these pieces too."),
        _l("Release this one without them; whoever releases the last one decides."),
        rule="held_elsewhere",
        field="dispositions",
    )


def sum_differs(held: Decimal, sequence: int, decided: Decimal) -> Refused:
    """Return the refusal for decisions that are not about exactly the held quantity."""
    return Refused(
        _l(
            "%(held)s pieces are held at operation %(sequence)s, but %(decided)s are decided.",
            held=held,
            sequence=sequence,
            decided=decided,
        ),
        _l("All decisions about them together must be exactly the held quantity."),
        rule="sum_differs",
        field="dispositions",
    )


def no_plan() -> Refused:
    """Return the refusal for reading values where no plan asks for any."""
    return Refused(
        _l("No plan asks for values here."), _l("Tap OK or NG for the pieces."), rule="no_plan"
    )


def not_begun() -> Refused:
    """Return the refusal for a pass of pieces that nobody has looked at as the plan asks."""
    return Refused(
        _l("A plan asks what is inspected here."),
        _l("Open the inspection and read its values. NG is possible at any time."),
        rule="not_begun",
        field="verdict",
    )


def nothing_waits(sequence: int) -> Refused:
    """Return the refusal for inspecting where nothing waits."""
    return Refused(
        _l("No pieces wait for inspection at operation %(sequence)s.", sequence=sequence),
        _l("Take the next lot from the list of waiting inspections."),
        rule="nothing_waits",
    )


def rest_changed(left: int) -> Refused:
    """Return the refusal for calling the rest good when it is not the rest any more."""
    return Refused(
        _l("Somebody has read other pieces meanwhile: %(count)s are open now.", count=left),
        _l("Look at the sample again, and say once more whether the rest is good."),
        rule="rest_changed",
        field="rest",
    )


def not_asked(field: FormField) -> Refused:
    """Return the refusal for a value that is not wanted after the answers before it."""
    return Malformed(
        _l("“%(name)s” is not asked for this piece.", name=InWords(field.names)),
        _l("Go on with the next question."),
        rule="not_asked",
        field="value",
    )


def read_already(name: str, said: str) -> Refused:
    """Return the refusal for reading over what somebody has read."""
    return Refused(
        _l("%(name)s has read %(value)s here already.", name=name, value=said),
        _l("Go on with the next piece, or correct the value and say why."),
        rule="read_already",
        field="value",
    )


def photo_missing(field: FormField | None = None) -> Refused:
    """Return the refusal for a bad value without the photo that is asked for."""
    return Malformed(
        _l("A photo belongs to “%(name)s”.", name=InWords(field.names))
        if field
        else _l("A photo belongs to this."),
        _l("Take the photo, then send it again."),
        rule="photo_missing",
        field="photo",
    )


def nothing_runs() -> Refused:
    """Return the refusal for correcting an inspection that is decided or never began."""
    return Refused(
        _l("No inspection runs here."),
        _l("What is decided stays; inspect the pieces again if they wait."),
        rule="nothing_runs",
    )


def nothing_to_correct() -> Refused:
    """Return the refusal for correcting a value that nobody has read."""
    return Refused(_l("This was not read yet."), _l("Read it first."), rule="not_read")


def no_such_value() -> Refused:
    """Return the refusal for a form that names no value at all."""
    return Malformed(_l("This was not read yet."), _l("Read it first."), rule="not_read")


def unfinished(missing: int) -> Refused:
    """Return the refusal for a pass while something of the plan is not answered."""
    return Refused(
        _l("%(count)s values of the plan are missing.", count=missing),
        _l("Read them first. NG is possible at any time."),
        rule="unfinished",
        field="verdict",
    )


def too_many_bad(weight: Weight, bad: int, accept: int) -> Refused:
    """Return the refusal for a pass when more are bad than the plan lets through."""
    return Refused(
        _l(
            "Bad (%(weight)s): %(bad)s. At most %(accept)s may be.",
            bad=bad,
            weight=weight_name(weight),
            accept=accept,
        ),
        _l("This sample fails: tap NG. A second person decides about the pieces."),
        rule="too_many_bad",
        field="verdict",
    )


def measured_badly(gauge: str) -> Refused:
    """Return the refusal for a pass on values of a gauge that was found bad."""
    return Refused(
        _l("Something here was measured with gauge %(number)s, which was found bad.", number=gauge),
        _l("Correct these values: measure again with another gauge. NG is possible at any time."),
        rule="gauge_bad",
        field="verdict",
    )


def weight_name(weight: Weight) -> Sentence:
    """Return what a class of characteristics is called."""
    names: dict[Weight, Sentence] = {
        Weight.CRITICAL: _l("critical"),
        Weight.MAJOR: _l("major"),
        Weight.MINOR: _l("minor"),
    }
    return names[weight]


def said_twice(first: str, then: str) -> Malformed:
    """Return the refusal for two answers to one question in one and the same entry."""
    return Malformed(
        _l("One value is sent twice: %(first)s and %(then)s.", first=first, then=then),
        _l("Send what was read, once."),
        rule="said_twice",
    )


def being_inspected() -> Refused:
    """Return the refusal for taking back how pieces came into a lot that is being inspected."""
    return Refused(
        _l("These pieces are being inspected."),
        _l("Finish the inspection. Then split or join them anew."),
        rule="being_inspected",
    )


def more_than_sampled(sampled: Decimal) -> Refused:
    """Return the refusal for letting more pieces go than the sample was drawn from."""
    return Refused(
        _l("The sample stands for %(quantity)s pieces.", quantity=sampled),
        _l("Let these go, then inspect the others."),
        rule="more_than_sampled",
        field="quantity",
    )
