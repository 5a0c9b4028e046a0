"""Words by which people look for pages of the program: the glossary's, and what else is said."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shopfloor.core.finding import folded
from shopfloor.core.refusals import Sentence
from shopfloor.core.rights import Rights


@dataclass(frozen=True)
class ProgramPage:
    """A page, the verb that opens it (none: everybody), and the words it is looked for by."""

    label: Sentence
    url: str
    verb: str
    words: str
    note: Sentence | str = ""


# In English and Chinese, as people say it: a word finds a page when it stands among these.
PAGES = [
    ProgramPage(
        _l("My work"),
        "/",
        "",
        "home jobs tasks 我的工作 首页 任务 待检 锁定 冻结 解锁 hold lock held "
        "release 特采 让步接收 原样使用 concession",
        _l("Open locks and their releases stand here for who may decide."),
    ),
    ProgramPage(
        _l("Scan"),
        "/scan",
        "",
        "scan code barcode qr report start 扫码 扫描 报工 开工 工票 job ticket "
        "二维码 条码 送检 lock 锁定 冻结",
        _l("Report work, inspect or lock: scan the lot first."),
    ),
    ProgramPage(
        _l("My actions"),
        "/my-actions",
        "",
        "undo correct 撤销 更正 我的操作 工票 job ticket reports 报工记录",
    ),
    ProgramPage(
        _l("Orders"),
        "/orders",
        "work.view",
        "work order production order 工单 生产单 订单 traveller routing card "
        "随工单 流转卡 流程卡 下达 插单 急单 rush close",
        _l("Each order prints its traveller."),
    ),
    ProgramPage(
        _l("New work order"),
        "/orders/new",
        "order.plan",
        "new plan work order 新工单 下单 开单 计划 排产",
    ),
    ProgramPage(
        _l("Items"),
        "/items",
        "catalogue.edit",
        "items parts materials products bom routing 物料 零件 产品 料号 物料清单 "
        "工艺路线 工序 where-used 单位 保质期 gtin",
    ),
    ProgramPage(
        _l("Inspection plans"),
        "/plans",
        "plan.edit",
        "inspection plans characteristics sampling aql limits control plan spec 检验方案 检验项目 "
        "抽样方案 抽样 公差 规格 检验标准 控制计划",
    ),
    ProgramPage(
        _l("Gauges"),
        "/gauges",
        "work.view",
        "gauges measuring instruments calibration calibrate caliper micrometer 量具 校准 检定 卡尺 "
        "千分尺 测量 计量",
    ),
    ProgramPage(
        _l("Approved samples"),
        "/samples",
        "work.view",
        "approved samples limit samples golden master reference 样品 封样 限度样 标准样 签样",
    ),
    ProgramPage(
        _l("Partners"),
        "/partners",
        "catalogue.edit",
        "partners vendors customers suppliers 伙伴 供应商 客户 往来单位",
    ),
    ProgramPage(
        _l("Contract manufacturers"),
        "/partners?role=contractor",
        "catalogue.edit",
        "contract manufacturer subcontractor outsourced operation 外协 委外 代工厂 外协厂 委外工序",
    ),
    ProgramPage(
        _l("Reasons"),
        "/reasons",
        "catalogue.edit",
        "reasons scrap pause causes 原因 报废原因 停机原因 特采 让步接收 "
        "concession 冻结 锁定 hold 不良原因",
        _l("Reasons for scrap, pauses, locks and their releases, concessions too."),
    ),
    ProgramPage(
        _l("Labels"),
        "/labels",
        "work.view",
        "labels print qr sticker 标签 打印 条码 二维码",
    ),
    ProgramPage(
        _l("Printers"),
        "/printers",
        "plant.edit",
        "printers zebra tsc 打印机",
    ),
    ProgramPage(
        _l("People"),
        "/people",
        "people.edit",
        "people users workers employees badge roles rights pin 人员 员工 用户 "
        "工牌 角色 权限 操作工",
    ),
    ProgramPage(
        _l("Crews"),
        "/crews",
        "people.edit",
        "crews teams groups 班组 班组长 小组",
    ),
    ProgramPage(
        _l("Skills"),
        "/skills",
        "people.edit",
        "skills training certificate 技能 上岗证 培训 资质",
    ),
    ProgramPage(
        _l("Who can what"),
        "/skills/matrix",
        "people.edit",
        "skill matrix training 技能矩阵 技能表 多能工",
    ),
    ProgramPage(
        _l("Devices"),
        "/devices",
        "people.edit",
        "devices phones tablets 设备 手机 平板 终端",
    ),
    ProgramPage(
        _l("Plant"),
        "/plant",
        "plant.edit",
        "plant factory sites lines stations places shifts 工厂 产线 工位 机台 班次 库位 仓库 车间",
    ),
    ProgramPage(
        _l("Connect a phone"),
        "/connect",
        "plant.edit",
        "connect phone certificate https 连接手机 证书",
    ),
    ProgramPage(
        _l("Self-check"),
        "/ledger",
        "ledger.check",
        "ledger reconcile check 自检 对账 账目核对",
    ),
    ProgramPage(
        _l("What has happened"),
        "/events",
        "events.read",
        "events audit log history 事件 审计 日志 记录",
    ),
    ProgramPage(
        _l("My record"),
        "/my-record",
        "",
        "my record data privacy pay 我的记录 个人记录 计件 工资",
    ),
    ProgramPage(
        _l("Last scans"),
        "/scans",
        "work.view",
        "last scans 最近扫码 扫码记录",
    ),
    ProgramPage(
        _l("Keyboard"),
        "/keyboard",
        "",
        "keyboard keys shortcuts help 键盘 快捷键 帮助",
    ),
]


def pages_called(text: str, rights: Rights) -> list[ProgramPage]:
    """Return the pages a person may open whose name or words hold every word of a search."""
    asked = folded(text).split()
    if not asked:
        return []
    return [
        page
        for page in PAGES
        if (not page.verb or rights.has(page.verb))
        and all(word in folded(f"{page.label} {page.words}") for word in asked)
    ]
