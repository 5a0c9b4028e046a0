"""Finding: by which words a record is found, in any case, width and normal form."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, event, or_, true
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
    text: str,
    *columns: InstrumentedAttribute[Any],
    also: Callable[[str], ColumnElement[bool]] | None = None,
) -> ColumnElement[bool]:
    """Return the condition that each word of a search stands in one of a record's columns.

    `also` says of a word what else fits: the few items it finds are looked up once, and not again
    for every order of them.
    """
    words = folded(text).split()[:MOST_WORDS]
    each = ([contains(column, word) for column in columns] for word in words)
    if also is not None:
        each = ([*fits, also(word)] for fits, word in zip(each, words, strict=True))
    return and_(true(), *(or_(*fits) for fits in each))


@event.listens_for(Findable, "before_insert", propagate=True)
@event.listens_for(Findable, "before_update", propagate=True)
def _keep_words(_mapper: Mapper[Any], _connection: Connection, record: Findable) -> None:
    record.found_by = "\n".join(folded(text) for text in record.found_words() if text)
