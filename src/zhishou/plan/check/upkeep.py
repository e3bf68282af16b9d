"""Annexes that are missing, and revisions and drills whose time has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zhishou import clock
from zhishou.plan.check.finding import Finding, joined
from zhishou.plan.pack import Pack


def annexes(pack: Pack) -> Iterator[Finding]:
    """Annexes that the plan lists and the published text lacks."""
    for state, code, told, english in (
        ("missing", "annex.missing", "正文列出而公开文本里没有", "listed but absent from the published text"),
        ("heading_only", "annex.heading-only", "公开文本里只有标题，没有内容", "present by its heading only"),
    ):
        found = [annex for annex in pack.plan.annexes if annex.state == state]
        if found:
            names = joined([f"{annex.id}《{annex.title}》" for annex in found])
            yield Finding(
                code, (pack.id,), joined([c for annex in found for c in annex.clause]), f"附件{told}：{names}",
                f"{len(found)} annexes are {english}", {"annexes": [annex.id for annex in found]},
                pack.place("plan", "annexes"),
            )  # fmt: skip


def stocks(pack: Pack) -> Iterator[Finding]:
    """Lines of stock lists that nobody can count by."""
    for index, listed in enumerate(pack.stocks.lists):
        open_ = [f"{item.name}{item.model}" for item in listed.items if item.quantity is None or not item.unit]
        if open_:
            yield Finding(
                "stock.incomplete", (pack.id,), joined(listed.clause),
                f"{listed.unit}物资清单有 {len(open_)} 项缺数量或单位：{joined(open_)}",
                f"{len(open_)} lines of the stock list of {listed.unit} lack their quantity or unit",
                {"items": open_}, pack.place("stocks", "lists", index),
            )  # fmt: skip
        names = [(item.name, item.model) for item in listed.items if item.model]
        twice = [f"{name}{model}" for name, model in dict.fromkeys(names) if names.count((name, model)) > 1]
        if twice:
            yield Finding(
                "stock.twice", (pack.id,), joined(listed.clause),
                f"{listed.unit}物资清单里同名同型号分列几行：{joined(twice)}，数量该不该相加没有说明",
                f"{len(twice)} items stand on several lines of the stock list of {listed.unit}",
                {"items": twice}, pack.place("stocks", "lists", index),
            )  # fmt: skip


def dates(pack: Pack, on: date) -> Iterator[Finding]:
    """Revision and drills on a day."""
    plan = pack.plan
    if plan.kind == "notice":
        if end := plan.scope.season_past(on):
            yield Finding(
                "season.past", (pack.id,), joined(plan.scope.clause),
                f"文件所指采暖季到 {end} 为止，之后是否继续执行没有写明",
                f"the text is for a winter that ended on {end} and does not say whether it still holds",
                {"end": end.isoformat(), "on": on.isoformat()}, pack.place("plan", "scope"),
            )  # fmt: skip
        return
    every = clock.months(plan.revision.every or "") if plan.revision else None
    clause = joined(plan.revision.clause) if plan.revision else joined(plan.scope.clause)
    if every is None:
        yield Finding(
            "revision.none", (pack.id,), clause, "没有规定多久修订一次，只写了遇有变化时修订",
            "the plan sets no revision interval", {}, pack.place("plan", "revision"),
        )  # fmt: skip
    else:
        due = clock.add_months(plan.issued, every)
        if on > due:
            yield Finding(
                "revision.overdue", (pack.id,), clause,
                f"{plan.issued} 印发，应每 {every // 12} 年修订一次，{due} 到期，至 {on} 已逾期 {(on - due).days} 天，库中未见修订本",
                f"issued {plan.issued}, to be revised every {every // 12} years: due {due}, {(on - due).days} days overdue",
                {"issued": plan.issued.isoformat(), "due": due.isoformat(), "on": on.isoformat()},
                pack.place("plan", "revision"),
            )  # fmt: skip
    yield from _drills(pack, on)


def _drills(pack: Pack, on: date) -> Iterator[Finding]:
    drills = [exercise for exercise in pack.support.exercises if exercise.kind == "drill"]
    timed = [(exercise, months) for exercise in drills if (months := clock.months(exercise.every or "")) is not None]
    if not timed:
        clause = joined(list(dict.fromkeys(c for exercise in drills for c in exercise.clause)))
        yield Finding(
            "drill.none", (pack.id,), clause or joined(pack.plan.scope.clause), "没有规定多久演练一次",
            "the plan sets no drill interval", {}, pack.place("support", "exercises"),
        )  # fmt: skip
    for exercise, months in timed:
        due = clock.add_months(pack.plan.issued, months)
        if on > due:
            who = joined([pack.actor(name).label for name in exercise.by])
            yield Finding(
                "drill.overdue", (pack.id,), joined(exercise.clause),
                f"{who}应每 {months} 个月至少演练一次，印发以来首次应不晚于 {due}，至 {on} 未见演练记录",
                f"a drill every {months} months is owed by {', '.join(exercise.by)}; the first was due by {due}, none is on record",
                {"by": list(exercise.by), "due": due.isoformat(), "on": on.isoformat()},
                pack.place("support", "exercises", pack.support.exercises.index(exercise)),
            )  # fmt: skip
