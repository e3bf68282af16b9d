"""How the desk tells what became of the files received, and what of them waits for a person, on paper and as JSON.

It stands alone because `import`, `held` and `decide` tell the same things in the same words.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import typer

from zhishou.cli.supply_figures import printed, table
from zhishou.supply.returns.held import Held, Key
from zhishou.supply.returns.receiving import Outcome, Received
from zhishou.supply.returns.register import Entry
from zhishou.supply.returns.roster import Roster

_OUTCOMES: Mapping[Outcome, str] = {
    "accepted": "全部采用",
    "held": "部分待核定",
    "whole": "整份待核定",
    "unread": "读不出来",
    "known": "已收过，未重复登记",
}
NEXT = "核定：zhishou supply decide 编号 release（照用）|replace（改用，加 --amount 数）|reject（不用） --post 职务 --reason 理由"
"""What to type about what is held."""


def tell(received: list[Received], entries: tuple[Entry, ...], book: Roster, *, as_json: bool) -> None:
    """Say what became of every file, then what is held and noted, and what to type next."""
    if as_json:
        told = [
            {
                "file": one.name, "outcome": one.outcome, **who(one.entry, book),
                "held": [item(waiting) for waiting in one.entry.held] if one.entry and one.outcome != "known" else [],
                "noted": [note.text for note in one.entry.noted] if one.entry and one.outcome != "known" else [],
            }
            for one in received
        ]  # fmt: skip
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    many = len(received) > 40
    listed = table("文件", "报送单位", "气日", "版本", "结果", "采用", "待核定", "提示", right=5)
    for one in received:
        if many and one.outcome in {"accepted", "known"}:
            continue
        by, entry = who(one.entry, book), one.entry
        counts = [str(len(entry.held)), str(len(entry.noted))] if entry and one.outcome != "known" else ["", ""]
        used = str(len(entry.returned.values)) if entry and entry.returned and one.outcome != "known" else ""
        listed.add_row(
            one.name, by["label"], by["gas_day"], str(by["version"] or ""), _OUTCOMES[one.outcome], used, *counts
        )
    if listed.row_count:
        typer.echo(printed([listed], colour=False))
    counts_ = Counter(one.outcome for one in received)
    typer.echo("；".join(f"{_OUTCOMES[outcome]} {count} 份" for outcome, count in counts_.items()) + "。")
    for entry in entries:
        for waiting in entry.held:
            typer.echo(f"  [{waiting.id}] {entry.name} {waiting.text}")
        for note in () if many else entry.noted:
            typer.echo(f"  [提示] {entry.name} {note.text}")
    if any(entry.held for entry in entries):
        typer.echo(NEXT)


def who(entry: Entry | None, book: Roster) -> dict[str, Any]:
    """Whose return an entry is, of which gas day and version; empty where that is not known."""
    returned = entry.returned if entry is not None else None
    if returned is None:
        return {"reporter": "", "label": "", "gas_day": "", "version": None}
    known = book.system.reporters_by_id.get(returned.reporter)
    return {
        "reporter": returned.reporter, "label": known.label if known else returned.reporter,
        "gas_day": returned.gas_day.isoformat(), "version": returned.version,
    }  # fmt: skip


def item(one: Held) -> dict[str, Any]:
    """One held thing for a program."""
    return {
        "id": one.id, "code": one.code, "place": one.place, "written": one.written, "label": one.label,
        "message": one.message, "mend": one.mend, "meanwhile": one.meanwhile,
        "about": [spoken(about) for about in one.about],
    }  # fmt: skip


def spoken(about: Key) -> str:
    """Which figure is meant, as it is typed: `demand@works@2026-12-16`, and the hour where it is told by the hour."""
    return "@".join(str(part) for part in about if part is not None)
