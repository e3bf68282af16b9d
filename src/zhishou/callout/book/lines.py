"""One line of the contact book as somebody wrote it, and one that may be used; between them lies the check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from zhishou.callout.whom import Hours

Code = Literal["malformed", "no_holder", "no_account", "no_channel", "area_code", "shared", "several", "broken"]
CODES: Mapping[Code, str] = {
    "malformed": "号码或地址不对",
    "no_holder": "单位或职务认不出",
    "no_account": "没有这个账户",
    "no_channel": "没有这个通道",
    "area_code": "外地区号",
    "shared": "一个号码给了两家",
    "several": "一家几个号码",
    "broken": "单元格读不出",
}
"""Reason code → what it is called; the gravest first."""

HOURS: Mapping[Hours, str] = {"any": "全天", "office": "上班时间", "off": "下班时间"}
KINDS: Mapping[str, str] = {
    "console": "值守页面",
    "mail": "邮箱",
    "sms": "短信",
    "voice": "电话",
    "wecom": "企业微信",
    "dingtalk": "钉钉",
    "feishu": "飞书",
    "apprise": "其他",
}
"""Kind of address → what it is called."""


def sort_of(kind: str) -> str:
    """What equal values are compared within: a telephone is one whether it is called or written to."""
    return "phone" if kind in {"sms", "voice"} else kind


@dataclass(frozen=True, slots=True)
class Line:
    """One way to reach somebody, as written."""

    place: str
    """Sheet and cell, or the annex: `通讯录!E7`."""
    who: str
    """Unit or post, under the name it was given."""
    kind: str
    written: str
    """The number or address itself."""
    name: str = ""
    """Who or what answers there: a name, 值班室."""
    role: str = ""
    account: str = ""
    hours: Hours = "any"
    rank: int = 0
    """Its place in the order; 0 where none is written."""
    real: bool = True
    exercise: bool = False
    holder: str = ""
    """Its holder where that is known already, as in a plan's annex."""
    error: str = ""
    """What is wrong with the cell itself."""
    channel: str = ""
    """Name of the channel that carries it, where there are several of its kind; empty: the first."""

    @property
    def label(self) -> str:
        """Whose it is, in words, without the number."""
        whose = "　".join(filter(None, (self.who or self.account, self.name)))
        return f"{whose}　{KINDS.get(self.kind, self.kind)}"

    def dumped(self) -> dict[str, Any]:
        """As JSON data, to be sealed."""
        return asdict(self)


Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that could be read: whose it is and what it says, in the house's form."""

    line: Line
    holder: str
    value: str
    mark: str

    @property
    def key(self) -> Key:
        """The very same way to reach the same person."""
        return (self.holder, self.line.name, self.line.kind, self.line.channel, self.mark)

    @property
    def slot(self) -> Key:
        """Where one number is expected and no more."""
        return (self.holder, self.line.name, self.line.kind, self.line.channel, self.line.hours)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the book has already of an address, without the number."""

    id: str
    holder: str
    name: str
    kind: str
    mark: str
    hours: Hours
    rank: int
    channel: str = ""

    @property
    def key(self) -> Key:
        """The very same way to reach the same person."""
        return (self.holder, self.name, self.kind, self.channel, self.mark)

    @property
    def slot(self) -> Key:
        """Where one number is expected and no more."""
        return (self.holder, self.name, self.kind, self.channel, self.hours)


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line that waits for a person: it is not used, and not dropped."""

    line: Line
    code: Code
    message: str
    mend: str
    entry: Entry | None = None
    """What it says, where it could be read."""


def loaded(data: Mapping[str, Any]) -> Line:
    """A line from JSON data."""
    return Line(**data)
