"""Live pages: one look at the event log for everybody who waits, and a word when it has grown.

A page that is open hears only that something has happened; it then asks for its part again, with
the rights of whoever reads it. So a stream holds no database session and tells no secrets.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from flask import Flask
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shopfloor.core.db import db
from shopfloor.core.events import Event

LOOKS_EVERY = 0.5  # seconds
# A proxy gives a silent connection up after a minute.
SAYS_HERE_EVERY = 20.0
# Then the page connects again and is asked again who it is.
LASTS = 300.0
# Pages are drawn anew at most so often, however fast the entries come.
RESTS = 1.0
# Every stream is a connection that stays; who comes when all are taken asks again and again.
MOST = 200
# On PostgreSQL an older entry may be committed after a younger one: the last ones are counted.
_RECENT = 500
log = logging.getLogger(__name__)
# What changes when there is news of some kind, by the name under which pages hear of it.
Marks = Callable[[Session], Mapping[str, object]]
_MARKS: list[Marks] = []
_Mark = tuple[int, int]
_Seen = tuple[_Mark, Mapping[str, object]]


def register(marks: Marks) -> None:
    """Take what open pages are told by name at once, beside that something was recorded."""
    _MARKS[:] = [marks]


class Ticker:
    """Looks for new entries while somebody waits; its count goes up with every change it sees."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self.count = 0
        self._news: dict[str, int] = {}
        self.closed = False
        self._changed = threading.Condition()
        self._streams = 0
        self._looking = False

    def enter(self) -> bool:
        """Take a place for a stream; False when there is none left or the server stops."""
        with self._changed:
            if self.closed or self._streams >= MOST:
                return False
            self._streams += 1
            return True

    def leave(self) -> None:
        """Give a place back."""
        with self._changed:
            self._streams -= 1

    def look(self, app: Flask) -> None:
        """Begin to look for entries, unless that is done already."""
        with self._changed:
            if self._looking:
                return
            self._looking = True
        threading.Thread(target=self._watch, args=(app,), name="live", daemon=True).start()

    def wait(self, seen: int, seconds: float) -> int:
        """Return the count as soon as it is not `seen` any more, or after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or self.count != seen, seconds)
            return self.count

    def news_since(self, seen: int) -> list[str]:
        """Return the names of the news there has been since a count."""
        with self._changed:
            return [name for name, count in self._news.items() if count > seen]

    def close(self) -> None:
        """End all streams: the server stops."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def _watch(self, app: Flask) -> None:
        with app.app_context():
            known: _Seen | None = None
            seen: _Seen | None
            while self._is_wanted():
                try:
                    # While nothing is recorded there is no news either, and nothing more is asked.
                    seen = known if known and known[0] == _mark() else _look()
                except Exception:
                    log.exception("The event log cannot be read; trying again.")
                    seen = known
                if known and seen and seen != known:
                    self._tell([name for name in seen[1] if seen[1][name] != known[1].get(name)])
                known = seen
                time.sleep(LOOKS_EVERY)

    def _tell(self, names: Iterable[str]) -> None:
        with self._changed:
            self.count += 1
            self._news |= dict.fromkeys(names, self.count)
            self._changed.notify_all()

    def _is_wanted(self) -> bool:
        with self._changed:
            self._looking = self._streams > 0 and not self.closed
            return self._looking


def _look() -> _Seen:
    """Return the mark and the news of one moment: nothing was recorded between the two."""
    while True:
        mark, news = _mark(), _news()
        if _mark() == mark:
            return mark, news


def _mark() -> _Mark:
    """Return what changes with every new entry: the last one's number and how many came lately."""
    try:
        last = db.session.scalar(select(func.max(Event.id))) or 0
        return last, db.session.scalar(_since(last - _RECENT)) or 0
    finally:
        db.session.remove()


def _news() -> Mapping[str, object]:
    """Return what changes with the news of each kind."""
    try:
        return {name: sign for marks in _MARKS for name, sign in marks(db.session()).items()}
    finally:
        db.session.remove()


def _since(event_id: int) -> Select[int]:
    return select(func.count()).select_from(Event).where(Event.id > event_id)


def stream(ticker: Ticker, app: Flask) -> Iterator[str]:
    """Yield a server-sent event for every change until it is time to connect again.

    The caller has entered, and leaves when the answer is closed.
    """
    ticker.look(app)
    ends, seen = time.monotonic() + LASTS, ticker.count
    drawn, rested = seen, 0.0
    yield "retry: 2000\n\n"
    while not ticker.closed and (now_at := time.monotonic()) < ends:
        pending = drawn != seen
        now = ticker.wait(seen, max(0.0, rested - now_at) if pending else SAYS_HERE_EVERY)
        # News is told at once; the rest at most so often, however fast the entries come.
        said = "".join(f"event: {name}\ndata:\n\n" for name in ticker.news_since(seen))
        if now != drawn and time.monotonic() >= rested:
            said += "event: change\ndata:\n\n"
            drawn, rested = now, time.monotonic() + RESTS
        if said or (now == seen and not pending):
            yield said or ": here\n\n"
        seen = now


# One for all streams of this process.
TICKER = Ticker()
