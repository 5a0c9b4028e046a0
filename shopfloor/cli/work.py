"""`work`: the loop beside the web server, which does what is due and nobody waits for."""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from flask.logging import default_handler
from sqlalchemy import func, select

from shopfloor.alerts.climbing import run_climbs
from shopfloor.alerts.overdue import run_overdue
from shopfloor.cli.database import prepared
from shopfloor.cli.renewal import Renewal
from shopfloor.cli.settings import read_settings
from shopfloor.core import clock
from shopfloor.core.actions import Act, Action
from shopfloor.core.alone import alone
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.core.reconcile import keep_check, run_checks
from shopfloor.core.this_app import this_app
from shopfloor.exchange.running import run_waiting
from shopfloor.people.sweeping import sweep
from shopfloor.plant.models import Site
from shopfloor.quality.patrols import add_patrols
from shopfloor.quality.retests import add_retests
from shopfloor.scanning.log import sweep as sweep_scans
from shopfloor.webhooks.running import Deliverers

WAKES_EVERY = 30.0  # seconds
LOOKS_EVERY = 1.0  # for imports that wait
# In the quietest hour; a server that is off at night does it when it is on again.
NIGHT_HOUR = 2
log = logging.getLogger("shopfloor.work")


@click.command("work")
@with_appcontext
@prepared
def work() -> None:
    """Run what is due, again and again, until stopped."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s: %(message)s")
    current_app.logger.removeHandler(default_handler)  # or each line would be there twice
    renewal = Renewal(read_settings())
    Deliverers(this_app()).start()
    while True:
        run_due()
        renewal.run_due(clock.now())
        rest()


def rest() -> None:
    """Wait for the next waking; whoever has uploaded a file is not made to wait for that."""
    until = time.monotonic() + WAKES_EVERY
    while time.monotonic() < until:
        for job in (run_waiting, run_climbs):
            try:
                job()
            except Exception:
                log.exception("%s met an error; it is tried again.", job.__name__)
            finally:
                db.session.remove()
        time.sleep(LOOKS_EVERY)


def run_due() -> None:
    """Run every job that is due now; an error is logged and tried again at the next waking."""
    for job in (_run_nights, _add_patrols, _add_retests, run_overdue):
        try:
            job()
        except Exception:
            log.exception("The loop met an error and goes on.")
        finally:
            db.session.remove()


def _run_nights() -> None:
    for night in nights_due(clock.now()):
        run_nightly(night)


def _add_patrols() -> None:
    # Two hosts of one database look one after the other; whoever comes second finds none due.
    add_patrols(clock.now())


def _add_retests() -> None:
    add_retests(clock.now())


def nights_due(now: datetime) -> Iterator[str]:
    """Yield the ids of the nights that have no check yet: one for each time zone with a site."""
    sites = db.session.execute(select(Site.zone, func.min(Site.id)).group_by(Site.zone)).all()
    for zone, site_id in sites:
        local = now.astimezone(ZoneInfo(zone))
        night = f"night.{site_id}.{local:%Y-%m-%d}"
        if local.hour >= NIGHT_HOUR and not _done(night):
            yield night


def run_nightly(night: str) -> None:
    """Check the ledger and sweep, once for this night, on one host only."""
    with alone("nightly") as ours:
        if not ours or _done(night):
            return
        sweep()
        sweep_scans()
        found = run_checks()
        kept = keep_check(Act(night, None, when=When(clock.now())), found=found)
        log.info("Checked the ledger for %s: %s differences.", night, kept.differences)


def _done(night: str) -> bool:
    db.session.rollback()
    return db.session.get(Action, night) is not None


def _leave(_number: int, _frame: object) -> None:
    # At once: an exception could be raised where nobody hears it. What was open is rolled back by
    # the database, and taking the program apart in memory would take longer than a stop may last.
    logging.shutdown()
    os._exit(0)
