"""What programs send and hear is made of these: exact decimals, codes, names, problems."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from shopfloor.core.subjects import KINDS, Made, Subject
from shopfloor.core.types import plain

LARGEST_ID = 2**63 - 1
LONGEST_PAGE = 200
_DECIMAL = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
T = TypeVar("T")


class Body(BaseModel):
    """What a program sends: every field is known, none is guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What a program hears."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _exact(value: object) -> Decimal:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return plain(Decimal(value))
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        exact = Decimal(value)
        if exact.is_finite() and abs(exact) < 10**12 and exact == round(exact, 6):
            return plain(exact)
    raise PydanticCustomError("decimal", "a decimal with at most six places is needed")


# A decimal as a string such as "12.5", or as a JSON number that is exact; heard as a string.
Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(lambda value: str(plain(value)), return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": rf"^{_DECIMAL.pattern}$"}, {"type": "number"}],
            "examples": ["12.5"],
        },
        mode="validation",
    ),
    WithJsonSchema({"type": "string", "examples": ["12.5"]}, mode="serialization"),
]


def _day(value: object) -> object:
    """Refuse what could be taken for a number of seconds, and an instant for its day."""
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("day", "a day as 2026-11-30 is needed")


Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]
Sequence = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Whole = Annotated[int, Field(strict=True, ge=-1_000_000, le=1_000_000)]
Yes = Annotated[bool, Field(strict=True)]
# A printed code or a number.
Name = Annotated[str, Field(min_length=1, max_length=80)]
Text = Annotated[str, Field(max_length=500)]


class Names(Body):
    """A name in the languages of the factory; one is enough."""

    en: str | None = None
    zh: str | None = None

    def given(self) -> dict[str, str]:
        """Return the languages that were given."""
        return {language: text for language, text in self if text is not None}


class Booking(Body):
    """What happened on the floor; a clock of the sender's that is wrong is corrected by sent_at."""

    happened_at: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="ISO 8601 with its zone. Unbelievable times are kept, ours is booked."
    )
    sent_at: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="What the sender's clock shows when it sends this."
    )


class Named(Told):
    """A thing by its printed code and its human number."""

    code: str
    number: str | None


def name_of(subject: Subject) -> Named:
    """Tell a subject by its code and number."""
    return Named(code=subject.code, number=subject.number)


class Thing(Named):
    """A thing of some kind."""

    kind: str

    @classmethod
    def of(cls, made: Made) -> Self:
        """Tell what a command has made; the letter of its code says which kind it is."""
        kind = next(kind.name for kind in KINDS.values() if kind.letter == made.code[0])
        return cls(kind=kind, code=made.code, number=made.number)


class Why(Told):
    """The story of a lock."""

    reason: str
    opened_by: str
    since: str
    releasers: list[str]
    hold_id: int | None


class Wrong(Told):
    """One field that could not be read."""

    field: str
    sentence: str


class Problem(Told):
    """A "no" in the words of a worker (RFC 9457); `rule` is stable, the words are not."""

    type: str
    title: str
    status: int
    detail: str
    hint: str = ""
    rule: str
    field: str | None = None
    why: Why | None = None
    errors: list[Wrong] = Field(default_factory=list)
    booked: dict[str, Any] | None = None
    # The work of one's own that runs already.
    job: int | None = None
    # What is still to be done before something can be closed.
    open: list[str] | None = None
    # After a late save: what is stored now, its version, who saved it when, and what was sent.
    version: int | None = None
    saved_by: str | None = None
    saved_at: datetime | None = None
    now: dict[str, str] | None = None
    yours: dict[str, Any] | None = None


class Asked(Body):
    """Which part of a list: so many entries behind the last one that was heard."""

    after: Annotated[int, Field(ge=0, le=LARGEST_ID)] = 0
    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE)] = 50


class Page(Told, Generic[T]):
    """Some entries of a list; `next` is the `after` of the next page, or null at the end."""

    entries: list[T]
    next: int | None
