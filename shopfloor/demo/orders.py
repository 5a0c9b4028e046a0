"""The orders of the demo: a week that is over, the work of today, and what is planned.

Times are hours before the demo is loaded, so that it never looks stale.
"""

from dataclasses import dataclass
from enum import StrEnum


class Tale(StrEnum):
    """What makes an order worth looking at."""

    PLAIN = "plain"
    MISTYPED = "mistyped"  # a report is taken back and entered again
    RECOUNTED = "recounted"  # a supervisor books two pieces more than came
    FREED = "freed"  # an inspection failed, and a second person has decided
    WAITS = "waits"  # the pieces of the last operation done wait for an inspection
    HELD = "held"  # their inspection has failed, and nobody has decided yet


class Doing(StrEnum):
    """How a job stands when the demo begins."""

    LEFT = "left"  # finished for the day, with pieces left
    RUNNING = "running"
    PAUSED = "paused"
    SETUP = "setup"
    BREAKDOWN = "breakdown"


@dataclass(frozen=True)
class Now:
    """Work on an operation that is not finished."""

    sequence: int
    by: str
    began: float
    good: int = 0
    scrap: int = 0
    doing: Doing = Doing.RUNNING


@dataclass(frozen=True)
class Plan:
    """An order and how far it gets: `done` operations are complete, each took about `hours`."""

    item: str
    quantity: int
    due: int
    entered: float
    released: float | None = None
    began: float = 0
    hours: float = 2
    done: int = 0
    closed: float | None = None
    priority: int = 5
    tale: Tale = Tale.PLAIN
    now: tuple[Now, ...] = ()
    # the name by which the walk and the pictures know the lot
    known_as: str = ""


OVER = (
    Plan("CA-LATCH", 1600, -5, 178, 174, 166, 5, 2, closed=120),
    Plan("ST-CASE", 2400, -5, 178, 174, 165, 6, 2, closed=120),
    Plan("ST-FACE", 2000, -5, 177, 173, 164, 5, 2, closed=119, tale=Tale.MISTYPED),
    Plan("TU-PLUG", 1500, -5, 177, 173, 163, 7, 2, closed=118),
    Plan("CA-BOLT", 1200, -4, 176, 172, 158, 4, 2, closed=118),
    Plan("TU-HOUS", 800, -4, 176, 170, 150, 6, 2, closed=98),
    Plan("CA-LEVER", 900, -4, 160, 156, 148, 6, 2, closed=98, tale=Tale.RECOUNTED),
    Plan("PA-6P", 1400, -3, 152, 148, 136, 7, 1, closed=97),
    Plan("LA-20", 800, -3, 150, 146, 132, 5, 1, closed=97),
    Plan("BA-25", 600, -3, 150, 146, 130, 4, 1, closed=96),
    Plan("HS-72-SN", 360, -3, 148, 144, 124, 5, 3, closed=72, tale=Tale.FREED),
    Plan("CY-70-6P", 600, -2, 146, 140, 118, 6, 2, closed=72),
    Plan("LB-6072", 400, -2, 140, 136, 112, 5, 3, closed=71),
    Plan("LS-6072-SN", 240, -2, 130, 124, 88, 4, 4, closed=47, priority=3),
    Plan("KN-587", 320, -2, 128, 120, 96, 6, 2, closed=48),
    Plan("CY-60-5P", 500, -1, 124, 118, 84, 6, 2, closed=47),
)
FINISHED = (
    Plan("KS-587-SS", 300, -2, 118, 110, 66, 6, 3),
    Plan("LB-8545", 200, -1, 100, 96, 58, 4, 3, tale=Tale.MISTYPED),
    Plan("LS-8545-AB", 160, 0, 98, 92, 44, 4, 4, priority=3),
    Plan("PA-5P", 900, 0, 90, 84, 30, 6, 1),
)
# The lots of the walk are known by name; the first of them is reported with one tap.
TODAY = (
    Plan("LS-6072-SN", 120, 2, 30, 5, priority=2, known_as="released"),
    Plan(
        "LS-6072-SN", 200, 1, 52, 26, 8, done=0, priority=2, known_as="running",
        now=(
            Now(10, "olga", 2.4, 110, doing=Doing.LEFT),
            Now(20, "huang", 1.0, 80, 2, doing=Doing.LEFT),
            Now(10, "olga", 0.6),
        ),
    ),
    Plan("LS-8545-AB", 60, 1, 50, 28, 9.5, 2.2, done=2, priority=3, tale=Tale.WAITS,
         known_as="waiting for inspection"),
    Plan("HS-85-AB", 90, 2, 48, 28, 12, 3, done=2, tale=Tale.HELD, known_as="held"),
    Plan("KS-587-SS", 250, 2, 46, 22, 0, priority=4, known_as="paused",
         now=(Now(10, "wang", 3.1, 90, 1, doing=Doing.PAUSED),)),
    Plan("DB-101-SN", 80, -2, 120, 98, 46, 3, done=1, priority=1, known_as="overdue",
         now=(Now(20, "nina", 15.5, 46, 1, doing=Doing.LEFT),)),
    Plan("CY-70-6P", 400, 1, 44, 30, 20, 5, done=2, tale=Tale.WAITS),
    Plan("LB-6072", 180, 2, 42, 24, 10, 2.5, done=1,
         now=(Now(20, "huang", 0.4, 22),)),
    Plan("HS-72-SN", 180, 2, 40, 20, 0, now=(Now(10, "elena", 2.8, 60, 2),)),
    Plan("KN-587", 260, 3, 38, 20, 14, 4, done=1),
    Plan("CA-LATCH", 1800, 2, 36, 24, 0,
         now=(Now(10, "liu", 5.2, 640, 12, doing=Doing.LEFT),
              Now(10, "liu", 0.4, doing=Doing.BREAKDOWN))),
    Plan("ST-FACE", 3000, 3, 34, 18, 0, now=(Now(10, "tom", 0.7, doing=Doing.SETUP),)),
    Plan("TU-HOUS", 900, 3, 32, 16, 0, now=(Now(10, "ma", 3.6, 310, 4),)),
)  # fmt: skip
AHEAD = (
    Plan("LS-8545-AB", 80, 4, 28, 4, priority=4),
    Plan("PA-6P", 1200, 3, 27, 6),
    Plan("LS-6072-SN", 300, 6, 26),
    Plan("KS-587-SS", 400, 7, 25),
    Plan("DB-101-SN", 150, 8, 6, priority=3),
    Plan("CA-LEVER", 1000, 6, 5),
    Plan("ST-CASE", 2600, 9, 3),
    Plan("RL-90-NICKEL-LEFT", 60, 9, 2.5, 1.5),
)
PLANS = OVER + FINISHED + TODAY + AHEAD
