"""What an event says beside its facts: where in the plant it was, and what it changed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Where:
    """Where in the plant something happened, on which shift, and who leads that."""

    site_id: int | None = None
    line_id: int | None = None
    station_id: int | None = None
    place_id: int | None = None
    shift_id: int | None = None
    leader_id: int | None = None


@dataclass(frozen=True)
class Change:
    """One field of a subject before and after."""

    subject_id: int
    field: str
    before: object
    after: object
