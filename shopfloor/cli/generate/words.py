"""What the things of a generated factory are called: short names, and some as long as allowed."""

# Every so many-th name is as long as a list must bear.
LONG_EVERY = 20
LONGEST = 80

_EN = (
    "Hinge bracket", "Drive shaft", "Valve body", "Cover plate", "Gear wheel", "Bearing block",
    "Pump housing", "Lock case", "Handle set", "Spring clip", "Cable duct", "Motor flange",
    "Guide rail", "Fork end", "Clamp ring", "Nozzle insert", "Filter cup", "Terminal box",
)  # fmt: skip
_ZH = (
    "铰链支架", "传动轴", "阀体", "盖板", "齿轮", "轴承座", "泵壳", "锁壳", "执手套件",
    "弹簧夹", "线槽", "电机法兰", "导轨", "叉头", "卡环", "喷嘴镶件", "滤杯", "接线盒",
)  # fmt: skip
_LENGTHEN_EN = "with reinforced mounting flange, zinc plated, for outdoor use below freezing point"
_LENGTHEN_ZH = "带加强安装法兰镀锌适用于零下低温户外环境并附密封圈及全套紧固件"
_GIVEN = ("Anna", "Ben", "Carla", "David", "Emma", "Felix", "Greta", "Hugo", "Iris", "Jonas")
_FAMILY = ("Becker", "Costa", "Dubois", "Eriksson", "Fischer", "García", "Horvat", "Ivanov")
_SURNAMES, _NAMES = "王李张刘陈杨赵黄周吴徐孙", ("伟", "芳", "娜", "敏", "静", "强", "磊", "洋")


def named(n: int, kind: tuple[str, str] = ("", "")) -> dict[str, str]:
    """Return the names of the n-th thing of a kind; every LONG_EVERY-th has 80 characters."""
    en = f"{kind[0]} {_EN[n % len(_EN)]} {n}".strip()
    zh = f"{kind[1]}{_ZH[n % len(_ZH)]} {n}"
    if n % LONG_EVERY == 1:
        return {"en": lengthened(en, f" {_LENGTHEN_EN}"), "zh": lengthened(zh, _LENGTHEN_ZH)}
    return {"en": en, "zh": zh}


def lengthened(text: str, more: str, length: int = LONGEST) -> str:
    """Return a text that goes on until it has so many characters."""
    while len(text) < length:
        text += more
    return text[:length].strip().ljust(length, ".")


def person(n: int) -> tuple[str, str]:
    """Return name and language of the n-th person, half of them Chinese."""
    if n % 2:
        name = _SURNAMES[n // 2 % len(_SURNAMES)] + _NAMES[n // 24 % len(_NAMES)] + f" {n}"
        return (lengthened(name, "欧阳建国") if n % LONG_EVERY == 1 else name), "zh"
    name = f"{_GIVEN[n // 2 % len(_GIVEN)]} {_FAMILY[n // 20 % len(_FAMILY)]} {n}"
    return (lengthened(name, " von und zu Hohenstein") if n % LONG_EVERY == 0 else name), "en"
