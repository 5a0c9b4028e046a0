"""The columns that a line of a BOM can come with, and what may be chosen about them."""

from flask_babel import lazy_gettext as _l

from shopfloor.exchange.fields import Field, Holds
from shopfloor.exchange.findings import Option

TAKE_UNITS = Option(
    "take_units",
    _l("Items take their unit from this file"),
    _l("Only items that nothing has been measured in yet: no lot, no order, no BOM."),
)
FIELDS = (
    Field(
        "assembly",
        _l("Assembly"),
        "productassemblyid parent parentitem parentnumber assemblynumber product bomitem "
        "父件 父项 父项编码 父件编码 母件 母件编码 产品 产品编码 成品编码 主件品号",
        longest=80,
        example="A-100",
    ),
    Field(
        "component",
        _l("Component"),
        "componentid componentnumber child childitem material part item itemnumber "
        "子件 子项 子项编码 子件编码 组件 物料编码 元件品号 料号 品号",
        needed=True,
        longest=80,
        example="B-200",
    ),
    Field(
        "quantity",
        _l("Quantity for one"),
        "perassemblyqty quantityper qtyper qty amount usage 用量 单位用量 数量 组成用量 标准用量",
        Holds.NUMBER,
        needed=True,
        above_zero=True,
        example="2",
    ),
    Field(
        "unit",
        _l("Unit"),
        "unitmeasurecode uom unitofmeasure 单位 计量单位 用量单位",
        longest=20,
        example="pcs",
    ),
    Field(
        "valid_from",
        _l("Good from"),
        "startdate from validfrom effectivefrom effectivedate 生效日期 开始日期 有效期自 生效日",
        Holds.DAY,
    ),
    Field(
        "valid_to",
        _l("Good through"),
        "enddate to until validto validuntil effectiveto 失效日期 结束日期 有效期至 失效日",
        Holds.DAY,
    ),
)
