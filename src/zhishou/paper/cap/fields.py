"""How single fields of a foreign message are read: once or several times, words, times, points.

It stands alone because both profiles read by it, and because here is decided what is tolerated: what leaves no doubt
(blanks, `Z` for UTC, fractions of a second) is read and remarked upon, what could be meant in two ways is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar, get_args

from zhishou import clock
from zhishou.errors import ZhishouError
from zhishou.paper.cap.values import Circle, Point, Polygon

Word = TypeVar("Word")

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(T|\s+)(\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(Z|z|[+-]\d\d:?\d\d)?"  # Shanghai: +08:00
)
_FARTHEST = 14 * 60
"""Minutes that a zone may lie off UTC (XML Schema, dateTime)."""
_RING = 4
"""A polygon has at least four points, the last the first."""
_NEAR = 1e-9


class Fields:
    """One element of a message, with where it stands and what is wrong with it.

    Args:
        element: the element.
        problems: where what is wrong is added.
        remarks: where departures that leave no doubt are added.
        between: what the profile writes between date and hour.
    """

    def __init__(self, element: Any, problems: list[ZhishouError], remarks: list[str], between: str = "T") -> None:
        self.element = element
        self.problems = problems
        self.remarks = remarks
        self.between = between
        self.name = local(element)
        self._namespace = namespace(element)
        self._found: dict[str, list[Any]] = {}
        self._asked: set[str] = set()
        for child in element:
            if isinstance(child.tag, str) and namespace(child) == self._namespace:
                self._found.setdefault(local(child), []).append(child)

    def wrong(self, name: str, what: str, mend: str = "", at: Any = None) -> None:
        """Note a problem with a field."""
        line = (self.element if at is None else at).sourceline
        self.problems.append(ZhishouError(what, where=f"第 {line} 行 <{self.name}> 的 <{name}>", mend=mend))

    def remark(self, name: str, what: str) -> None:
        """Note a departure from the standard that leaves no doubt."""
        self.remarks.append(f"<{name}> {what}")

    def inside(self, name: str) -> Iterator[Fields]:
        """The elements of a name, each to be read in turn."""
        for element in self._of(name):
            yield Fields(element, self.problems, self.remarks, self.between)

    def rest(self) -> None:
        """Remark the elements nobody asked for: a name written wrongly would otherwise be lost without a word."""
        for name in self._found:
            if name not in self._asked:
                self.remark(self.name, f"里的 <{name}> 标准里没有，没有读；名称区分大小写")

    def texts(self, name: str) -> tuple[str, ...]:
        """Every text of a name; empty ones are left out."""
        found = (self._text(name, element) for element in self._of(name))
        return tuple(text for text in found if text)

    def text(self, name: str, *, required: bool = False) -> str:
        """The one text of a name; empty where there is none."""
        elements = self._of(name)
        if len(elements) > 1:
            self.wrong(name, f"写了 {len(elements)} 次，标准只许一次", "请对方核对后重发", elements[1])
        text = self._text(name, elements[0]) if elements else ""
        if required and not text:
            self.wrong(name, "没有写", "标准要求必填，请对方补上")
        return text

    def word(self, name: str, words: Any, *, required: bool = True) -> Any:
        """A word out of a set (a `Literal`); None where it is missing or another."""
        text = self.text(name, required=required)
        if not text:
            return None
        return self._one_of(name, text, get_args(words))

    def words(self, name: str, words: Any, *, required: bool = False) -> tuple[Any, ...]:
        """Words out of a set; those outside of it are problems."""
        texts = self.texts(name)
        if required and not texts:
            self.wrong(name, "没有写", "标准要求必填，请对方补上")
        found = (self._one_of(name, text, get_args(words)) for text in texts)
        return tuple(one for one in found if one is not None)

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        """A time; None where it is missing or none."""
        text = self.text(name, required=required)
        return self.time(name, text) if text else None

    def time(self, name: str, text: str) -> datetime | None:
        """A time from its text: date, `T` or blank, seconds, and where on earth."""
        match = _TIME.fullmatch(text.strip())
        if match is None:
            self.wrong(name, f"“{text}”不是时间", "写成 2026-12-15T20:00:00+08:00 的样子")
            return None
        day, between, hour, fraction, zone = match.groups()
        if zone is None:
            self.wrong(name, f"“{text}”没有写时区", "写成 2026-12-15T20:00:00+08:00 的样子")
            return None
        if zone not in "Zz" and (int(zone[-2:]) > 59 or int(zone[1:3]) * 60 + int(zone[-2:]) > _FARTHEST):
            self.wrong(name, f"“{text}”的时区不对，没有离世界时超过 14 小时的", "北京时间写 +08:00")
            return None
        if between != self.between or fraction or zone in "Zz" or ":" not in zone or hour.count(":") == 1:
            self.remark(name, f"“{text}”的写法不合标准，意思没有疑问")
        try:
            return clock.moment(f"{day}T{hour}{'+00:00' if zone in 'Zz' else zone}")
        except (ZhishouError, OverflowError, ValueError):
            self.wrong(name, f"“{text}”不是时间", "写成 2026-12-15T20:00:00+08:00 的样子")
            return None

    def number(self, name: str) -> float | None:
        """A decimal; None where it is missing or none."""
        text = self.text(name)
        if not text:
            return None
        value = _decimal(text)
        if value is None:
            self.wrong(name, f"“{text}”不是数", "写十进制数")
        return value

    def polygon(self, text: str) -> Polygon | None:
        """Points `lat,lon` with blanks between them; None where they enclose nothing."""
        points = self._points("polygon", text.split())
        if points is None:
            return None
        if len(points) < _RING:
            self.wrong("polygon", f"只有 {len(points)} 个点", "至少四个点，首尾相同")
            return None
        if math.dist(points[0], points[-1]) > _NEAR:
            self.wrong("polygon", "首尾不是同一点，不成一圈", "末尾重复第一个点")
            return None
        return (*points[:-1], points[0])

    def circle(self, text: str) -> Circle | None:
        """`lat,lon radius`, kilometres."""
        parts = text.split()
        radius = _decimal(parts[-1]) if len(parts) == 2 else None
        if radius is None or radius < 0:
            self.wrong("circle", f"“{text}”不是圆", "写成“35.5,112.8 10”：纬度,经度 半径（公里）")
            return None
        points = self._points("circle", parts[:1])
        return None if points is None else Circle(points[0], radius)

    def _points(self, name: str, texts: Sequence[str]) -> tuple[Point, ...] | None:
        points = []
        for text in texts:
            pair = [_decimal(part) for part in text.split(",")]
            if len(pair) != 2 or pair[0] is None or pair[1] is None:
                self.wrong(name, f"“{text}”不是一个点", "写成“35.5,112.8”：纬度,经度，点间空格")
                return None
            if abs(pair[0]) > 90 or abs(pair[1]) > 180:
                self.wrong(name, f"“{text}”不在地球上", "纬度在前、经度在后，看看是不是颠倒了")
                return None
            points.append((pair[0], pair[1]))
        return tuple(points)

    def _of(self, name: str) -> list[Any]:
        self._asked.add(name)
        return self._found.get(name, [])

    def _one_of(self, name: str, text: str, allowed: Sequence[str]) -> str | None:
        if text == "Very Likely" and name == "certainty":  # of CAP 1.0; CAP 1.2, 3.2.2 has it read so
            self.remark(name, "写的是旧标准的 Very Likely，按 Likely 读")
            return "Likely"
        if text not in allowed:
            self.wrong(name, f"“{text}”不在标准所列之内", f"可写：{'、'.join(allowed)}")
            return None
        return text

    def _text(self, name: str, element: Any) -> str:
        if len(element):
            self.wrong(name, "里面还有别的元素", "这里只能写文字，请对方核对", element)
            return ""
        return (element.text or "").strip()


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Any) -> str:
    """The namespace of an element; empty where it has none."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def _decimal(text: str) -> float | None:
    """A decimal without blanks or words such as `nan`; programmes write coordinates near nought with twenty digits."""
    return float(text) if re.fullmatch(r"[-+]?(\d{1,12}(\.\d{0,40})?|\.\d{1,40})", text) else None
