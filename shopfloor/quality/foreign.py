"""Other people's barcodes on gauges: the room that reads codes says which gauge is meant."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

# Texts and the codes of the gauges that they stand for; a text that stands for none is left out.
Meant = Callable[[Session, Sequence[str]], dict[str, str]]
_MEANT: list[Meant] = []


def register(meant: Meant) -> None:
    """Take from the room of scanning what other people's barcodes stand for."""
    _MEANT[:] = [meant]


def gauges_meant(session: Session, texts: Sequence[str]) -> dict[str, str]:
    """Return which gauges are meant by barcodes that are not ours."""
    return {text: code for meant in _MEANT for text, code in meant(session, texts).items()}
