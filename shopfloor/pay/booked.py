"""Whether money is booked in the currency of a site."""

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import PieceRate
from shopfloor.core.events import Event
from shopfloor.pay.models import PayLine
from shopfloor.plant.models import Site


def is_money_booked(session: Session, site: Site) -> bool:
    """Say whether a rate counts in a site's currency, or anybody has earned there; one statement.

    A rate belongs to no site: those in the same money count.
    """
    rate = exists(select(PieceRate.id).where(PieceRate.currency == site.currency))
    pay = exists(
        select(PayLine.id).join(Event, Event.id == PayLine.event_id).where(Event.site_id == site.id)
    )
    return bool(session.scalar(select(or_(rate, pay))))
