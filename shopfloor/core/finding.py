"""Finding: by which words a record is found, in any case, width and normal form."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Text, and_, event, or_
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Mapper, mapped_column

from shopfloor.core.paging import contains

MOST_WORDS = 6


class Findable:
    """A record that keeps the words by which it is found, folded as a search is."""

    # Neither database folds case and width as the other does: it is done once, on the way in.
    found_by: Mapped[str] = mapped_column(Text, default="", server_default="")

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it, its number aside."""
        raise NotImplementedError


def folded(text: str) -> str:
    """Return a text as searches compare it: one width, one normal form, no case, single blanks."""
    wide = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(wide.replace("\x00", "").split())


def finds(
    text: str, number: InstrumentedAttribute[Any], found_by: InstrumentedAttribute[str]
) -> Any:
    """Return the condition that each word of a search stands in a record's number or words."""
    words = folded(text).split()[:MOST_WORDS]
    # Single letters of any alphabet are looked for as they are; nothing is guessed.
    return and_(
        *(or_(found_by.contains(word, autoescape=True), contains(number, word)) for word in words)
    )


@event.listens_for(Findable, "before_insert", propagate=True)
@event.listens_for(Findable, "before_update", propagate=True)
def _keep_words(_mapper: Mapper[Any], _connection: Connection, record: Findable) -> None:
    record.found_by = "\n".join(folded(text) for text in record.found_words() if text)
