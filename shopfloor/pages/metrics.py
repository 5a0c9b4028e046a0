"""What a monitor asks: does the server answer, how old is the backup, how long will TLS last."""

import json
import math
from pathlib import Path

from flask import Blueprint, Response, current_app

import shopfloor
from shopfloor.core import clock
from shopfloor.core.settings import LAST_BACKUP, OWN_CERTIFICATE
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
        *_certificate(),
    ]
    return Response("\n".join([*lines, ""]), mimetype="text/plain; version=0.0.4")


def last_backup() -> tuple[float, int]:
    """Return when the last backup ended, as seconds since 1970, and its bytes; zeros if never."""
    try:
        told = json.loads(Path(current_app.instance_path, LAST_BACKUP).read_text())
        return float(told["at"]), int(told["bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0, 0


def certificate_ends() -> float | None:
    """Return when the first certificate of the chain ends, as seconds since 1970.

    None where TLS is somebody else's, minus infinity when the file cannot be read.
    """
    if not current_app.config["TLS"]:
        return None
    # Here only: every process would carry the library, of which a monitor alone has use.
    from cryptography import x509

    given = current_app.config["GIVEN_CERTIFICATE"]
    file = Path(given or Path(current_app.instance_path, *OWN_CERTIFICATE))
    try:
        chain = x509.load_pem_x509_certificates(file.read_bytes())
        return min(each.not_valid_after_utc.timestamp() for each in chain)
    except (OSError, ValueError):
        return -math.inf


def _certificate() -> list[str]:
    ends = certificate_ends()
    if ends is None:
        return []
    left = f"{ends - clock.now().timestamp():.0f}" if math.isfinite(ends) else "-Inf"
    words = "Until phones refuse the certificate; -Inf: it cannot be read."
    return _gauge("shopfloor_certificate_seconds_left", words, left)


def _gauge(name: str, words: str, value: str, **labels: str) -> list[str]:
    inside = ",".join(f'{label}="{text}"' for label, text in labels.items())
    named = f"{name}{{{inside}}}" if inside else name
    return [f"# HELP {name} {words}", f"# TYPE {name} gauge", f"{named} {value}"]
