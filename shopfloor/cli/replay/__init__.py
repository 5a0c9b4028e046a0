"""`replay-log`: a factory's event log, booked through the commands that people use."""

import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from shopfloor.cli.database import prepared
from shopfloor.cli.replay.factory import build_plant, require_empty_or_same
from shopfloor.cli.replay.log import read_log
from shopfloor.cli.replay.play import Lock, Player, first_failures, timeline
from shopfloor.cli.replay.totals import locked_orders, totals
from shopfloor.core.db import db


@click.command("replay-log")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--lock",
    type=click.Choice([lock.value for lock in Lock]),
    help="Fail an inspection at the first such row of each order.",
)
@click.option("--json", "_json", is_flag=True, help="The answer is JSON in any case.")
@with_appcontext
@prepared
def replay_log(file: Path, lock: str | None, _json: bool) -> None:
    """Replay a factory's event log into an empty database and print what came of it."""
    # Thousands of short transactions: what is loaded by now is never garbage.
    gc.freeze()
    gc.set_threshold(50_000)
    click.echo(json.dumps(replay(file, Lock(lock) if lock else None), ensure_ascii=False, indent=2))


def replay(file: Path, lock: Lock | None = None) -> dict[str, Any]:
    """Book every row of the file; run again after an interruption, it goes on where it stopped."""
    began = time.monotonic()
    log = read_log(file)
    prefix = f"replay-{log.digest[:16]}-{lock or 'free'}"
    require_empty_or_same(db.session(), prefix)
    plant = build_plant(log, prefix)
    player = Player(plant, prefix, first_failures(log, lock))
    with click.progressbar(timeline(log.rows), label="Replaying", file=sys.stderr) as moments:
        for moment in moments:
            player.play(moment)
    db.session.rollback()
    refused = player.refusals
    answer = {"rows": len(log.rows), **totals(db.session(), plant.reasons)}
    answer["refusals"] = dict(refused.by_rule)
    if lock is not None:
        answer["locked_orders"] = locked_orders(db.session())
        answer["refused_rows"] = len(refused.rows)
        answer["refused_orders"] = len(refused.orders)
    return answer | {"seconds": round(time.monotonic() - began, 1)}
