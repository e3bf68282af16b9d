"""The event by which a paper is issued, and its number: the place in its stream, which has no holes."""

from __future__ import annotations

import re
from collections.abc import Collection

from pydantic import Field

from zhishou.acts import Catalogue, Command, Event
from zhishou.errors import RefusedError
from zhishou.paper.kinds import Kind
from zhishou.plan.lexicon import Lexicon

PAPER_STREAMS = "papers/"
_DESIGNATION = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,12}")


class IssuePaper(Command):
    """Issue a paper: number it, set it, keep its bytes."""

    name = "issue_paper"
    label = "印发文件"
    kind: str
    """Id or label of the kind."""
    incident: str = ""
    """The incident it is about, where it is about one."""
    plan: str = ""
    """The plan it rests on; needed where the incident runs under several."""
    designation: str = ""
    """机关代字 before the kind's word in the number; empty: the one used last, at first the area's name."""
    to: tuple[str, ...] = ()
    """主送机关, where others are meant than those the plan gives."""
    copies: tuple[str, ...] = ()
    """抄送机关."""
    signer: str = ""
    """签发人, on papers that go upward."""
    report: str = "first"
    """Of a situation report: first 首报, follow_up 续报, final 终报."""
    units: tuple[str, ...] = ()
    """Of a task directive: the units it goes to; empty: all that owe something."""
    requests: tuple[str, ...] = ()
    """Of a situation report: what a superior is asked for."""
    fill: dict[str, str] = Field(default_factory=dict)
    """Name of a blank → what is filled in."""


class PaperIssued(Event):
    """A paper was issued. Its bytes were kept before this was written."""

    type = "paper_issued"
    label = "文件已印发"
    kind: str
    kind_label: str
    number: str
    designation: str
    area: str
    year: int
    title: str
    issuer: str
    incident: str = ""
    plan: str = ""
    rests_on: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Plan → clauses."""
    to: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    code: str
    """Short code of the event that it follows from."""
    docx: str
    """SM3 of the bytes."""
    pdf: str
    blanks: tuple[str, ...] = ()
    """What was left to fill in by hand."""
    lacking: tuple[str, ...] = ()
    """Characters that no face of this machine could show in the PDF."""


CATALOGUE = Catalogue(PaperIssued)


def stream(area: str, year: int, kind: str) -> str:
    """The stream of an area's papers of a kind in a year."""
    return f"{PAPER_STREAMS}{area}/{year}/{kind}"


def number(designation: str, kind: Kind, year: int, ordinal: int) -> str:
    """晋城市预警〔2026〕3号."""
    return f"{designation}{kind.word}〔{year}〕{ordinal}号"


def designated(wanted: str, last: str, area: str, lexicon: Lexicon, taken: Collection[str] = ()) -> str:
    """The 机关代字 of a new paper.

    Args:
        wanted: what is asked for; empty: the last one, at first the area's name.
        last: what stood on the last paper of the kind.
        area: the area.
        lexicon: for the names of areas.
        taken: what stands on papers of other areas; one number would else mean two papers.

    Raises:
        RefusedError: what is wanted is none, or another area's.
    """
    foreign = {*taken, *(one.label for id_, one in lexicon.areas.items() if id_ != area)}
    if not wanted:
        return last if last and last not in foreign else lexicon.areas[area].label
    if wanted in foreign:
        raise RefusedError(
            f"“{wanted}”是别的地区的机关代字，文号会重复",
            where="发文字号",
            mend="用本地区、本机关自己的代字",
            code="missing",
        )
    if not _DESIGNATION.fullmatch(wanted):
        raise RefusedError(
            f"“{wanted}”不能作机关代字", where="发文字号", mend="只用汉字或字母，不超过12个", code="missing"
        )
    return wanted
