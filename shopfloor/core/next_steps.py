"""Next steps: what a person may do with a subject now, as cards on a page or JSON for a program."""

from dataclasses import dataclass, field

from shopfloor.core.refusals import Sentence


@dataclass(frozen=True)
class NextStep:
    """One thing to do; `refusal` says why not, and the step then opens the reason."""

    verb: str
    label: Sentence | str
    url: str
    method: str = "get"
    icon: str = "arrow-right"
    fields: dict[str, str] = field(default_factory=dict)
    primary: bool = False
    refusal: Sentence | str = ""
    note: Sentence | str = ""
    # Seldom wanted: shown small, beside the labels.
    aside: bool = False
