"""How an official writes moments, numbers, clauses and lists; it stands alone so that every paper writes them alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from zhishou import clock
from zhishou.plan import spans
from zhishou.plan.lexicon import Fact
from zhishou.plan.pack import Pack

SPANS = spans.SPANS
_DIGITS = "零一二三四五六七八九"
_ROMAN = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}
_CLAUSE = re.compile(r"(?P<clause>\d+(?:\.\d+)*)(?P<part>[^\d()ⅠⅡⅢⅣ]*)(?P<items>(?:\([^()]+\))*)")


def day(at: date) -> str:
    """2026年12月15日."""
    return f"{at.year}年{at.month}月{at.day}日"


def moment(at: datetime) -> str:
    """2026年12月15日20时30分; on the hour, 2026年12月15日20时."""
    return f"{day(at)}{hour(at)}"


def soon(at: datetime) -> str:
    """12月15日20时30分, where the year goes without saying."""
    return f"{at.month}月{at.day}日{hour(at)}"


def later(at: datetime, before: datetime | None) -> str:
    """A moment told after another one: what they share of year and day is not said again."""
    if before is None or at.year != before.year:
        return moment(at)
    return hour(at) if at.date() == before.date() else soon(at)


def hour(at: datetime) -> str:
    """20时30分; on the hour, 20时."""
    return f"{at.hour}时{f'{at.minute}分' if at.minute else ''}"


def span(within: str) -> str:
    """30分钟, 2小时, or the text's own word."""
    return spans.span(within)


def minutes(length: float) -> str:
    """A length given in minutes: 30分钟, 2小时, 1小时30分钟."""
    whole = round(length)
    hours, left = divmod(whole, 60)
    return f"{f'{hours}小时' if hours else ''}{f'{left}分钟' if left or not hours else ''}"


def lasted(since: datetime, until: datetime) -> str:
    """How long something lasted."""
    length = until - since
    days, rest = divmod(length, timedelta(days=1))
    return f"{f'{days}天' if days else ''}{minutes(rest / timedelta(minutes=1))}" if rest or not days else f"{days}天"


def counted(number: int) -> str:
    """A number up to 99 in Chinese, as headings have it."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def number(value: float, places: int = 2) -> str:
    """A number without needless zeros."""
    return f"{value:.{places}f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def clause(name: str) -> str:
    """第4.2.2条第（1）项; what is numbered otherwise stays in quotation marks."""
    found = _CLAUSE.fullmatch(name)
    if found is None:
        return f"“{name.replace('(', '（').replace(')', '）')}”"
    return f"第{found['clause']}条{found['part']}{_items(found['items'])}"


def clauses(names: Iterable[str]) -> str:
    """Several clauses; items of one clause stand together: 第3.3条第（2）、（3）项."""
    together: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        found = _CLAUSE.fullmatch(name)
        whole = f"第{found['clause']}条{found['part']}" if found else clause(name)
        together.setdefault(whole, []).append(found["items"] if found else "")
    return "、".join(_with_items(whole, items) for whole, items in together.items())


def _with_items(whole: str, items: list[str]) -> str:
    own = [item for item in items if item]
    if not own or any(item.count("(") > 1 for item in own):
        said = [whole, *(f"{whole}{_items(item)}" for item in own)] if len(own) < len(items) else []
        return "、".join(said or [f"{whole}{_items(item)}" for item in own])
    inner = f"第{'、'.join(f'（{item[1:-1]}）' for item in own)}项"
    return f"{whole}、{whole}{inner}" if len(own) < len(items) else f"{whole}{inner}"


def _items(text: str) -> str:
    return "".join(f"第（{item}）项" for item in re.findall(r"\(([^()]+)\)", text))


def cited(pack: Pack, names: Iterable[str], *, numbered: bool = False) -> str:
    """《晋城市……应急预案》第4.2.2条第（1）项; with the document's number where wanted."""
    title = f"《{pack.plan.title}》" + (f"（{pack.plan.number}）" if numbered and pack.plan.number else "")
    return f"{title}{clauses(names)}"


