"""The columns that an item can come with."""

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.models import Tracking
from shopfloor.exchange.fields import Field, Holds, normal

_TRACKING = {
    **{normal(each.value): each.value for each in Tracking},
    **{normal(zh): each.value for zh, each in (("无", Tracking.NONE), ("不追踪", Tracking.NONE))},
    **{normal(zh): Tracking.LOT.value for zh in ("批次", "批号")},
    **{normal(zh): Tracking.SERIAL.value for zh in ("序列号", "sn", "serial number")},
}
FIELDS = (
    Field(
        "number",
        _l("Item number"),
        "productnumber itemnumber partnumber materialnumber number item partno itemno sku code "
        "物料编码 物料编号 物料代码 品号 料号 物料号 编码 编号 产品编号 产品编码",
        needed=True,
        longest=80,
        example="A-100",
    ),
    Field(
        "name_en",
        _l("Name, English"),
        "name nameenglish englishname description itemname productname itemdescription "
        "英文名称 英文名",
        example="Housing",
    ),
    Field(
        "name_zh",
        _l("Name, Chinese"),
        "namechinese chinesename namezh 名称 品名 物料名称 中文名称 中文名 产品名称 物料描述",
        example="外壳",
    ),
    Field(
        "unit",
        _l("Unit"),
        "uom unitofmeasure unitmeasurecode units unitname 单位 计量单位 基本单位 主单位",
        longest=20,
        example="pcs",
    ),
    Field("decimals", _l("Decimals"), "decimalplaces 小数位 小数位数", Holds.WHOLE, example="0"),
    Field(
        "tracking",
        _l("Tracking"),
        "trackedby 追踪 追踪方式 批次管理 管理方式",
        Holds.CHOICE,
        choices=_TRACKING,
        example="lot",
    ),
    Field(
        "shelf_life_days",
        _l("Shelf life in days"),
        "shelflife shelflifedays 保质期 保质期天数 有效期天数",
        Holds.WHOLE,
    ),
    Field("gtin", _l("GTIN"), "ean ean13 barcode upc 条码 商品条码 国际条码", longest=20),
    Field(
        "cost",
        _l("Cost"),
        "standardcost unitcost standardprice 标准成本 成本 单位成本",
        Holds.NUMBER,
        places=4,
        example="12.50",
    ),
    Field("cost_currency", _l("Currency"), "costcurrency currencycode 币种 货币", longest=3),
    Field(
        "other_number",
        _l("Number in another program"),
        "othernumber productid itemid id erpnumber oldnumber externalid 外部编号 旧编码 erp编码 "
        "其他编号",
        longest=80,
    ),
    Field(
        "synonyms",
        _l("Synonyms"),
        "alias aliases keywords 别名 同义词 俗称",
        longest=2000,
    ),
    Field(
        "category",
        _l("Category"),
        "itemcategory itemgroup productgroup materialgroup productcategory "
        "类别 分类 物料类别 物料分类 物料组 产品类别",
        longest=80,
        example="Housings",
    ),
)
