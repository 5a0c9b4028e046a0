"""Kinds of alerts: their words, and the verb of those who can do something about them."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shopfloor.core import parking
from shopfloor.core.refusals import Sentence

# The line with its stations, the whole site, everywhere.
NEAR, SITE, EVERYWHERE = 0, 1, 2
LEVELS: dict[int, Sentence] = {
    NEAR: _l("the line"),
    SITE: _l("the whole site"),
    EVERYWHERE: _l("all sites"),
}
# Minutes without an acknowledgement after which the next level hears, unless a rule says otherwise.
USUAL_MINUTES = {NEAR: 10, SITE: 30}
# What belongs together under one alert.
LOCK, ENTRIES, ARTICLE, DUE = "lock", "entries", "first_article", "due"


@dataclass(frozen=True)
class AlertKind:
    """A kind of alert; whoever has `verb` where it happened can do something about it.

    Those who also have the verb `at_once` hear of it at once, however far their rights reach.
    """

    name: str
    label: Sentence
    icon: str
    verb: str
    at_once: str = ""


FAIL = AlertKind("fail", _l("Inspection failed"), "cross", "hold.release", "inspection.record")
HOLD = AlertKind("hold", _l("Locked by hand"), "lock", "hold.release")
NUDGE = AlertKind("nudge", _l("Somebody waits for a release"), "bell", "hold.release")
PARKED = AlertKind("parked", _l("An entry waits for a decision"), "clock", parking.DECIDES)
FIRST = AlertKind("first_article", _l("A first article waits"), "inspect", "inspection.record")
OVERDUE = AlertKind("overdue", _l("An inspection is overdue"), "clock", "inspection.record")
KINDS: dict[str, AlertKind] = {
    kind.name: kind for kind in (FAIL, HOLD, NUDGE, PARKED, FIRST, OVERDUE)
}


def heard_with() -> Iterable[str]:
    """Return the verbs with which somebody hears of any alert at all."""
    return {kind.verb for kind in KINDS.values()}
