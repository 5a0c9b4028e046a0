"""What a monitor asks: whether the server answers, and how old the last backup is."""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app

import shopfloor
from shopfloor.core import clock
from shopfloor.core.settings import LAST_BACKUP
from shopfloor.people.access import public

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
@public("a monitor has no account; these are ages and sizes, nothing of the factory")
def metrics() -> Response:
    """Answer in the text format of Prometheus."""
    at, size = last_backup()
    age = f"{clock.now().timestamp() - at:.0f}" if at else "+Inf"
    lines = [
        *_gauge("shopfloor_info", "The version that runs.", "1", version=shopfloor.__version__),
        *_gauge("shopfloor_backup_age_seconds", "Since the last backup; +Inf: never.", age),
        *_gauge("shopfloor_backup_bytes", "How large the last backup is.", str(size)),
    ]
    return Response("\n".join([*lines, ""]), mimetype="text/plain; version=0.0.4")


def last_backup() -> tuple[float, int]:
    """Return when the last backup ended, as seconds since 1970, and its bytes; zeros if never."""
    try:
        told = json.loads(Path(current_app.instance_path, LAST_BACKUP).read_text())
        return float(told["at"]), int(told["bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0, 0


def _gauge(name: str, words: str, value: str, **labels: str) -> list[str]:
    inside = ",".join(f'{label}="{text}"' for label, text in labels.items())
    named = f"{name}{{{inside}}}" if inside else name
    return [f"# HELP {name} {words}", f"# TYPE {name} gauge", f"{named} {value}"]
