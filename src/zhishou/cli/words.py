"""Chinese for the few English tokens that packs use, wherever the command line prints them."""

from __future__ import annotations

from collections.abc import Mapping

SPANS: Mapping[str, str] = {
    "immediately": "立即",
    "promptly": "及时",
    "regularly": "定期",
    "by_rule": "按有关规定",
}
STATUS: Mapping[str, str] = {
    "rule": "判定规则",
    "task": "处置任务",
    "duty": "职责义务",
    "roster": "机构名录",
    "judgement": "由人判断",
    "background": "背景",
}
KINDS: Mapping[str, str] = {
    "first": "首报",
    "follow_up": "续报",
    "final": "终报",
    "written": "书面报告",
    "answer": "答复催报核实",
    "return": "报表",
    "notification": "通报",
    "monitoring": "监测",
}
_UNITS = (
    ("months", "个月"),
    ("month", "个月"),
    ("years", "年"),
    ("year", "年"),
    ("min", "分钟"),
    ("h", "小时"),
    ("d", "天"),
)


def span(text: str | None) -> str:
    """A span of time in Chinese: `30 min` → 30 分钟, `promptly` → 及时."""
    if not text:
        return ""
    if text in SPANS:
        return SPANS[text]
    for unit, word in _UNITS:
        if text.endswith(f" {unit}"):
            return f"{text.removesuffix(unit).strip()} {word}"
    return text
