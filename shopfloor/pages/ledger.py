"""The page of the ledger's self-check: what the last run found, and a run right now."""

from flask import Blueprint, Response, render_template, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.reconcile import CHECKS, in_words, keep_check, last_run, run_checks
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires

bp = Blueprint("ledger", __name__)


@bp.get("/ledger")
@requires("ledger.check")
def show() -> str:
    """Show what the last run of the checks has found, by check."""
    run = last_run(db.session())
    found: dict[str, list[str]] = {name: [] for name in CHECKS}
    for check, sentence, facts in run.differences if run else []:
        found.setdefault(check, []).append(in_words(check, sentence, facts))
    return render_template("pages/ledger.html", run=run, checks=CHECKS, found=found)


@bp.post("/ledger")
@requires("ledger.check")
def check() -> Response:
    """Run all checks now and keep what they find."""
    doing = act()
    keep_check(doing, found=run_checks())
    return onward(url_for("ledger.show"), doing.id, _l("Everything has been counted again."))
