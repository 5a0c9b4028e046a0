"""Serial numbers in a row: SN0098, SN0099, SN0100."""

import re

from shopfloor.production import parting_refusals

MOST = 500
_TAIL = re.compile(r"^(.*?)(\d+)$", re.DOTALL | re.ASCII)


def following(first: str, count: int) -> tuple[str, ...]:
    """Return `count` serial numbers from the first one on; its last digits are counted up.

    They keep their width, with zeros in front. Malformed without digits at the end, or for fewer
    than one or more than MOST.
    """
    found = _TAIL.match(first.strip())
    if found is None or not 0 < count <= MOST:
        raise parting_refusals.bad_serials(MOST)
    head, digits = found.groups()
    return tuple(f"{head}{n:0{len(digits)}d}" for n in range(int(digits), int(digits) + count))
