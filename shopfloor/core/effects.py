"""Effects: what a reaction did because of an event, as the worker is shown it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effect:
    """What a reaction did because of an event; shown to the worker by a partial of that name."""

    name: str
    detail: dict[str, str]

    @property
    def template(self) -> str:
        """Return the partial of the reaction's own room, so that no room below knows it."""
        room, _, partial = self.name.partition("/")
        return f"{room}/_{partial}.html"
