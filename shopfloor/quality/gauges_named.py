"""The gauges that scanned texts name, kept from being calibrated meanwhile."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from shopfloor.core import codes
from shopfloor.core.finding import folded
from shopfloor.core.subjects import Subject, read_reference
from shopfloor.plant.models import Site
from shopfloor.quality.gauge_models import GAUGE, Gauge

Found = Row[Gauge, Subject, str]


def gauges_named(
    session: Session, site_id: int, texts: Iterable[str], used: Mapping[int, int]
) -> Sequence[Found]:
    """Return the gauges of these codes or numbers, and those used before; one statement."""
    wanted = [read_name(text) for text in texts]
    here = or_(
        Subject.code.in_([code for code, _number in wanted if code]),
        Subject.number.in_([number for _code, number in wanted if number]),
        Subject.id.in_(list(used)),
    )
    # Whoever finds one bad waits for us, and then sees what was measured with it.
    return session.execute(
        select(Gauge, Subject, Site.zone)
        .join(Subject, Subject.id == Gauge.id)
        .join(Site, Site.id == site_id)
        .where(Subject.kind == GAUGE.name, here)
        .order_by(Gauge.id)
        .with_for_update(read=True, of=Gauge)
    ).all()


def any_case(session: Session, texts: Iterable[str]) -> dict[str, str]:
    """Return the codes of the gauges whose numbers differ from these texts in case only.

    Nobody shifts in gloves. Where two numbers differ in nothing else, neither is meant.
    """
    wanted = {folded(text): text for text in texts}
    number = func.lower(Subject.number)
    rows = session.execute(
        select(Subject.code, number).where(Subject.kind == GAUGE.name, number.in_(list(wanted)))
    ).all()
    numbers = [each for _code, each in rows]
    return {wanted[each]: code for code, each in rows if numbers.count(each) == 1}


def read_name(text: str) -> tuple[str | None, str | None]:
    """Return the code or the number that a text is."""
    return read_reference(codes.in_link(text.strip()))
