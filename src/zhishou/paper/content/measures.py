"""Measures of a level, and reports that it brings, as the items of an order; warnings and responses share them."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.paper import words
from zhishou.paper.case import Case
from zhishou.paper.value import blank
from zhishou.plan.ladder import Measure
from zhishou.plan.pack import LadderKind, Pack

REPORTS = {
    "first": "报送首报",
    "follow_up": "报送续报",
    "final": "报送终报",
    "written": "报送书面报告",
    "return": "报送报表",
    "notification": "通报情况",
}
"""What a duty to report brings."""


def measures(case: Case, pack: Pack, kind: LadderKind, level: str) -> tuple[str, ...]:
    """What each unit does at a level: one item for all that one clause lays on the same units."""
    ladder = pack.ladders[kind]
    own = next(one for one in ladder.levels if one.level == level)
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in (*own.measures, *ladder.measures):
        who_ = case.names(pack, one.by) or blank(f"承办单位（{words.clauses(one.clause)}）")
        together.setdefault((who_, one.clause), []).append(_said(case, pack, one))
    return tuple(f"{who_}：{'；'.join(all_)}（{words.clauses(clause)}）。" for (who_, clause), all_ in together.items())


def _said(case: Case, pack: Pack, one: Measure) -> str:
    when = one.optional
    if len(when) > 4 and not when.endswith(("时", "的", "后", "需要")):
        when += "时"
    aims = [name for to in one.to if (name := case.name(pack, to)).lstrip("各").partition("（")[0] not in one.task]
    aim = f"（对象：{words.listed(aims)}）" if aims else ""
    due = f"，{words.span(one.within)}内完成" if one.within and one.within not in words.SPANS else ""
    if one.within in words.SPANS and words.SPANS[one.within] not in one.task:
        due = f"，{words.SPANS[one.within]}办理"
    every = f"，每{words.span(one.every)}一次" if one.every else ""
    return f"{when}{'，' if when else ''}{one.task}{aim}{due}{every}"


def reports(case: Case, pack: Pack, level: str) -> tuple[str, ...]:
    """Who reports what to whom while a level holds; what hangs on an accident's grade is left to the plan."""
    return tuple(_reports(case, pack, level))


def _reports(case: Case, pack: Pack, level: str) -> Iterator[str]:
    for one in pack.reporting.duties:
        if one.grades or (one.levels and level not in one.levels) or one.kind not in REPORTS or not one.to:
            continue
        pace = f"每{words.span(one.every)}" if one.every else ""
        if not pace and one.within:
            pace = words.SPANS.get(one.within) or f"在{words.span(one.within)}内"
        for by, to in _ways(one.by, one.to):
            yield f"{case.names(pack, by)}{pace}向{case.names(pack, to)}{REPORTS[one.kind]}（{words.clauses(one.clause)}）。"


def _ways(by: tuple[str, ...], to: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Who reports to whom: where somebody stands on both sides, the others report to him and he reports on."""
    through = tuple(one for one in by if one in to)
    if not through:
        yield by, to
        return
    for one, other in (
        (tuple(one for one in by if one not in through), through),
        (through, tuple(one for one in to if one not in through)),
    ):
        if one and other:
            yield one, other


def recipients(case: Case, pack: Pack) -> tuple[str, ...]:
    """Governments below and member units, as a plan names them."""
    lower = [one.unit for one in pack.organisation.lower_levels if "政府" in one.unit]
    head = pack.organisation.headquarters
    members = [
        f"{head.label if head and head.label.endswith('指挥部') and len(head.label) < 6 else '指挥部'}各成员单位"
    ]
    return tuple(dict.fromkeys(case.name(pack, one) for one in lower[:1])) + tuple(members)


def who(case: Case, pack: Pack, authority: str, document: str, acting: str) -> str:
    """By whom something was decided: the other authority with its document, or the person in his post."""
    if authority:
        return f"{case.name(pack, authority)}决定（{document}）" if document else f"{case.name(pack, authority)}决定"
    return f"{acting}决定"
