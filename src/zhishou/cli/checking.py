"""zhishou plan check: what is wrong with the plans, for the person who can mend them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime

import typer

from zhishou import clock
from zhishou.errors import ZhishouError
from zhishou.plan.check import Finding, Severity, check
from zhishou.plan.load import Library, library


def run(plans: list[str], on: str | None, severity: str, *, as_json: bool) -> None:
    """Check and print; the exit code is 0 whatever is found, for findings are answers."""
    if severity not in {item.value for item in Severity}:
        raise ZhishouError(f"没有“{severity}”这个程度", mend="写 high、medium 或 low")
    shelf = library()
    day = (clock.moment(on) if on else clock.moment(datetime.now(UTC))).date()
    every = tuple(shelf.packs.values())
    wanted = tuple(shelf.pack(name) for name in plans) or every
    least = Severity(severity).rank
    found = [item for item in check(wanted, day, among=every) if item.severity.rank <= least]
    if as_json:
        rows = [{**asdict(item), "severity": item.severity.value, "name": item.name} for item in found]
        typer.echo(
            json.dumps(
                {"schema": "zhishou.findings/1", "on": day.isoformat(), "findings": rows}, ensure_ascii=False, indent=2
            )
        )
        return
    typer.echo(told(found, shelf, day.isoformat(), {pack.id for pack in wanted}))


def told(found: list[Finding], shelf: Library, day: str, wanted: Collection[str]) -> str:
    """Findings in Chinese, plan by plan, the gravest first."""
    lines = [f"预案检查　以 {day} 为准　共 {len(found)} 条"]
    count = Counter(item.severity for item in found)
    lines.append("　".join(f"{severity.label} {count[severity]}" for severity in Severity))
    last = ""
    for item in found:
        shown = next((id_ for id_ in item.plans if id_ in wanted), item.plans[0])
        if shown != last:
            last = shown
            pack = shelf.packs[last]
            lines += ["", f"【{pack.plan.short}】{pack.plan.number}"]
        lines.append(f"  [{item.severity.label}] {item.name}　{item.text}　〔{item.clause}〕　{item.code}")
        if "facts" in item.witness and isinstance(item.witness["facts"], dict):
            lines.append(f"        实例：{'，'.join(_fact(shelf, k, v) for k, v in item.witness['facts'].items())}")
    return "\n".join(lines)


def _fact(shelf: Library, id_: str, value: object) -> str:
    fact = shelf.lexicon.facts.get(id_)
    shown = {True: "是", False: "否"}.get(value, value) if isinstance(value, bool) else value
    if fact is None:
        return f"{id_}＝{shown}"
    number = f"{value:g}{fact.unit}" if isinstance(value, int | float) and not isinstance(value, bool) else shown
    return f"{fact.label}＝{number}"
