"""What a finding is, and the list of its codes, which never change their meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from zhishou.plan.pack import LadderKind, Pack


class Severity(StrEnum):
    """How grave a finding is for the night on which the plan is needed."""

    HIGH = "high"
    """严重: a level, a decider or a caller may be missing when it counts."""
    MEDIUM = "medium"
    """一般: people may act on different readings."""
    LOW = "low"
    """提示: upkeep and tidiness."""

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)

    @property
    def label(self) -> str:
        """Chinese label."""
        return {"high": "严重", "medium": "一般", "low": "提示"}[self.value]


CODES: Mapping[str, tuple[Severity, str, str]] = {
    "ladder.hole": (Severity.HIGH, "级别空档", "a worse situation is claimed by no level"),
    "ladder.drop": (Severity.HIGH, "级别倒挂", "a worse situation is claimed by a milder level only"),
    "ladder.overlap": (Severity.MEDIUM, "级别重叠", "one point is claimed by two levels"),
    "ladder.nested": (Severity.LOW, "低级别未设上限", "a milder level's condition also holds at a more severe one"),
    "ladder.duplicate": (Severity.HIGH, "同一条件列入两级", "the same condition stands under two levels"),
    "ladder.unreachable": (Severity.HIGH, "级别无法单独启动", "a level can never be proposed on its own"),
    "ladder.gate": (Severity.HIGH, "一个前提卡住所有级别", "one condition gates every level"),
    "ladder.no-condition": (Severity.HIGH, "级别没有条件", "a level has no condition"),
    "ladder.implied": (Severity.MEDIUM, "级别条件未明示", "a level's condition is only implied"),
    "ladder.at-rest": (Severity.MEDIUM, "无事也够级别", "a level is claimed although nothing has happened"),
    "ladder.levels-differ": (
        Severity.LOW,
        "预警与响应级数不同",
        "warning and response have different numbers of levels",
    ),
    "ladder.no-adjusting": (Severity.LOW, "没有级别调整规定", "no clause says who raises or lowers a response level"),
    "ladder.no-hand-over": (Severity.LOW, "没有移交指挥权规定", "no clause says when command is handed upward"),
    "ladder.basis": (Severity.MEDIUM, "预警与响应口径不同", "warning and response measure against different bases"),
    "ladder.no-warning": (Severity.MEDIUM, "没有预警分级", "the plan has no warning levels"),
    "ladder.no-colour": (Severity.LOW, "预警没有颜色", "a warning level has no colour"),
    "ladder.warning-after-response": (Severity.MEDIUM, "预警以响应为前提", "a warning presupposes a response"),
    "bound.unstated": (Severity.MEDIUM, "界限归属未明", "the text leaves open to which level a bound belongs"),
    "wording.undefined": (Severity.MEDIUM, "以上以下未定义", "the plan uses words of quantity it does not define"),
    "authority.none": (Severity.HIGH, "没有决定人", "a level has no decider"),
    "authority.no-deputy": (Severity.MEDIUM, "决定人没有替补", "the sole decider has no deputy anywhere"),
    "authority.self-approval": (Severity.MEDIUM, "建议与决定同一人", "whoever proposes also decides"),
    "authority.no-ender": (Severity.MEDIUM, "没有写由谁结束或解除", "nobody is named to end or lift a level"),
    "authority.two-posts": (
        Severity.MEDIUM,
        "一人兼建议与决定两职",
        "one person holds the posts that propose and decide",
    ),
    "authority.end-differs": (Severity.MEDIUM, "启动与结束不是同一人", "whoever ends a level did not start it"),
    "authority.joint-post": (Severity.LOW, "一职多人", "one post is filled by several people"),
    "authority.vacant-post": (Severity.MEDIUM, "职务无人担任", "nobody is named to fill a post"),
    "authority.idle-post": (Severity.LOW, "副职无权", "a deputy post has no power anywhere"),
    "authority.no-commander": (Severity.MEDIUM, "现场指挥部无指挥长", "the on-scene headquarters has no commander"),
    "authority.two-rules": (Severity.MEDIUM, "决定权两处规定不一", "two clauses give the decision to different people"),
    "measure.no-unit": (Severity.MEDIUM, "措施没有责任单位", "a measure names no unit"),
    "roster.member-without-duty": (Severity.MEDIUM, "成员单位无职责", "a member unit has no duties"),
    "roster.duty-without-member": (Severity.MEDIUM, "有职责而非成员", "a unit has duties but is not a member"),
    "roster.group-outsider": (Severity.LOW, "工作组单位不在成员之列", "a work group holds a unit that is no member"),
    "roster.two-leads": (Severity.LOW, "工作组双牵头", "a work group has two leads"),
    "roster.lists-differ": (Severity.MEDIUM, "两处名单不一致", "two lists of members differ"),
    "roster.posts-differ": (Severity.MEDIUM, "两处职务人选不一致", "two clauses fill one post differently"),
    "roster.name-variants": (Severity.LOW, "同一单位名称不一", "one unit stands under several names"),
    "deadline.conflict": (Severity.MEDIUM, "时限矛盾", "deadlines for the same report contradict each other"),
    "deadline.none": (Severity.MEDIUM, "首报无时限", "no first report has a time limit in figures"),
    "deadline.no-interval": (Severity.LOW, "续报无间隔", "no follow-up report has an interval in figures"),
    "target.no-deadline": (Severity.MEDIUM, "指标没有期限", "a target has no day by which it must be reached"),
    "report.no-contents": (Severity.LOW, "没有写报告内容", "the plan does not say what a report must contain"),
    "scope.elsewhere": (Severity.LOW, "转给库外预案", "a subject is left to a plan that is not in the set"),
    "scope.uncovered": (Severity.HIGH, "适用范围空白", "a subject is left to others and covered by none"),
    "sister.missing-condition": (Severity.MEDIUM, "姊妹预案条件缺失", "a condition its sister plans share is missing"),
    "priority.superior": (Severity.HIGH, "压减次序与上级矛盾", "the order of cutting contradicts a superior text"),
    "priority.unprotected": (
        Severity.HIGH,
        "优先名单缺少上级保障对象",
        "the protected list lacks those a superior text protects",
    ),
    "contact.shared": (Severity.MEDIUM, "一号两单位", "one telephone number for two units"),
    "contact.several": (Severity.LOW, "一单位多号", "several telephone numbers for one unit"),
    "contact.area-code": (Severity.HIGH, "区号不符", "the area code is another city's"),
    "contact.personal": (Severity.MEDIUM, "以个人手机代值班电话", "a personal mobile number stands for a duty line"),
    "contact.missing": (Severity.MEDIUM, "成员单位无值班电话", "a member unit has no telephone number"),
    "contact.none": (Severity.MEDIUM, "没有通讯录", "the plan has no contacts"),
    "stock.incomplete": (Severity.LOW, "物资清单数量或单位缺失", "a line of a stock list lacks its quantity or unit"),
    "stock.twice": (Severity.LOW, "物资清单重复列项", "one item stands on several lines of a stock list"),
    "annex.missing": (Severity.MEDIUM, "附件缺失", "an annex that the plan lists is not in the published text"),
    "annex.heading-only": (Severity.LOW, "附件只有标题", "of an annex only the heading is in the published text"),
    "revision.overdue": (Severity.HIGH, "修订逾期", "the revision is overdue"),
    "revision.none": (Severity.LOW, "没有修订周期", "the plan sets no revision interval"),
    "drill.overdue": (Severity.MEDIUM, "演练逾期无记录", "a drill is due and none is on record"),
    "drill.none": (Severity.LOW, "没有演练周期", "the plan sets no drill interval"),
    "text.conflict": (Severity.MEDIUM, "前后说法不一", "two places of the text contradict each other"),
    "text.dangling": (Severity.MEDIUM, "所指不存在", "the text points to something that is not there"),
    "text.gap": (Severity.MEDIUM, "该写未写", "the text leaves out what it should say"),
    "text.slip": (Severity.LOW, "用字用词之误", "a slip of the pen in the published text"),
    "season.past": (Severity.LOW, "所指采暖季已过", "the text is for a winter that has passed"),
}
"""Code → severity, Chinese name, English meaning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    code: str
    """Stable code, a key of `CODES`."""
    plans: tuple[str, ...]
    """The plans concerned, the first the one to mend."""
    clause: str
    """The clause, or clauses joined with 、."""
    text: str
    """One Chinese sentence."""
    english: str
    """The same in English."""
    witness: Mapping[str, Any] = field(default_factory=dict)
    """Concrete facts, or the entries of the pack, that show it."""
    place: str = ""
    """file:line in the pack."""

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return CODES[self.code][0]

    @property
    def name(self) -> str:
        """Chinese name of the code."""
        return CODES[self.code][1]


def joined(names: tuple[str, ...] | list[str]) -> str:
    """Names joined for a Chinese sentence."""
    return "、".join(names)


def unit_id(pack: Pack, name: str) -> str:
    """The organisation that the plan means by a name, or the name itself where it is a body of the plan."""
    actor = pack.actor(name)
    return actor.id if actor.kind == "unit" else name


def is_role(pack: Pack, id_: str) -> bool:
    """Whether an organisation is a place-holder that the incident fills."""
    organisation = pack.lexicon.organisations.get(id_)
    return organisation is not None and organisation.kind == "role"


def label(pack: Pack, kind: LadderKind, level: str) -> str:
    """What a level is called."""
    return next(found.label for found in pack.ladders[kind].levels if found.level == level)
