"""The log of the server: one line an entry, whatever somebody has put into a name or a header."""

import logging
import re

from flask import Flask, g, request
from flask.logging import default_handler

from shopfloor.core.refusals import Refused

log = logging.getLogger("shopfloor")
# Line ends in every alphabet, terminal commands, and marks that turn the reading direction.
ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_NOTED = {401, 403, 404, 429}


class OneLine(logging.Formatter):
    """Writes an entry as one line; the lines of a traceback are indented, so none looks like one.

    Control characters are written as their codes: they do nothing in a terminal either.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry as it stands in the log."""
        said, traceback = record.getMessage(), ""
        if record.exc_info:
            traceback = self.formatException(record.exc_info)
        lines = [f"[{self.formatTime(record)}] {record.levelname} {record.name}: {quiet(said)}"]
        return "\n    ".join([*lines, *(quiet(line) for line in traceback.splitlines())])


def quiet(text: str) -> str:
    """Return a text in which nothing acts: control characters as their codes."""
    return ACTING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def init_logs(app: Flask) -> None:
    """Write our entries to the server's log."""
    default_handler.setFormatter(OneLine())
    if default_handler not in log.handlers:
        log.addHandler(default_handler)
    app.logger.propagate = True


def note_refusal(refusal: Refused) -> None:
    """Write down who was refused what, and from where: this is how a walk over ids is seen."""
    if refusal.status not in _NOTED:
        return
    parts = {name: part for name, part in (request.view_args or {}).items() if name != "token"}
    log.warning(
        "refused %s %s: %s %s %s by person %s from %s",
        refusal.status,
        refusal.rule,
        request.method,
        request.url_rule or "-",
        parts or "-",
        g.get("person_id", "-"),
        request.remote_addr,
    )
