"""Loops: an item never goes into itself, through however many levels of BOMs."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shopfloor.catalogue.models import Bom, BomLine
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject


def require_no_loop(session: Session, item_id: int, materials: list[int]) -> None:
    """Refuse, with the path, materials that are themselves made of the item.

    Walks the newest BOM of every material, one statement a level.
    """
    made_of: dict[int, int] = dict.fromkeys(materials, item_id)
    level = set(materials)
    while level:
        if item_id in level:
            raise _loop(session, item_id, made_of)
        below = session.execute(
            select(Bom.item_id, BomLine.item_id)
            .join(BomLine, BomLine.bom_id == Bom.id)
            .where(Bom.item_id.in_(level), Bom.revision == _newest(Bom.item_id))
        ).all()
        level = set()
        for parent, part in below:
            if part not in made_of:
                made_of[part] = parent
                level.add(part)


def _newest(item_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    newer = Bom.__table__.alias("newer")
    return select(func.max(newer.c.revision)).where(newer.c.item_id == item_id).scalar_subquery()


def _loop(session: Session, item_id: int, made_of: dict[int, int]) -> Refused:
    path, at = [item_id], made_of[item_id]
    while at != item_id:
        path.append(at)
        at = made_of[at]
    path = [item_id, *reversed(path)]
    found = session.execute(select(Subject.id, Subject.number).where(Subject.id.in_(path)))
    numbers = {row.id: row.number or "" for row in found}
    return Refused(
        _l("An item cannot go into itself: %(path)s", path=" → ".join(numbers[i] for i in path)),
        _l("Take one of them out of the BOM."),
        rule="bom_loop",
        field="item_1",
    )
