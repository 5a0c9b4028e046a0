"""Builds the demo's factory: plant, catalogue and reasons, as they were before the first order."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.commands import add_item, add_reason, set_piece_rate
from shopfloor.catalogue.features import keyed, read_features
from shopfloor.catalogue.items import ItemDetails
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.catalogue.variants import add_variants, missing_choices, set_features
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.demo_mark import act_id
from shopfloor.core.rights import Rights
from shopfloor.demo import items, plant
from shopfloor.demo.reasons import REASONS, WITH_PHOTO
from shopfloor.people.setup import FOUNDER
from shopfloor.plant.commands import add_line, add_place, add_shift, add_site, add_station

# The factory stands so long before the demo is loaded; its orders begin a week before.
STANDS_SINCE = timedelta(days=12)


@dataclass(frozen=True)
class Member:
    """A person of the demo at work: what he may do, and with whom."""

    id: int
    rights: Rights
    crew_id: int | None = None
    leader_id: int | None = None


@dataclass
class Built:
    """The ids of what stands, by the names that the demo's own lists use."""

    now: datetime
    site_id: int = 0
    lines: dict[str, int] = field(default_factory=dict)
    stations: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    skills: dict[str, int] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    acts: int = 0

    def founder(self) -> Act:
        """Return who sets the factory up, before anybody has an account."""
        return Act(self.next_id(), None, FOUNDER, When(self.now - STANDS_SINCE))

    def act(self, login: str, at: datetime) -> Act:
        """Return a person about to do something at a time."""
        who = self.members[login]
        return Act(
            self.next_id(),
            who.id,
            who.rights,
            When(at),
            crew_id=who.crew_id,
            leader_id=who.leader_id,
        )

    def next_id(self) -> str:
        """Return the id of the next action; the same in every demo."""
        self.acts += 1
        return act_id(self.acts)


def build_plant(built: Built) -> None:
    """Make the site with its lines, stations and places."""
    built.site_id = add_site(
        built.founder(),
        number=plant.NUMBER,
        names=plant.NAMES,
        zone=plant.ZONE,
        currency=plant.CURRENCY,
    ).id
    for (number, *names), stations in plant.LINES.items():
        line = add_line(built.founder(), site_id=built.site_id, number=number, names=_both(*names))
        built.lines[number] = line.id
        for station, *station_names in stations:
            built.stations[station] = add_station(
                built.founder(), line_id=line.id, number=station, names=_both(*station_names)
            ).id
    for number, *names in plant.PLACES:
        add_place(built.founder(), site_id=built.site_id, number=number, names=_both(*names))


def build_shifts(built: Built, leaders: dict[str, str]) -> None:
    """Make the shifts, each led by the supervisor who is named for it."""
    for number, names, starts, ends in plant.SHIFTS:
        add_shift(
            built.founder(),
            site_id=built.site_id,
            number=number,
            names=names,
            starts_minute=starts,
            ends_minute=ends,
            leader_id=built.members[leaders[number]].id,
        )


def build_catalogue(built: Built) -> None:
    """Make the items with their BOMs, routings and piece rates, and the reasons."""
    for named, more in (
        (items.PRODUCTS, {}),
        (items.ASSEMBLIES, {}),
        (items.PARTS, {}),
        (items.BOUGHT, {}),
        (items.RAW, {"unit": "kg", "decimals": 3}),
    ):
        _items(built, named, more)
    # A BOM names only what stands already, so the deepest come first.
    for number, materials in reversed(items.BOMS.items()):
        lines = [line.split() for line in materials.split(", ")]
        add_bom(
            built.founder(),
            item_id=built.items[number],
            materials=tuple(Material(built.items[part], Decimal(much)) for part, much in lines),
        )
    _model(built)
    for number, steps in items.ROUTINGS.items():
        _routing(built, number, steps)
    for kind, reasons in REASONS.items():
        for number, names in reasons:
            built.reasons[number] = add_reason(
                built.founder(), kind=kind, number=number, names=names, photo=number in WITH_PHOTO
            ).id


def _items(built: Built, named: dict[str, dict[str, str]], more: dict[str, Any]) -> None:
    for number, names in named.items():
        details = ItemDetails(cost=items.COSTS[number], cost_currency=plant.CURRENCY)
        founder = built.founder()
        made = add_item(founder, number=number, names=names, details=details, **more)
        built.items[number] = made.id


def _model(built: Built) -> None:
    """Make the model with its features, its one BOM, and a variant for each choice."""
    _items(built, {items.MODEL: items.MODEL_NAMES}, {})
    model_id = built.items[items.MODEL]
    set_features(built.founder(), item_id=model_id, version=1, features=items.FEATURES)
    add_bom(
        built.founder(),
        item_id=model_id,
        materials=tuple(
            Material(built.items[part], Decimal(much), only_for=only_for)
            for part, much, only_for in items.MODEL_BOM
        ),
    )
    choices = tuple(missing_choices(keyed(read_features(items.FEATURES), []), []))
    for variant in add_variants(built.founder(), model_id=model_id, choices=choices):
        built.items[variant.number or ""] = variant.id
        _rates(built, variant.id, items.way_of(items.MODEL))


def _routing(built: Built, number: str, steps: list[items.Made]) -> None:
    item_id = built.items[number]
    add_routing(
        built.founder(),
        item_id=item_id,
        steps=tuple(
            Step(
                step.sequence,
                step.names,
                built.stations[step.station],
                inspect=step.inspect,
                tolerance_percent=1,
                skill_id=built.skills.get(items.SKILLED.get((number, step.sequence), "")),
            )
            for step in steps
        ),
    )
    _rates(built, item_id, steps)


def _rates(built: Built, item_id: int, steps: list[items.Made]) -> None:
    for step in steps:
        set_piece_rate(
            built.founder(),
            item_id=item_id,
            sequence=step.sequence,
            valid_from=(built.now - STANDS_SINCE).date(),
            amount=Decimal(step.rate),
            currency=plant.CURRENCY,
        )


def _both(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}
