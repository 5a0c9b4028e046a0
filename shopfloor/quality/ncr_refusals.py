"""Every "no" about nonconformances."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, NotFound, Refused, Sentence


class _Points:
    """Some sentences in a row, in the language of whoever reads them."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        """Keep them as they are: they are put into words when they are shown."""
        self._sentences = sentences

    def __str__(self) -> str:
        """Return all of them."""
        return " ".join(str(each) for each in self._sentences)


def nothing_there() -> Refused:
    """Return the refusal for a nonconformance that is not there, or not for this person."""
    return NotFound(
        _l("There is no such nonconformance."),
        _l("Look for it in the list of nonconformances."),
        rule="not_found",
    )


def not_done(open_points: Sequence[Sentence]) -> Refused:
    """Return the refusal for closing what is not settled, with everything that is open."""
    no = Refused(
        _l("Not everything is settled: %(points)s", points=_Points(open_points)),
        _l("Settle this first; then it closes by itself."),
        rule="still_open",
    )
    no.more = {"open": [str(each) for each in open_points]}
    return no


def closed_already() -> Refused:
    """Return the refusal for closing twice."""
    return Refused(
        _l("This nonconformance is closed."),
        _l("What was decided stands on its page."),
        rule="closed",
    )


def bad_field(what: str, field: str = "") -> Refused:
    """Return the refusal for a quantity, an operation or a person that does not fit."""
    sentences = {
        "quantity": _l("This is no quantity of this item."),
        "found_at": _l("Choose an operation of this order."),
        "made_at_unknown": _l("Choose an operation of this order."),
        "made_at": _l("Pieces cannot have been made bad after they were found."),
        "owner": _l("Choose a person who works here."),
        "deadline": _l("This day is over: choose today or a later one."),
        "cause_note": _l("Say the cause in at most 500 characters."),
        "photos": _l("At most 20 photos belong to a nonconformance."),
    }
    hints = {"photos": _l("Keep the ones that show it best, and untick the others.")}
    field = field or what
    return Malformed(sentences[what], hints.get(what, ""), rule=f"bad_{field}", field=field)
