"""What people change about a site itself later: its clock, its money and its language."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import NotFound, Refused
from shopfloor.core.subjects import Made, Subject
from shopfloor.plant.commands import require_setting
from shopfloor.plant.models import Site

SITE_CHANGED = EventKind(
    "plant.site_changed", _l("Site changed"), no_inverse_because="it is changed back", edits=True
)
# Money belongs to rooms above, which say whether any is booked in the currency of a site.
MoneyBooked = Callable[[Session, Site], bool]
_MONEY_BOOKED: list[MoneyBooked] = []


def register(booked: MoneyBooked) -> None:
    """Take the answer to whether a site's currency is in use."""
    _MONEY_BOOKED[:] = [booked]


def is_money_booked(session: Session, site: Site) -> bool:
    """Say whether a rate or pay is booked in the currency of a site, so that it stays."""
    return any(booked(session, site) for booked in _MONEY_BOOKED)


@command(Gate.NONE, "the plant itself is not material; no lot is touched")
def change_site(
    tx: Tx, *, site_id: int, version: int, zone: str, currency: str, language: str
) -> Made:
    """Change a site's time zone, currency and language as it was seen at `version`.

    What is booked keeps its day. The currency stays once money is booked in it. Raises Overtaken
    when somebody else has saved meanwhile.
    """
    subjects.lock(tx.session, site_id)
    site = tx.session.get(Site, site_id)
    if site is None:
        raise NotFound(_l("There is no such site."), rule="not_found")
    tx.act.rights.require("plant.edit", site.id)
    require_unchanged(tx.session, site, version, site_fields(site))
    require_setting(zone, currency, language)
    if currency != site.currency and is_money_booked(tx.session, site):
        raise Refused(
            _l(
                "The currency stays %(currency)s: rates or pay are booked in it.",
                currency=site.currency,
            ),
            _l("Take it back in the form. For another currency add another site."),
            rule="money_booked",
            field="currency",
        )
    wanted = {"zone": zone, "currency": currency, "language": language}
    changes = [Change(site.id, name, getattr(site, name), new) for name, new in wanted.items()]
    site.zone, site.currency, site.language = zone, currency, language
    site.version += 1
    subject = tx.session.get_one(Subject, site.id)
    tx.session.flush()
    facts = {"number": subject.number}
    tx.record(SITE_CHANGED, Where(site_id=site.id), facts, about=[site.id], changes=changes)
    return Made(site.id, subject.code, subject.number)


def site_fields(site: Site) -> dict[str, str]:
    """Return what is stored of a site, by the fields of its form."""
    return {"zone": site.zone, "currency": site.currency, "language": site.language}
