"""zhishou supply failure: every supply point out of action in turn (N-1), and the level that the plan would then propose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rich.text import Text

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.cli.supply_figures import (
    RED,
    RULE,
    bridged,
    dumped,
    gas_plans,
    head,
    plain,
    printed,
    shown,
    shown_pct,
    stated,
)
from zhishou.plan.load import Library
from zhishou.supply.balance import NOTHING_WITHHELD, Withheld, figures
from zhishou.supply.failure import Failure, failures
from zhishou.supply.returns.model import Return
from zhishou.supply.system import System
from zhishou.supply.units import RATE


def drawn_failures(
    system: System, returns: Iterable[Return], day: date, shelf: Library, *, made: date | None = None,
    withheld: Withheld = NOTHING_WITHHELD, superior: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Failure, ...]:  # fmt: skip
    """Every supply point out of action in turn."""
    return failures(figures(system, returns, day, made=made, withheld=withheld), shelf.lexicon, superior)


def failure_text(found: tuple[Failure, ...], shelf: Library, *, colour: bool = False) -> str:
    """N-1 as text: for every supply point the gap without it, who is hit, how long storages last, the level proposed."""
    if not found:
        return "本系统没有气源，无从推演。"
    system, day = found[0].balances.figures.system, found[0].balances.figures.day
    label = shelf.lexicon.areas[system.area].label
    parts: list[Any] = [*head("单一气源中断推演", system, day, label), RULE]
    for one in found:
        parts += [*_failure(one, shelf), ""]
    parts.append(
        "按该气源停供一整个气日推算，储气设施同时全力采气；“动用应急储备”须有相应级别的响应。以上为推演，不是现状。"
    )
    return printed(parts, colour=colour)


def failure_json(found: tuple[Failure, ...], shelf: Library) -> str:
    """N-1 as JSON."""
    return dumped(
        {
            "schema": "zhishou.failure/1",
            "unit": RATE,
            "failures": [
                {
                    "source": one.source.id,
                    "label": one.source.label,
                    "lost": plain(one.lost),
                    "levels": [{"plan": plan, "level": level, "at_least": least} for plan, _, level, _, least, _ in _levels(one, shelf)],
                    "facts": stated(one.facts),
                    "scopes": [
                        {
                            "scope": each.balance.scope.id, "kind": each.balance.scope.kind, "label": each.balance.scope.label,
                            "gap": plain(each.balance.gap), "gap_pct": plain(each.balance.gap_pct),
                            "gap_pct_before": plain(each.before), "hours_storages": plain(each.storages.hours),
                            "bound_by": each.storages.bound, "hours_with_reserves": plain(each.all_stores.hours),
                        }
                        for each in one.scopes
                    ],
                }
                for one in found
            ],
        }
    )  # fmt: skip


def _failure(one: Failure, shelf: Library) -> list[Any]:
    city = one.city
    lines: list[Any] = [
        Text(f"■ {one.source.label}停供（少 {shown(one.lost)} {RATE}）", "bold"),
        Text(
            f"  全市缺口 {shown(city.balance.gap)}，{shown_pct(city.balance.gap_pct)}（停供前 {shown_pct(city.before)}）",
            RED if city.balance.gap.low > 0 else "",
        ),
    ]
    lines += [f"  {said}" for said in proposed(one, shelf)] or ["  现有要素不够任何级别"]
    hit = sorted(one.counties, key=lambda each: -each.balance.gap_pct.low)
    if hit:
        lines.append(
            f"  受影响　{'；'.join(f'{each.balance.scope.label} {shown_pct(each.balance.gap_pct)}（原 {shown_pct(each.before)}）' for each in hit)}"
        )
    if city.balance.gap.high > 0:
        lines.append(f"  {bridged('储气设施', city.storages)}；{bridged('连同应急储备', city.all_stores)}")
    return lines


def proposed(one: Failure, shelf: Library) -> list[str]:
    """The level that each plan would then propose, with its clauses: `天然气迎峰度冬预案　将建议Ⅰ级响应　〔4.2.1(1)〕`."""
    return [
        f"{short}　将建议{'（至少）' if least else ''}{label}　〔{'、'.join(clauses)}〕"
        for _, short, _, label, least, clauses in _levels(one, shelf)
    ]


def _levels(one: Failure, shelf: Library) -> list[tuple[str, str, str, str, bool, tuple[str, ...]]]:
    """Plan id, its short name, the level proposed and its label, whether only the least is certain, the clauses."""
    facts = dict(one.facts)
    moments = [clock.moment(given["at"]) for given in facts.values() if given.get("at") is not None]
    at = max(moments, default=clock.moment(one.balances.figures.day))
    tonight = situation({"facts": facts}, shelf.lexicon)
    found = []
    for pack in gas_plans(shelf, one.balances.figures.system):
        answer = assess(pack, tonight, at).ladder("response")
        if answer is not None and answer.level is not None:
            clauses = tuple(dict.fromkeys(clause for reason in answer.reasons for clause in reason.clause))
            found.append((pack.id, pack.plan.short, answer.level, answer.level_label, answer.at_least, clauses))
    return found
