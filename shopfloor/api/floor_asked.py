"""What programs may ask of the floor's lists: which part, and which of it only."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shopfloor.core.api_fields import Asked, Day, Name
from shopfloor.core.sought import Sought
from shopfloor.production.models import OrderState
from shopfloor.quality.models import Verdict


class AskedLots(Sought):
    """Lots of an item, of an order, of orders in a state, locked ones, with pieces at a place."""

    item: Name | None = None
    work_order: Name | None = None
    state: OrderState | None = None
    place: Name | None = None
    in_stock: bool = Field(False, description="Only lots of which pieces are somewhere.")
    held: bool | None = Field(
        None,
        description="Only lots that are locked, or whose order or item is; or only the others.",
    )
    since: AwareDatetime | None = Field(
        None,
        description="Only lots about which, or whose order, anything was booked since then.",
    )


class AskedHolds(Asked):
    """Locks that are open or released, on one thing, opened or released since an instant."""

    state: Literal["open", "released"] | None = None
    subject: Name | None = None
    since: AwareDatetime | None = None


class AskedThen(Asked):
    """What happened between two instants, at one station."""

    since: AwareDatetime | None = Field(None, description="Happened at this instant or later.")
    until: AwareDatetime | None = Field(None, description="Happened before this instant.")
    station: Name | None = None


class AskedInspections(AskedThen):
    """Verdicts on one lot, or of one kind."""

    lot: Name | None = None
    verdict: Verdict | None = None


class AskedReports(AskedThen):
    """Reports of one person."""

    person: Name | None = None


class AskedJobs(Asked):
    """Work that runs at one station."""

    station: Name | None = None


class AskedPay(Asked):
    """Pay of one person, between two days."""

    person: Name | None = None
    since: Day | None = Field(None, description="Of this day or later.")
    until: Day | None = Field(None, description="Of this day or earlier.")