def listed(names: Iterable[str]) -> str:
    """Names with 、 between them, each once."""
    return "、".join(dict.fromkeys(names))


def sentence(text: str) -> str:
    """A text ending as a sentence does."""
    text = text.strip().rstrip("；;，,、")
    return text if not text or text.rstrip("”")[-1:] in {"。", "！", "？"} else f"{text}。"


def wide(text: str) -> str:
    """A Chinese text with Chinese brackets."""
    return text.replace("(", "（").replace(")", "）")


def closed(text: str) -> str:
    """A figure without the space before its unit."""
    return re.sub(r"(?<=\d) (?=[^\d ])", "", text)


def roman(level_: str) -> str:
    """II as it is printed: Ⅱ级; what is no such number stays."""
    return f"{_ROMAN[level_]}级" if level_ in _ROMAN else level_


def levelled(text: str) -> str:
    """A sentence of the assessment with its level as it is printed: 响应级别为Ⅳ级."""
    return re.sub(
        r"(?<=级别为)(I{1,3}|IV|V|[ⅠⅡⅢⅣⅤ])(?![IVⅠⅡⅢⅣⅤ级])", lambda found: f"{_ROMAN.get(found[1], found[1])}级", text
    )


def printed(text: str) -> str:
    """What a machine noted, as it is printed: dates in words, no spaces between Chinese and figures."""
    text = re.sub(r"(\d{4})-(\d{2})-(\d{2})", lambda at: f"{at[1]}年{int(at[2])}月{int(at[3])}日", text)
    text = re.sub(r"(?<=\d)–(?=\d{1,2}:\d{2})", "至", text)
    text = re.sub(
        r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])",
        lambda at: f"{int(at[1])}时{f'{int(at[2])}分' if at[2] != '00' else ''}",
        text,
    )
    return re.sub(r"(?<=[\u4e00-\u9fff，：；）]) (?=[\u4e00-\u9fff\d（])|(?<=\d) (?=[\u4e00-\u9fff])", "", text)


def grouped(digest: str) -> str:
    """A digest in groups of eight, so that it can be read out and breaks over lines."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def bare(text: str) -> str:
    """A text without its full stop, to go on with."""
    return text.strip().rstrip("。；;，,、 ")


def occurring(title: str) -> str:
    """发生阳城县城天然气供应不足事件; a title that says what it is stays as it is."""
    return f"发生{title}" + ("" if title.endswith(("事件", "事故", "险情", "火灾", "爆炸", "故障")) else "事件")


def level(label: str) -> str:
    """Ⅱ级响应 as papers call it: Ⅱ级应急响应."""
    return label if "应急" in label else label.replace("响应", "应急响应")


def colour(label: str, colour_: str | None) -> str:
    """二级预警 with its colour: 二级（橙色）预警; a label that says the colour stays."""
    if not colour_ or colour_ in label:
        return label
    head, found, tail = label.rpartition("预警")
    return f"{head}（{colour_}色）{found}{tail}" if found else f"{label}（{colour_}色）"


def fact(of: Fact, given: Mapping[str, Any]) -> str:
    """A fact as a clause of a sentence: 全市天然气供需缺口为7.3%."""
    return f"{of.label}{_stated(of, given)}"


def _stated(of: Fact, given: Mapping[str, Any]) -> str:
    unit = spans.UNITS.get(written := str(given.get("unit") or of.unit), written)
    if "value" in given:
        value = given["value"]
        if isinstance(value, bool):
            return "：是" if value else "：否"
        if isinstance(value, int | float):
            return f"为{number(float(value))}{unit}"
        return f"为{roman(str(value))}"
    low, high = given.get("at_least"), given.get("at_most")
    if low is not None and high is not None:
        return f"在{number(float(low))}至{number(float(high))}{unit}之间"
    return f"不少于{number(float(low))}{unit}" if low is not None else f"不超过{number(float(high or 0))}{unit}"


def at_of(given: Mapping[str, Any]) -> datetime | None:
    """When a fact was observed, where it says so."""
    return clock.moment(given["at"]) if given.get("at") else None
