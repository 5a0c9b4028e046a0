"""What programs send and hear of inspection plans: the sample, and what is asked of each piece."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from shopfloor.catalogue.entry_fields import Category
from shopfloor.configure.models import FieldKind, FormField, Weight
from shopfloor.configure.writing import LONGEST_TYPE, MOST_FIELDS, MOST_OPTIONS, FieldWritten
from shopfloor.core.api_fields import Body, Exact, Id, Name, Named, Names, Sequence, Told, Yes
from shopfloor.quality.plan_models import Again, HoldScope, PlanKind, PlanRevision, Sampling
from shopfloor.quality.plan_writing import MOST, MOST_DAYS, PlanWritten
from shopfloor.quality.sampling import Level, Severity

Pieces = Annotated[int, Field(strict=True, ge=1, le=MOST)]
Accept = Annotated[int, Field(strict=True, ge=0, le=MOST)]
Aql = Annotated[str, Field(max_length=10)]
_INTERVALS = ("every_pieces", "every_minutes", "every_days", "grace_minutes")
_HEAD = ("again", "sampling", "size", "level", "severity", "aqls", "accepts", "holds", *_INTERVALS)


class OptionSent(Body):
    """One answer of a choice, and whether it is good."""

    names: Names
    good: Yes


class ShowIf(Body):
    """An earlier question and the answer after which a field is asked.

    The answer is `yes` or `no`, or the number of the option of a choice, from 0 on.
    """

    key: Name
    is_: Name = Field(alias="is")


class FieldSent(Body):
    """One characteristic; what does not belong to its kind is left out."""

    key: Name
    names: Names
    kind: FieldKind
    weight: Weight = Weight.MAJOR
    unit: Annotated[str, Field(max_length=20)] = ""
    decimals: Annotated[int, Field(strict=True, ge=0, le=6)] = 0
    target: Exact | None = None
    low: Exact | None = None
    high: Exact | None = None
    least: Exact | None = Field(None, description="What is smaller is asked for again.")
    most: Exact | None = Field(None, description="What is larger is asked for again.")
    readings: Annotated[int, Field(strict=True, ge=1, le=50)] = 1
    options: Annotated[tuple[OptionSent, ...], Field(max_length=MOST_OPTIONS)] = ()
    show_if: ShowIf | None = None
    formula: Annotated[str, Field(max_length=200)] = ""
    photo_on_fail: Yes = False
    gauge: Yes = False
    gauge_type: Annotated[str, Field(max_length=LONGEST_TYPE)] = ""

    def written(self, pictures: Mapping[str, str | None]) -> FieldWritten:
        """Return the field as a plan keeps it, with the picture that its key had before."""
        own = {name: getattr(self, name) for name in FieldSent.model_fields}
        own["names"] = self.names.given()
        own["options"] = [{"names": o.names.given(), "good": o.good} for o in self.options]
        own["show_if"] = {"key": self.show_if.key, "is": self.show_if.is_} if self.show_if else {}
        return FieldWritten(**own, sha256=pictures.get(self.key))


class Sample(Body):
    """How many pieces of a lot are inspected, and by class how many bad ones still pass.

    `fixed` and `every` need a `size`; `standard` needs a `level` and by class an AQL. What becomes
    due by itself looks at `size` pieces each time: a patrol every so many pieces or minutes. A lot
    in stock is tested again every so many days, and late after 7 of them.
    """

    sampling: Sampling = Sampling.ALL
    size: Pieces | None = None
    level: Level | None = None
    severity: Severity = Severity.NORMAL
    aqls: dict[Weight, Aql] = Field(default_factory=dict)
    accepts: dict[Weight, Accept] = Field(default_factory=dict)
    holds: HoldScope = Field(HoldScope.FAMILY, description="What a fail locks: all, or the lot.")
    every_pieces: Pieces | None = None
    every_minutes: Pieces | None = None
    every_days: Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS)] | None = None
    again: Again = Field(Again.ONCE, description="When another first article is asked for.")
    grace_minutes: Accept | None = Field(None, description="Overdue after so many; 30 without.")
    fields: Annotated[tuple[FieldSent, ...], Field(max_length=MOST_FIELDS)] = ()

    def over(self, known: PlanWritten) -> PlanWritten:
        """Return a revision with what was sent put over it."""
        sent: dict[str, Any] = {
            name: getattr(self, name) for name in _HEAD if name in self.model_fields_set
        }
        if "fields" in self.model_fields_set:
            pictures = {each.key: each.sha256 for each in known.fields}
            sent["fields"] = tuple(each.written(pictures) for each in self.fields)
        return replace(known, **sent)


class NewPlan(Sample):
    """A plan with the draft of its first revision: when it asks, of what, and for which values.

    It is for an item or for a category of items. Every kind but `final` and `periodic` needs the
    operation; those two may be for what came from one supplier only.
    """

    item: Name | None = None
    category: Category | None = None
    supplier: Name | None = None
    kind: PlanKind = PlanKind.OPERATION
    operation: Sequence | None = None
    names: Names
    number: Name | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "item": "A-100",
                    "operation": 20,
                    "names": {"en": "Turning", "zh": "车削检验"},
                    "sampling": "standard",
                    "level": "II",
                    "aqls": {"major": "1.0"},
                    "fields": [
                        {
                            "key": "length",
                            "names": {"en": "Length"},
                            "kind": "number",
                            "unit": "mm",
                            "decimals": 2,
                            "low": "9.95",
                            "high": "10.05",
                        }
                    ],
                }
            ]
        }
    )


class PlanChange(Sample):
    """What changes of a draft as it was heard at `version`; `fields` are replaced as a whole."""

    version: Id
    names: Names = Names()

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": 1, "sampling": "fixed", "size": 5}]}
    )


class Seen(Body):
    """The version of the draft that is published."""

    version: Id

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1}]})


class Begun(Body):
    """Nothing more is needed to begin a revision."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class FieldTold(Told):
    """One characteristic, as it is asked."""

    key: str
    names: dict[str, str]
    kind: FieldKind
    weight: Weight
    unit: str
    decimals: int
    target: Exact | None
    low: Exact | None
    high: Exact | None
    least: Exact | None
    most: Exact | None
    readings: int
    options: list[dict[str, Any]]
    show_if: dict[str, str] | None
    formula: str
    photo_on_fail: bool
    gauge: bool
    gauge_type: str
    picture: str | None

    @classmethod
    def told(cls, field: FormField) -> Self:
        """Tell one field."""
        own = {name: getattr(field, name) for name in cls.model_fields if name != "picture"}
        return cls(**own | {"show_if": field.show_if or None, "picture": field.sha256})


class RevisionTold(Told):
    """One revision of a plan; published it never changes."""

    revision: int
    made_at: datetime
    published_at: datetime | None
    sampling: Sampling
    size: int | None
    level: Level | None
    severity: Severity
    aqls: dict[str, str]
    accepts: dict[str, int]
    holds: HoldScope
    every_pieces: int | None
    every_minutes: int | None
    every_days: int | None
    again: Again
    grace_minutes: int | None
    fields: list[FieldTold]

    @classmethod
    def told(cls, revision: PlanRevision) -> Self:
        """Tell one revision."""
        own = {name: getattr(revision, name) for name in cls.model_fields if name != "fields"}
        return cls(**own, fields=[FieldTold.told(each) for each in revision.form.fields])


class PlanListed(Named):
    """A plan in a list: its newest revision, and the newest that is published."""

    names: dict[str, str]
    kind: PlanKind
    item: Named | None
    category: str | None
    supplier: Named | None
    operation: int | None
    newest: int
    published: int | None
    version: int
    archived: bool


class PlanTold(PlanListed):
    """A plan with all its revisions, oldest first."""

    revisions: list[RevisionTold]
