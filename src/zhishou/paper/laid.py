"""A paper laid out line by line, once for both renderers: what stands above what, how far in, in which face.

It knows GB/T 9704-2012 and no file format: a text block of 156 × 225 mm, 22 lines of 28 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, pairwise
from typing import Literal

from zhishou.paper import words
from zhishou.paper.codes import pictured
from zhishou.paper.kinds import KINDS
from zhishou.paper.value import Form, Heading, Items, Paper, Signatures, Table, Text, blank, printable, shown

CHARACTERS, LINES = 28, 22
"""Of a full page."""
WIDTH, HEIGHT = 156.0, 225.0
"""The text block, mm."""
TOP, LEFT, RIGHT, BOTTOM = 37.0, 28.0, 26.0, 35.0
"""Margins, mm; the binding edge is left."""
PITCH = 28.95
"""From line to line, pt: 22 of them are just less than 225 mm, and a word processor can set it exactly."""
EXERCISE = "【演练】"
TIED = 6
"""Lines of a last paragraph that may go to the next page with the signature."""

Style = Literal["body", "h1", "h2", "title", "to", "plain", "note", "stamp", "issuer", "numbers", "caption"]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph as it is set."""

    text: str
    style: Style = "body"
    align: Literal["left", "center", "right", "both"] = "both"
    indent: float = 0
    """Of the first line, characters."""
    left: float = 0
    """Of all lines, characters."""
    right: float = 0
    """From the right, characters."""
    keep: bool = False
    """Stays on one page with what follows."""
    size: float = 16
    """pt."""
    name: str = ""
    """Stands after the text, in KaiTi: a signer's name."""


@dataclass(frozen=True, slots=True)
class Space:
    """Empty lines."""

    lines: float = 1
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """The red line under the head."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is set: every cell a text; widths in shares of the text block."""

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    align: str
    heads: int = 1
    """Rows at the top that are headings and are repeated on every page."""
    spans: tuple[tuple[int, int, int], ...] = ()
    """Row, first column, how many columns it takes; the others of the row are empty."""
    labels: tuple[int, ...] = ()
    """Columns that hold labels."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """The lines at the foot of the last page: copies, who printed it, when."""

    copies: str
    rows: tuple[tuple[str, str], ...]
    """What stands left and right: who printed it, and when; on two lines where one would not hold them."""


Part = Line | Space | Rule | Grid | Imprint


@dataclass(frozen=True, slots=True)
class Laid:
    """A paper laid out."""

    parts: tuple[Part, ...]
    title: str
    """For the file's own title."""
    number: str
    exercise: bool
    code: str
    picture: str
    """What its QR code says."""
    author: str


def laid(paper: Paper, address: str = "") -> Laid:
    """A paper laid out.

    Args:
        paper: the paper, numbered or a draft.
        address: the console's address, for the link in the QR code; empty: number and code in words.
    """
    paper = printable(paper)
    number = paper.number or f"〔{paper.made.year}〕{shown(blank('文号'))}号"
    full = f"{shown(paper.issuer)}{paper.title}" if KINDS[paper.kind].form == "letter" else paper.title
    parts = _letter(paper, number) if KINDS[paper.kind].form == "letter" else _sheet(paper, number)
    picture = pictured(number, paper.code, address) if paper.code else ""
    return Laid(tuple(_printed(parts)), shown(full), number, paper.exercise, paper.code, picture, shown(paper.issuer))


def _printed(parts: Iterator[Part]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, Line):
            yield replace(part, text=shown(part.text), name=shown(part.name))
        elif isinstance(part, Grid):
            yield replace(part, rows=tuple(tuple(map(shown, row)) for row in part.rows))
        elif isinstance(part, Imprint):
            yield Imprint(shown(part.copies), tuple((shown(left), right) for left, right in part.rows))
        else:
            yield part


def _letter(paper: Paper, number: str) -> Iterator[Part]:
    issuer = shown(paper.issuer)
    yield Space(3.4)  # the name of the issuer begins 35 mm below the top of the text block
    per_line, size = _fitting(issuer)
    for start in range(0, len(issuer), per_line):
        yield Line(issuer[start : start + per_line], "issuer", "center", size=size)
    yield Space(1)
    if paper.signer:
        # On papers that go upward the number moves left and the signer stands right, each one character in.
        # GB/T 9704-2012, 7.2.6: the three characters in FangSong, the name in KaiTi.
        yield Line(f"{number}\t签发人：", "numbers", "left", left=1, right=1, name=paper.signer)
    else:
        yield Line(number, "numbers", "center")
    yield Rule()
    yield Space(1.5)
    for text in title_lines(f"{issuer}{paper.title}"):
        yield Line(text, "title", "center", size=22, keep=True)
    yield Space(1)
    if paper.to:
        yield Line(f"{_recipients(paper.to)}：", "to")
    yield from _ending(_body(paper))
    yield Space(2, keep=True)  # the seal is put on by hand, over name and date
    yield from _signed(paper)
    by, when = paper.printed_by or paper.issuer, f"{words.day(paper.printed or paper.made)}印发"
    rows = ((by, when),) if _wide(by) + _wide(when) < CHARACTERS else ((by, ""), ("", when))
    yield Imprint(f"{'，'.join(paper.copies)}。" if paper.copies else "", rows)


