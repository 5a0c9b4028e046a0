"""Which gauges other people's barcodes stand for, since somebody has linked them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from shopfloor.quality.gauge_models import GAUGE
from shopfloor.scanning.matching import match
from shopfloor.scanning.reading import take


def gauges_meant(session: Session, texts: Sequence[str]) -> dict[str, str]:
    """Return the code of the one gauge that a text stands for; others are left out."""
    meant = {}
    for text in texts:
        found = [each for each in match(session, take(text, "")).found if each.kind == GAUGE.name]
        if len(found) == 1:
            meant[text] = found[0].code
    return meant
