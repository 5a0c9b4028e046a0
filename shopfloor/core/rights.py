"""What a person may do and where: verbs with scopes, asked without touching the database."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import NotFound, NotYours, Sentence

EVERYWHERE = None
# Which roles carry a verb is known to the room of the people; asked only when somebody is refused.
_WHO_MAY: list[Callable[[str], Sentence]] = []


def register(who_may: Callable[[str], Sentence]) -> None:
    """Take what says who may do what a verb allows."""
    _WHO_MAY[:] = [who_may]


def lacking(verb: str) -> NotYours:
    """Return the no to whoever lacks a verb, with who may instead."""
    hint = _WHO_MAY[0](verb) if _WHO_MAY else ""
    return NotYours(_l("You do not have the right to do this."), hint, rule="no_right")


@dataclass(frozen=True)
class Rights:
    """The verbs of a person; each with the subject id it is limited to, or EVERYWHERE."""

    grants: frozenset[tuple[str, int | None]] = frozenset()

    def may(self, verb: str, *where: int | None) -> bool:
        """Say whether the verb is granted everywhere or at one of the given subjects."""
        if (verb, EVERYWHERE) in self.grants:
            return True
        return any((verb, scope) in self.grants for scope in where if scope is not None)

    def has(self, verb: str) -> bool:
        """Say whether the verb is granted anywhere at all."""
        return any(granted == verb for granted, _scope in self.grants)

    def scopes(self, verb: str) -> frozenset[int] | None:
        """Return the subjects the verb is limited to, or None when it holds everywhere."""
        if (verb, EVERYWHERE) in self.grants:
            return None
        return self.named(verb)

    def named(self, verb: str) -> frozenset[int]:
        """Return the subjects the verb is granted at by name, though it may hold everywhere too."""
        return frozenset(s for granted, s in self.grants if granted == verb and s is not None)

    def require(self, verb: str, *where: int | None) -> None:
        """Raise NotYours (403) without the verb, NotFound (404) outside its scope."""
        if not self.has(verb):
            raise lacking(verb)
        if not self.may(verb, *where):
            raise NotFound(_l("There is nothing here under this code."), rule="not_found")

    def only(self, verbs: frozenset[str]) -> "Rights":
        """Return these rights cut down to some verbs, as a shared device or a token has them."""
        return Rights(frozenset(grant for grant in self.grants if grant[0] in verbs))
