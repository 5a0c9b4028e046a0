"""How the product says no: a sentence for the worker, and what he can do next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol


class Sentence(Protocol):
    """Text that is put into the reader's language when it is shown."""

    def __str__(self) -> str:
        """Return the text in the language of the moment."""
        ...


@dataclass(frozen=True)
class Why:
    """The facts behind a lock, for the card that answers "why can't I?"."""

    reason: Sentence
    opened_by: str
    since: Any
    releasers: tuple[str, ...] = ()
    more: int = 0  # further people who can release it, beside those named
    hold_id: int | None = None


@dataclass(frozen=True)
class WayOn:
    """The button under a no that does something about it: the page it opens, and its word."""

    endpoint: str
    values: Mapping[str, Any]
    label: Sentence
    icon: str = "arrow-right"


class Refused(Exception):  # noqa: N818 - it is an answer, not an error
    """A "no" that is shown to the person with everything typed still in the form.

    `more` is what a program hears besides the sentence; `fields` says what is wrong where, when a
    form has several mistakes.
    """

    status = 409
    # Where the page leads whoever was refused: an endpoint with its values, and the button's word.
    leads_to: "WayOn | None" = None
    more: Mapping[str, Any] = MappingProxyType({})
    fields: Mapping[str, Sentence] = MappingProxyType({})

    def __init__(
        self,
        sentence: Sentence,
        hint: Sentence | str = "",
        *,
        rule: str = "refused",
        why: Why | None = None,
        field: str = "",
    ) -> None:
        """Say no: `rule` is the stable word programs and counters know it by."""
        super().__init__(rule)
        self.sentence, self.hint, self.rule, self.why, self.field = sentence, hint, rule, why, field

    def __str__(self) -> str:
        """Return the sentence in the language of the moment."""
        return str(self.sentence)


def all_at_once(checks: Iterable[Callable[[], object]]) -> None:
    """Run checks of one form, and raise one Malformed that marks every field that is wrong."""
    wrong: list[Malformed] = []
    for check in checks:
        try:
            check()
        except Malformed as refusal:
            wrong.append(refusal)
    if wrong:
        wrong[0].fields = {refusal.field: refusal.sentence for refusal in reversed(wrong)}
        raise wrong[0]


class NotYours(Refused):
    """The person lacks the verb anywhere."""

    status = 403


class NotFound(Refused):
    """It does not exist, or lies outside what this person may see."""

    status = 404


class Parked(Refused):
    """A no to what was done offline, which is not lost by it: it is kept, and somebody decides."""

    status = 202


class Malformed(Refused):
    """The entry itself cannot be read: nothing could make it acceptable later."""

    status = 422