def _ending(parts: Iterator[Part]) -> Iterator[Part]:
    """The same, the last paragraph tied to the signature: no page carries a signature alone.

    A long paragraph is not tied: it would go to the next page whole and leave half a page empty. A few words, as 特此报告,
    are not enough for a page and take what stands before them along.
    """
    all_ = list(parts)
    for place in range(len(all_) - 1, -1, -1):
        one = all_[place]
        if not isinstance(one, Line) or _wide(one.text) > TIED * CHARACTERS:
            break
        all_[place] = replace(one, keep=True)
        if _wide(one.text) > CHARACTERS / 2:
            break
    yield from all_


def _tied(parts: list[Part]) -> Iterator[Part]:
    """The same, the last paragraph tied to the signatures under it: no page carries these alone."""
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        signed = isinstance(after, Space) and after.keep
        tied = signed and isinstance(part, Line) and _wide(part.text) <= TIED * CHARACTERS
        yield replace(part, keep=True) if tied and isinstance(part, Line) else part


def _sheet(paper: Paper, number: str) -> Iterator[Part]:
    for text in title_lines(paper.title):
        yield Line(text, "title", "center", size=22, keep=True)
    yield Space(0.5)
    made = words.moment(paper.made)
    yield Line(f"{number}\t{made}", "numbers", "left")
    yield Space(0.3)
    yield from _tied(list(_body(paper)))
    if paper.basis:
        yield Space(0.5, keep=True)
        yield Line(words.sentence(paper.basis), "note", "left", size=12)


