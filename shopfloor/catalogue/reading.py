"""Reading the rows of a routing and of a BOM from their forms; empty rows are left out."""

import re
from collections.abc import Iterator
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.catalogue.boms import MOST_LINES, Material
from shopfloor.catalogue.limits import require_tolerance
from shopfloor.catalogue.queries import item_ids
from shopfloor.catalogue.routings import Step
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed

MOST_ROWS = MOST_LINES
_ONLY = re.compile(r"only_(\d{1,4})_([a-z0-9]+)_([a-z0-9]+)", re.ASCII)


def read_steps(form: Form) -> tuple[Step, ...]:
    """Return the operations of a routing's form; a row without a name and a station is empty."""
    return tuple(_step(form, n) for n in _rows(form, "sequence") if _filled(form, n))


def read_materials(session: Session, form: Form) -> tuple[Material, ...]:
    """Return the materials of a BOM's form, each by its number; one statement."""
    rows = [n for n in _rows(form, "item") if form.text(f"item_{n}") or form.text(f"quantity_{n}")]
    typed = [(f"item_{n}", form.text(f"item_{n}", 80)) for n in rows]
    ids, only = item_ids(session, typed), _only_for(form)
    return tuple(
        Material(
            ids[number],
            _quantity(form, n),
            form.text(f"unit_{n}", 20) or None,
            form.day(f"from_{n}"),
            form.day(f"to_{n}"),
            only.get(n, {}),
        )
        for n, (_field, number) in zip(rows, typed, strict=True)
    )


def _only_for(form: Form) -> dict[int, dict[str, list[str]]]:
    """Return the ticked choices of each row: fields only_<row>_<feature>_<value>."""
    chosen: dict[int, dict[str, list[str]]] = {}
    for name in form.fields:
        match = _ONLY.fullmatch(name)
        if match and form.text(name):
            row = chosen.setdefault(int(match[1]), {})
            row.setdefault(match[2], []).append(match[3])
    return chosen


def _rows(form: Form, first: str) -> Iterator[int]:
    return (n for n in range(1, MOST_ROWS + 1) if f"{first}_{n}" in form.fields)


def _filled(form: Form, n: int) -> bool:
    return any(form.text(f"{name}_{n}") for name in ("name_en", "name_zh", "station"))


def _step(form: Form, n: int) -> Step:
    names = {language: form.text(f"name_{language}_{n}", 200) for language in ("en", "zh")}
    if not any(names.values()):
        raise _missing(f"name_en_{n}")
    sequence, station = form.whole(f"sequence_{n}"), form.whole(f"station_{n}")
    if sequence is None:
        raise _missing(f"sequence_{n}")
    if station is None:
        raise Malformed(
            _l("Operation %(sequence)s has no station.", sequence=sequence),
            _l("Choose where it is done."),
            rule="missing",
            field=f"station_{n}",
        )
    tolerance = form.whole(f"tolerance_{n}") or 0
    require_tolerance(tolerance, f"tolerance_{n}")
    return Step(
        sequence,
        names,
        station,
        inspect=bool(form.text(f"inspect_{n}")),
        tolerance_percent=tolerance,
        skill_id=form.whole(f"skill_{n}"),
        serialise=bool(form.text(f"serialise_{n}")),
        confirm_count=bool(form.text(f"confirm_count_{n}")),
    )


def _quantity(form: Form, n: int) -> Decimal:
    quantity = form.quantity(f"quantity_{n}")
    if quantity <= 0:
        raise _missing(f"quantity_{n}")
    return quantity


def _missing(field: str) -> Malformed:
    return Malformed(_l("Something is missing here."), rule="missing", field=field)
