"""The write path: one command, one action, one transaction, one event."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints

from flask_babel import lazy_gettext as _l
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from shopfloor.core import actions, events, parking
from shopfloor.core.actions import Act, Outcome
from shopfloor.core.db import transaction
from shopfloor.core.events import Change, Effect, EventKind, Recorded, Role, Where
from shopfloor.core.refusals import Refused
from shopfloor.core.types import canonical

P = ParamSpec("P")
R = TypeVar("R")


class Gate(StrEnum):
    """What a command does with a held thing: use and move are refused, judging is allowed."""

    USE = "use"
    MOVE = "move"
    JUDGE = "judge"
    NONE = "none"


class AlreadyBooked(Refused):
    """The action id was used before for something else: the person hears what was booked."""

    def __init__(self, command: str, answer: object = None) -> None:
        """Carry the stored answer, unless it is another command's."""
        super().__init__(
            _l("This entry was already booked with other values. What was booked is shown here."),
            _l("If you have more to report, enter it again in the fresh form."),
            rule="already_booked",
        )
        self.answer = answer
        self.more = {"booked": {"command": command}}


@dataclass
class Tx:
    """One command at work: its session, who does it, and the one event it leaves."""

    session: Session
    act: Act
    gate: Gate
    gate_asked: bool = False
    event: Recorded | None = None
    reacted: bool = False

    def record(
        self,
        kind: EventKind,
        where: Where,
        payload: Mapping[str, Any],
        *,
        about: Iterable[int | None] = (),
        used: Iterable[int] = (),
        made: Iterable[int] = (),
        moved: Iterable[int] = (),
        changes: Iterable[Change] = (),
        **links: int | None,
    ) -> Recorded:
        """Write the command's one event; rows that belong to it are written afterwards."""
        if self.event is not None:
            raise RuntimeError("a command records exactly one event")
        if self.gate in (Gate.USE, Gate.MOVE) and not self.gate_asked:
            raise RuntimeError(f"{kind.name}: the gate was not asked, so nothing may pass")
        self.session.flush()
        subjects = [
            *((s, Role.ABOUT) for s in about if s is not None),
            *((s, Role.USED) for s in used),
            *((s, Role.MADE) for s in made),
            *((s, Role.MOVED) for s in moved),
        ]
        self.event = events.write(
            self.session, kind, self.act, where, subjects, payload, changes, **links
        )
        return self.event

    def react(self) -> tuple[Effect, ...]:
        """Run the reactions of the rooms above, in their listed order; once per command.

        A command that shows the effects in its answer calls this when its rows are written;
        for the others it runs at the end. A reaction that fails refuses the whole command.
        """
        if self.event is None:
            raise RuntimeError("a command records an event")
        if not self.reacted:
            self.reacted = True
            self.session.flush()
            for reaction in events.REACTIONS.get(self.event.kind, ()):
                effect = reaction(self, self.event)
                if effect is not None:
                    self.event.effects.append(effect)
        return tuple(self.event.effects)


@dataclass
class Command(Generic[P, R]):
    """A thing people do: call it with an Act and plain values, get a frozen answer."""

    body: Callable[Concatenate[Tx, P], R]
    gate: Gate
    because: str

    def __post_init__(self) -> None:
        """Take the body's name and text, and learn how to keep its answer."""
        update_wrapper(self, self.body)
        self.name = self.body.__name__
        COMMANDS[self.name] = self

    @property
    def answer_type(self) -> TypeAdapter[R]:
        """Return how the answer is written to and read from the action's row."""
        if self.name not in _ADAPTERS:
            _ADAPTERS[self.name] = TypeAdapter(get_type_hints(self.body)["return"])
        return _ADAPTERS[self.name]

    def __call__(self, act: Act, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it once; a repeat of the same action hears the first answer.

        Raises Refused for every "no", AlreadyBooked when the id was used with other arguments,
        Parked when it was done offline and is now kept for somebody to decide.
        """
        try:
            with transaction() as session:
                return self.within(session, act, *args, **kwargs)
        except Refused as no:
            if not parking.parks(act, self.name, no):
                raise
            # A send of the same entry may have been booked since the no: then that is the answer.
            with transaction() as session:
                prior = parking.park(session, act, self.name, kwargs, no)
                if prior is not None:
                    return self._booked_before(session, prior, kwargs)
            raise parking.parked(no.sentence) from no

    def within(self, session: Session, act: Act, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it in a transaction that runs; only what was parked is carried out in another's."""
        passes = self.gate in (Gate.USE, Gate.MOVE)
        prior = actions.claim(session, act, self.name, kwargs, passes=passes)
        if prior is not None:
            return self._booked_before(session, prior, kwargs)
        if act.no is not None:
            raise act.no
        tx = Tx(session, act, self.gate)
        answer = self.body(tx, *args, **kwargs)
        effects = tx.react()
        assert tx.event is not None  # noqa: S101 - react() has just made sure
        actions.settle(
            session,
            act,
            tx.event.id,
            self.answer_type.dump_json(answer).decode(),
            canonical([vars(effect) for effect in effects]),
        )
        return answer

    def _booked_before(self, session: Session, prior: actions.Action, kwargs: dict[str, Any]) -> R:
        if prior.command != self.name:
            raise AlreadyBooked(prior.command)
        if prior.outcome is Outcome.PARKED:
            raise parking.parked_before(session, prior.id)
        answer = self.answer_type.validate_json(prior.answer or "null")
        if actions.fingerprint(self.name, kwargs)[1] != prior.arguments_hash:
            raise AlreadyBooked(prior.command, answer)
        return answer


COMMANDS: dict[str, Command[Any, Any]] = {}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def command(
    gate: Gate, because: str = ""
) -> Callable[[Callable[Concatenate[Tx, P], R]], Command[P, R]]:
    """Declare a command and its gate; `because` says why held things do not concern it."""
    if gate in (Gate.NONE, Gate.JUDGE) and not because:
        raise ValueError("a command that passes held things says why")

    def declare(body: Callable[Concatenate[Tx, P], R]) -> Command[P, R]:
        return Command(body, gate, because)

    return declare
