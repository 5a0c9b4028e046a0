"""`replay-log`: a factory's event log, booked through the commands that people use."""

import gc
import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from shopfloor.cli.database import prepared
from shopfloor.cli.replay.factory import build_plant, require_empty_or_same
from shopfloor.cli.replay.inspecting import InspectingPlayer
from shopfloor.cli.replay.log import Log, read_log
from shopfloor.cli.replay.play import Lock, Player, first_failures, timeline
from shopfloor.cli.replay.reviewing import fate
from shopfloor.cli.replay.sheet import inspected_activities
from shopfloor.cli.replay.totals import inspections, locked_orders, totals
from shopfloor.core.db import db


@click.command("replay-log")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--lock",
    type=click.Choice([lock.value for lock in Lock]),
    help="Fail an inspection at the first such row of each order.",
)
@click.option("--inspect", is_flag=True, help="Inspect, lock and release as the log has it.")
@click.option(
    "--release-after",
    type=click.FloatRange(min=0, max=24 * 365),
    default=8,
    show_default=True,
    metavar="HOURS",
    help="With --inspect: how long a lock lasts, in the time of the log.",
)
@click.option("--json", "_json", is_flag=True, help="The answer is JSON in any case.")
@with_appcontext
@prepared
def replay_log(
    file: Path, lock: str | None, inspect: bool, release_after: float, _json: bool
) -> None:
    """Replay a factory's event log into an empty database and print what came of it."""
    if lock and inspect:
        raise click.UsageError("--lock and --inspect are two ways to replay a log: choose one.")
    # Thousands of short transactions: what is loaded by now is never garbage.
    gc.freeze()
    gc.set_threshold(50_000)
    delay = timedelta(minutes=round(60 * release_after)) if inspect else None
    answer = replay(file, Lock(lock) if lock else None, delay)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def replay(
    file: Path, lock: Lock | None = None, release_after: timedelta | None = None
) -> dict[str, Any]:
    """Book every row of the file; run again after an interruption, it goes on where it stopped.

    With `release_after` what the log inspects is inspected, and a fail locks for so long.
    """
    began = time.monotonic()
    log = read_log(file)
    player = _player(log, lock, release_after)
    with click.progressbar(timeline(log.rows), label="Replaying", file=sys.stderr) as moments:
        for moment in moments:
            player.play(moment)
    player.end()
    db.session.rollback()
    refused = player.refusals
    answer = {"rows": len(log.rows), **totals(db.session(), player.plant.reasons)}
    answer["refusals"] = dict(refused.by_rule)
    if release_after is not None:
        answer["inspections"] = inspections(db.session())
    if lock is not None:
        answer["locked_orders"] = locked_orders(db.session())
    if lock is not None or release_after is not None:
        answer["refused_rows"] = len(refused.rows)
        answer["refused_orders"] = len(refused.orders)
    return answer | {"seconds": round(time.monotonic() - began, 1)}


def _player(log: Log, lock: Lock | None, release_after: timedelta | None) -> Player:
    """Set up the plant that a log needs, and return who books its rows there."""
    way = lock or "free"
    if release_after is not None:
        way = f"inspect-{release_after // timedelta(minutes=1)}"
    prefix = f"replay-{log.digest[:16]}-{way}"
    require_empty_or_same(db.session(), prefix)
    if release_after is None:
        return Player(build_plant(log, prefix), prefix, first_failures(log, lock))
    inspected = inspected_activities(log)
    plant = build_plant(log, prefix, inspected)
    return InspectingPlayer(plant, prefix, fate(log), inspected, release_after)
