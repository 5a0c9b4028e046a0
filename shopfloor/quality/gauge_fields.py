"""What a gauge and an approved sample are, checked by one function for pages and programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.core.editing import name_fields
from shopfloor.core.files import File
from shopfloor.core.refusals import Malformed, Sentence
from shopfloor.core.shown import show_dated
from shopfloor.core.types import plain
from shopfloor.core.words import require_names
from shopfloor.quality.gauge_models import Gauge, Sample

LONGEST_INTERVAL = 3_650
LONGEST_PLACE = 200


@dataclass(frozen=True)
class GaugeDetails:
    """A gauge as whoever keeps the register means it; the columns of Gauge say what each is."""

    type: str
    interval_days: int = 365
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    resolution: Decimal | None = None
    place: str = ""


def gauge_columns(names: Mapping[str, str], details: GaugeDetails) -> dict[str, Any]:
    """Return the columns of a gauge; Malformed names the field that cannot be meant."""
    texts = {name: " ".join(getattr(details, name).split()) for name in ("type", "unit", "place")}
    if not texts["type"]:
        raise _wrong("type", _l("Say what it is, such as caliper: plans ask for it by this word."))
    for name, longest in (("type", 40), ("unit", 20), ("place", LONGEST_PLACE)):
        require_short(texts[name], longest, name)
    if not 0 < details.interval_days <= LONGEST_INTERVAL:
        raise _wrong(
            "interval_days",
            _l("It is calibrated every 1 to %(most)s days.", most=LONGEST_INTERVAL),
        )
    if details.low is not None and details.high is not None and details.low >= details.high:
        raise _wrong("high", _l("The range ends above where it begins."))
    if details.resolution is not None and details.resolution <= 0:
        raise _wrong("resolution", _l("The resolution is above zero."))
    return {
        "names": require_names(names),
        **texts,
        "low": details.low,
        "high": details.high,
        "resolution": details.resolution,
        "interval_days": details.interval_days,
    }


def gauge_fields(gauge: Gauge) -> dict[str, str]:
    """Return what is stored of a gauge, by the fields of its form."""
    return name_fields(gauge.names) | {
        "type": gauge.type,
        "unit": gauge.unit,
        "low": _number(gauge.low),
        "high": _number(gauge.high),
        "resolution": _number(gauge.resolution),
        "place": gauge.place,
        "interval_days": str(gauge.interval_days),
    }


def sample_fields(sample: Sample) -> dict[str, str]:
    """Return what is stored of a sample, by the fields of its form."""
    return name_fields(sample.names) | {
        "place": sample.place,
        "valid_until": sample.valid_until.isoformat(),
    }


def require_short(text: str, longest: int, field: str) -> None:
    """Refuse a text that its column cannot hold."""
    if len(text) > longest or "\x00" in text:
        raise _wrong(
            field, _l("This text is too long; %(longest)s characters fit.", longest=longest)
        )


def require_day(day: date, least: date, most: date, field: str) -> None:
    """Refuse a day that cannot be meant."""
    if not least <= day <= most:
        between = {"least": show_dated(least), "most": show_dated(most)}
        raise _wrong(field, _l("The day must lie between %(least)s and %(most)s.", **between))


def require_file(session: Session, sha256: str | None, field: str) -> None:
    """Refuse a picture that was not stored before."""
    if sha256 is not None and session.get(File, sha256) is None:
        raise _wrong(field, _l("The picture is not there any more."))


def sample_columns(names: Mapping[str, str], place: str) -> dict[str, Any]:
    """Return the words of a sample as they are kept; Malformed names the field that is wrong."""
    place = " ".join(place.split())
    if not place:
        raise _wrong("place", _l("Say where it hangs, so that the inspector finds it."))
    require_short(place, LONGEST_PLACE, "place")
    return {"names": require_names(names), "place": place}


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{plain(value):f}"


def _wrong(field: str, sentence: Sentence) -> Malformed:
    return Malformed(sentence, rule=f"bad_{field}", field=field)
