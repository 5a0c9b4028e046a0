"""An inspection plan as the texts of its form, row by row, and what two of them differ in."""

from collections.abc import Mapping
from decimal import Decimal

from shopfloor.configure.models import Weight
from shopfloor.configure.writing import FieldWritten
from shopfloor.core.editing import name_fields
from shopfloor.core.types import plain
from shopfloor.core.words import LANGUAGES
from shopfloor.quality.plan_models import Plan, PlanRevision
from shopfloor.quality.plan_writing import MINUTES_A_DAY, as_written

# Everything about one characteristic, in the order of the form; its inputs are called key_1 …
PARTS = (
    "key", "name_en", "name_zh", "kind", "weight", "unit", "decimals", "target", "low", "high",
    "least", "most", "readings", "options", "show", "formula", "photo_on_fail", "gauge",
    "gauge_type", "sha256",
)  # fmt: skip
# When a patrol comes, and after how long something due is overdue.
INTERVALS = ("every_pieces", "every_minutes", "every_days", "grace_minutes")
# What the answers of a choice end with in the form, and what is read as the same.
GOOD, BAD = ("good", "合格"), ("bad", "不合格")


def plan_fields(plan: Plan, revision: PlanRevision) -> dict[str, str]:
    """Return what is stored of a draft, by the fields of its form; each row as one text."""
    return head_fields(plan, revision) | {
        f"row_{n}": told(row_of(each)) for n, each in enumerate(as_written(revision).fields, 1)
    }


def head_fields(plan: Plan, revision: PlanRevision) -> dict[str, str]:
    """Return what is stored of a draft besides its characteristics, by the fields of its form."""
    fields = dict.fromkeys((f"name_{language}" for language in LANGUAGES), "")
    fields |= name_fields(plan.names) | {
        "sampling": revision.sampling.value,
        "size": str(revision.size or ""),
        "level": revision.level.value if revision.level else "",
        "severity": revision.severity.value,
        "holds": revision.holds.value,
        "again": revision.again.value,
    }
    fields |= {name: _whole(getattr(revision, name)) for name in INTERVALS}
    # What lies in stock is late after days, and nobody reckons those in minutes.
    grace = revision.grace_minutes
    fields["grace_days"] = _whole(None if grace is None else grace // MINUTES_A_DAY)
    for weight in Weight:
        fields[f"aql_{weight}"] = revision.aqls.get(weight, "")
        accept = revision.accepts.get(weight)
        fields[f"accept_{weight}"] = "" if accept is None else str(accept)
    return fields


def row_of(field: FieldWritten) -> dict[str, str]:
    """Return a characteristic as the texts of its row."""
    row = dict.fromkeys(PARTS, "")
    row |= {name: text for name, text in name_fields(field.names).items() if name in row}
    for name in ("target", "low", "high", "least", "most"):
        row[name] = _number(getattr(field, name))
    return row | {
        "key": field.key,
        "kind": field.kind.value,
        "weight": field.weight.value,
        "unit": field.unit,
        "decimals": str(field.decimals),
        "readings": str(field.readings),
        "options": "\n".join(_option(option["names"], option["good"]) for option in field.options),
        "show": f"{field.show_if['key']}={field.show_if['is']}" if field.show_if else "",
        "formula": field.formula,
        "photo_on_fail": "1" if field.photo_on_fail else "",
        "gauge": "1" if field.gauge else "",
        "gauge_type": field.gauge_type,
        "sha256": field.sha256 or "",
    }


def told(row: Mapping[str, str]) -> str:
    """Return a row as one line of text, for whoever compares two of them."""
    return " · ".join(f"{part} {row[part]}" for part in PARTS if row.get(part))


def differing(
    mine: list[dict[str, str]], theirs: list[dict[str, str]]
) -> list[tuple[str, dict[str, str] | None, dict[str, str] | None]]:
    """Return by key what two lists of rows differ in; None where a side has no such row."""
    left, right = ({row["key"]: row for row in rows} for rows in (mine, theirs))
    found: list[tuple[str, dict[str, str] | None, dict[str, str] | None]] = []
    for key in dict.fromkeys([*left, *right]):
        own, other = left.get(key), right.get(key)
        if own is None or other is None:
            found.append((key, own, other))
            continue
        parts = [part for part in PARTS if own[part] != other[part]]
        if parts:
            found.append((key, {p: own[p] for p in parts}, {p: other[p] for p in parts}))
    return found


def _option(names: Mapping[str, str], good: bool) -> str:
    # The stroke parts the names; inside of one it would be read as another.
    spoken = [names[each].replace("|", "/") for each in LANGUAGES if names.get(each)]
    return " | ".join([*spoken, (GOOD if good else BAD)[0 if "en" in names else 1]])


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{plain(value):f}"
