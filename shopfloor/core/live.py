"""Live pages: one look at the event log for everybody who waits, and a word when it has grown.

A page that is open hears only that something has happened; it then asks for its part again, with
the rights of whoever reads it. So a stream holds no database session and tells no secrets.
"""

import logging
import threading
import time
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import Select, func, select

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


class Ticker:
    """Looks for new entries while somebody waits; its count goes up with every change it sees."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self.count = 0
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

    def close(self) -> None:
        """End all streams: the server stops."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def _watch(self, app: Flask) -> None:
        with app.app_context():
            known = _mark()
            while self._is_wanted():
                time.sleep(LOOKS_EVERY)
                try:
                    mark = _mark()
                except Exception:
                    log.exception("The event log cannot be read; trying again.")
                    continue
                if mark != known:
                    known = mark
                    with self._changed:
                        self.count += 1
                        self._changed.notify_all()

    def _is_wanted(self) -> bool:
        with self._changed:
            self._looking = self._streams > 0 and not self.closed
            return self._looking


def _mark() -> tuple[int, int]:
    """Return what changes with every new entry: the last one's number and how many came lately."""
    try:
        last = db.session.scalar(select(func.max(Event.id))) or 0
        return last, db.session.scalar(_since(last - _RECENT)) or 0
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
    yield "retry: 2000\n\n"
    while not ticker.closed and time.monotonic() < ends:
        now = ticker.wait(seen, SAYS_HERE_EVERY)
        yield "event: change\ndata:\n\n" if now != seen else ": here\n\n"
        seen = now
        time.sleep(RESTS)


# One for all streams of this process.
TICKER = Ticker()
