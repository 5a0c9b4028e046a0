"""The part of the loop that delivers: threads of its own, so that nobody waits for a receiver."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.webhooks.delivering import deliver
from shopfloor.webhooks.models import Delivery, Webhook

LOOKS_EVERY = 1.0  # seconds
AT_ONCE = 4
log = logging.getLogger("shopfloor.webhooks")


def due() -> list[int]:
    """Return the webhooks for which something waits to be sent now; one statement."""
    db.session.rollback()
    return list(db.session.scalars(_due()))


def _due() -> Select[int]:
    asked = exists().where(Delivery.webhook_id == Webhook.id, Delivery.tried_at.is_(None))
    last = select(func.max(Event.id)).scalar_subquery()
    goes_on = (
        Webhook.paused_at.is_(None)
        & or_(Webhook.next_at.is_(None), Webhook.next_at <= clock.now())
        & (Webhook.heard_id < last)
    )
    return (
        select(Webhook.id)
        .where(Webhook.removed_at.is_(None), or_(goes_on, asked))
        .order_by(Webhook.id)
    )


class Deliverers:
    """A few threads that deliver, each one webhook at a time."""

    def __init__(self, app: Flask) -> None:
        """Start nothing yet."""
        self.app = app
        self._busy: set[int] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")

    def start(self) -> None:
        """Look for what is due from now on, as long as this process lives."""
        threading.Thread(target=self._look, name="webhooks", daemon=True).start()

    def _look(self) -> None:
        while True:
            with self.app.app_context():
                try:
                    for webhook_id in due():
                        self._take(webhook_id)
                except SQLAlchemyError:
                    log.exception("Looking for webhooks met an error; it is tried again.")
                finally:
                    db.session.remove()
            time.sleep(LOOKS_EVERY)

    def _take(self, webhook_id: int) -> None:
        with self._lock:
            if webhook_id in self._busy:
                return
            self._busy.add(webhook_id)
        self._pool.submit(self._deliver, webhook_id)

    def _deliver(self, webhook_id: int) -> None:
        with self.app.app_context():
            try:
                deliver(webhook_id)
            except Exception:
                log.exception("Webhook %s met an error; it is tried again.", webhook_id)
            finally:
                db.session.remove()
                with self._lock:
                    self._busy.discard(webhook_id)