def _fitting(name: str) -> tuple[int, float]:
    """How many characters of the issuer's name stand on one line, and how large, pt."""
    width = WIDTH / 25.4 * 72
    lines = 1 if len(name) <= 26 else 2
    per_line = -(-len(name) // lines)
    return per_line, float(min(44, int(width / per_line / 0.5) * 0.5 - 0.5))


def _recipients(to: tuple[str, ...]) -> str:
    """Main recipients: those of one kind with 、, governments and units with ， between them; a committee before its government."""
    committees = [one for one in to if one.endswith(("党委", "省委", "市委", "县委", "区委"))]
    above = [*committees, *(one for one in to if one.endswith("政府"))]
    others = [one for one in to if one not in above]
    return "，".join("、".join(part) for part in (above, others) if part)


def _body(paper: Paper) -> Iterator[Part]:
    first = second = 0
    for block in paper.body:
        if isinstance(block, Heading) and block.level == 1:
            first, second = first + 1, 0
            yield Line(f"{words.counted(first)}、{block.text}", "h1", indent=2, keep=True)
        elif isinstance(block, Heading):
            second += 1
            yield Line(f"（{words.counted(second)}）{block.text}", "h2", indent=2, keep=True)
        else:
            yield from _block(block)


def _block(block: Text | Items | Table | Form | Signatures) -> Iterator[Part]:
    match block:
        case Text(text):
            yield Line(text, indent=2)
        case Items(texts):
            # 1.2026年 would read as a number; what begins with a date stands without one.
            counted = len(texts) > 1 and not any(text[:1].isdigit() for text in texts)
            for place, text in enumerate(texts, start=1):
                yield Line(f"{place}.{text}" if counted else text, indent=2)
        case Table():
            yield from _table(block)
        case Form(fields):
            yield _form(fields)
            yield Space(0.3)
        case Signatures(roles):
            yield Space(1, keep=True)
            for role in roles:
                yield Line(f"{role}：{blank(role)}{blank(role)}", "plain", "left", left=2, keep=True)


def _table(table: Table) -> Iterator[Part]:
    if table.title:
        yield Line(table.title, "caption", "right", keep=True, size=12)
    yield Grid((table.heads, *table.rows), _shares(table.widths), table.align)
    yield Space(0.3)


def _shares(widths: tuple[float, ...]) -> tuple[float, ...]:
    total = sum(widths)
    return tuple(one / total for one in widths)


SHORT = 9
"""Characters of a field that stands beside another on one line."""


def _form(fields: tuple[tuple[str, str], ...]) -> Grid:
    rows: list[tuple[str, ...]] = []
    spans: list[tuple[int, int, int]] = []
    waiting: tuple[str, str] | None = None

    def alone(field: tuple[str, str]) -> None:
        spans.append((len(rows), 1, 3))
        rows.append((*field, "", ""))

    for field in fields:
        if _wide(field[1]) > SHORT * 1.6:
            if waiting:
                alone(waiting)
                waiting = None
            alone(field)
        elif waiting:
            rows.append((*waiting, *field))
            waiting = None
        else:
            waiting = field
    if waiting:
        alone(waiting)
    return Grid(tuple(rows), _shares((18, 32, 18, 32)), "clcl", 0, tuple(spans), (0, 2))


def _wide(text: str) -> float:
    """Width in characters, half for what is Latin."""
    return sum(1.0 if ord(one) > 0x2E7F or one in "—“”‘’…" else 0.55 for one in shown(text))


def _signed(paper: Paper) -> Iterator[Part]:
    """Name over date: the date four characters from the right, the name centred on it, moved left where it is longer.

    Both stay with the imprint: no page carries that alone.
    """
    date = words.day(paper.made)
    name, wide = _wide(paper.issuer), _wide(date)
    right = max(4 + (wide - name) / 2, 1.0)
    yield Line(paper.issuer, "plain", "right", right=right, keep=True)
    yield Line(date, "plain", "right", right=max(4.0, right + (name - wide) / 2), keep=True)


_BREAKS = re.compile(
    r"(?<=）)(?=[^）])|(?=应急(?:救援|工作)?指挥部)|"
    r"(?=事故应急)|(?=应急处置)|(?=突发事件)|(?<=[县市区]城)(?=天然气|燃气|供)|(?<=公司|反映)|"
    r"(?<=[厂站])|(?<=库)(?!存)|(?<=场)(?!所)|(?<=矿)(?![山业])|(?<=井)(?=井喷)"
)
_WORDS = re.compile(
    "供应|不足|供需|失衡|中断|泄漏|爆炸|爆燃|井喷|中毒|坍塌|垮塌|断裂|停电|停气|停热|天然气|煤层气|煤气|燃气|灶具|储存|"
    "事故|预警|响应|通知|新闻|通稿|情况|评估|报告|压减|指令|任务"
)
"""What no line of a title ends in the middle of."""
LONGEST = 20
"""Characters of a title that stand on one line."""


@cache
def title_lines(title: str) -> tuple[str, ...]:
    """A title on as few lines as it needs, broken where the sense breaks, of about one length.

    No line begins with a particle, and no break falls inside brackets or quotation marks where it can be helped.
    """
    text = shown(title)
    if _wide(text) <= LONGEST:
        return (text,)
    if (at := text.find("关于")) > 0:  # who, and about what, on lines of their own
        return title_lines(text[:at]) + title_lines(text[at:])
    natural = {found.start() for found in _BREAKS.finditer(text)} - {0}
    within = {at for found in _WORDS.finditer(text) for at in range(found.start() + 1, found.end())}
    prices = [
        0.0 if at in natural else _price(text, at) + (12.0 if at in within else 0.0) for at in range(len(text))
    ] + [0.0]
    found = (_broken(text, count, prices) for count in range(2, 6))
    best = min((one for one in found if one), key=lambda one: one[0], default=(0.0, (text,)))
    return best[1]


A_LINE = 6.0
"""What one more line costs, against what a bad break costs."""


def _broken(text: str, count: int, prices: list[float]) -> tuple[float, tuple[str, ...]] | None:
    """The best way to break into so many lines, with what it costs; None where they would be too long."""
    ends = [0.0, *accumulate(map(_wide, text))]
    ideal = ends[-1] / count
    reach: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for _ in range(count):
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, breaks) in reach.items():
            for end in range(start + 2, len(text) + 1):
                if (wide := ends[end] - ends[start]) > LONGEST:
                    break
                price = cost + abs(wide - ideal) / 2 + prices[end]
                if end not in following or price < following[end][0]:
                    following[end] = (price, (*breaks, end))
        reach = following
    if len(text) not in reach:
        return None
    cost, breaks = reach[len(text)]
    return cost + count * A_LINE, tuple(text[start:end] for start, end in pairwise((0, *breaks)))


def _price(text: str, at: int) -> float:
    """What it costs to break a title before a character."""
    before, after = text[:at], text[at]
    if before[-1:] in "，：；":
        return 6.0
    inside = before.count("“") > before.count("”") or before.count("（") > before.count("）")
    return (30.0 if inside or after in "的和与及、，。）”级号" or before[-1:] in "（“〔" else 0.0) + 12.0
