"""The people of the demo: those whom a visitor can be, and their colleagues."""

from typing import NamedTuple


class Somebody(NamedTuple):
    """A person of the demo; who has no `line` works all over the site."""

    role: str
    login: str
    name: str
    language: str
    crew: str = ""
    line: str = ""


# Each role twice: once in English and once in Chinese. Crew A is on shift when the demo begins.
SIGN_INS = [
    Somebody("operator", "olga", "Olga Petrova", "en", "A"),
    Somebody("operator", "wang", "王建国", "zh", "A"),
    Somebody("inspector", "ivan", "Ivan Horvat", "en", "A"),
    Somebody("inspector", "li", "李敏", "zh", "A"),
    Somebody("storekeeper", "steve", "Steve Miller", "en"),
    Somebody("storekeeper", "zhao", "赵强", "zh"),
    Somebody("supervisor", "susan", "Susan Clark", "en", "A"),
    Somebody("supervisor", "chen", "陈国栋", "zh", "B"),
    Somebody("deputy", "dora", "Dora Novak", "en"),
    Somebody("deputy", "zheng", "郑伟", "zh"),
    Somebody("quality", "quinn", "Quinn Taylor", "en"),
    Somebody("quality", "zhou", "周静", "zh"),
    Somebody("planner", "paul", "Paul Schmidt", "en"),
    Somebody("planner", "sun", "孙磊", "zh"),
    Somebody("administrator", "ada", "Ada Brown", "en"),
    Somebody("administrator", "wu", "吴婷", "zh"),
]
COLLEAGUES = [
    Somebody("operator", "tom", "Tom Baker", "en", "A", "L1"),
    Somebody("operator", "liu", "刘洋", "zh", "A", "L1"),
    Somebody("operator", "marco", "Marco Rossi", "en", "B", "L1"),
    Somebody("operator", "he", "何志强", "zh", "B", "L1"),
    Somebody("operator", "elena", "Elena Costa", "en", "A", "L2"),
    Somebody("operator", "ma", "马超", "zh", "A", "L2"),
    Somebody("operator", "jan", "Jan Kowalski", "en", "B", "L2"),
    Somebody("operator", "xu", "徐芳", "zh", "B", "L2"),
    Somebody("operator", "huang", "黄丽娟", "zh", "A", "L3"),
    Somebody("operator", "nina", "Nina Weber", "en", "B", "L3"),
    Somebody("operator", "lin", "林秀英", "zh", "B", "L3"),
    Somebody("operator", "omar", "Omar Haddad", "en", "B", "L3"),
    Somebody("inspector", "petra", "Petra Vogel", "en", "B"),
    Somebody("inspector", "gao", "高翔", "zh", "B"),
]
PEOPLE = SIGN_INS + COLLEAGUES
LEADERS = {"A": "susan", "B": "chen"}
# skill → its names, and who has it
SKILLS = {
    "PRESS": (
        {"en": "Press operator's certificate", "zh": "冲压操作证"},
        ("tom", "liu", "marco", "he"),
    ),
}
PLANNERS = ("paul", "sun")


def operators(line: str, crew: str) -> list[str]:
    """Return who of a crew works on a line; those who may work everywhere are in assembly."""
    return [
        person.login
        for person in PEOPLE
        if person.role == "operator" and person.crew == crew and (person.line or "L3") == line
    ]


def inspectors(crew: str) -> list[str]:
    """Return who of a crew inspects."""
    return [p.login for p in PEOPLE if p.role == "inspector" and p.crew == crew]
