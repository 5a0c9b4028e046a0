"""Texts of a told story: where they name its things, a copy puts its own."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from shopfloor.core.types import canonical

# Which ids stand in the texts of events and of actions, and of which table.
IN_PAYLOADS = {
    "lot": "subject", "operation": "subject", "item": "subject", "subject": "subject",
    "from": "subject", "to": "subject", "order": "subject", "person": "subject",
    "back_to": "subject", "made": "subject", "ncr": "subject",
    "job": "job", "hold": "hold", "undoes": "event", "signature": "signature",
}  # fmt: skip
IN_ACTIONS = {
    "id": "subject", "lot": "subject", "order_id": "subject", "subject_id": "subject",
    "item_id": "subject", "lot_id": "subject", "operation_id": "subject", "person_id": "subject",
    "station_id": "subject", "event_id": "event", "job_id": "job", "hold_id": "hold",
    "signature_id": "signature", "undoes": "event",
}  # fmt: skip
# Characters that no text of the factory has mark what a copy replaces.
_MARK = re.compile('("?)\ue000([a-z]+):([^\ue001]*)\ue001("?)')


class Copy(Protocol):
    """What differs from copy to copy."""

    name: str
    number: str
    delta: timedelta
    days: int
    due: date
    events: list[int]
    others: Mapping[int, int]
    codes: Sequence[str]
    starts: Mapping[str, int]
    action: int


Maker = Callable[[Copy], Any]


class Texts:
    """Finds what a text says of its own story, and lets copies say it of theirs."""

    def __init__(
        self,
        number: str,
        codes: Mapping[str, int],
        id_maker: Callable[[str, int], Maker | None],
    ) -> None:
        """Take the order's number, the codes of its things, and how a copy makes an id."""
        self.number, self.codes, self.id_maker = number, codes, id_maker

    def maker(self, value: str, keys: Mapping[str, str] | None) -> Maker | None:
        """Return the maker of a text that names things of the story, or None.

        `keys` says which values of its JSON are ids of which table; without it the text is plain.
        """
        if keys is not None:
            marked = canonical(self._marked(json.loads(value), keys, ""))
        else:
            marked = self._mark_words(value)
        if "\ue000" not in marked:
            return None
        return self._compiled(marked)

    def _marked(self, value: Any, keys: Mapping[str, str], key: str) -> Any:
        if isinstance(value, dict):
            return {name: self._marked(each, keys, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self._marked(each, keys, key) for each in value]
        if isinstance(value, str | int) and not isinstance(value, bool) and key in keys:
            known = str(value).isdigit() and self.id_maker(keys[key], int(value))
            if known:
                kind = "text" if isinstance(value, str) else "number"
                return f"\ue000{kind}:{keys[key]} {value}\ue001"
        if isinstance(value, str):
            if key in ("day", "due"):
                return f"\ue000day:{value}\ue001"
            return self._mark_words(value)
        return value

    def _mark_words(self, value: str) -> str:
        if value in self.codes:
            return f"\ue000code:{self.codes[value]}\ue001"
        return value.replace(self.number, "\ue000order:\ue001")

    def _compiled(self, marked: str) -> Maker:
        """Return what puts a copy's own words into the places that are marked."""
        parts: list[str | Maker] = []
        end = 0
        for found in _MARK.finditer(marked):
            opened, kind, what, closed = found.groups()
            whole = kind == "number" and opened and closed
            parts.append(marked[end : found.start()] + ("" if whole else opened))
            parts.append(self._word(kind, what))
            parts.append("" if whole else closed)
            end = found.end()
        parts.append(marked[end:])
        makers = [(n, part) for n, part in enumerate(parts) if not isinstance(part, str)]
        fixed = [part if isinstance(part, str) else "" for part in parts]

        def compose(copy: Copy) -> str:
            words = fixed.copy()
            for n, make in makers:
                words[n] = make(copy)
            return "".join(words)

        return compose

    def _word(self, kind: str, what: str) -> Maker:
        if kind == "code":
            place = int(what)
            return lambda copy: copy.codes[place]
        if kind == "order":
            return lambda copy: copy.number
        if kind == "day":
            day = date.fromisoformat(what)
            return lambda copy: (day + timedelta(copy.days)).isoformat()
        table, _, value = what.partition(" ")
        make = self.id_maker(table, int(value))
        if make is None:
            raise RuntimeError(f"{what} was marked, and nothing makes it")
        return lambda copy: str(make(copy))
