"""zhishou supply duties: the ledger of storage duties, for a duty officer and for a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rich.text import Text

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.cli.supply_figures import (
    AMBER,
    RED,
    RULE,
    amount,
    cell,
    cell_pct,
    dumped,
    head,
    plain,
    printed,
    stated,
    table,
)
from zhishou.plan.load import Library
from zhishou.supply.balance import NOTHING_WITHHELD, Withheld
from zhishou.supply.duties import Entry, Ledger, ledger
from zhishou.supply.gap_facts import storage_facts
from zhishou.supply.returns.model import Return
from zhishou.supply.system import System

STATES: Mapping[str, str] = {"met": "已达到", "short": "未达到", "unknown": "不清楚"}
"""What a duty's state is called."""


def drawn_ledger(
    system: System, returns: Iterable[Return], day: date, shelf: Library, withheld: Withheld = NOTHING_WITHHELD
) -> Ledger:
    """The ledger on a gas day, under every plan of the system's area and of those that hold it."""
    return ledger(system, returns, day, shelf.for_area(system.area), shelf.lexicon, withheld)


def duties_text(found: Ledger, system: System, shelf: Library, *, colour: bool = False) -> str:
    """The ledger of storage duties as text."""
    parts: list[Any] = [*head("储气责任台账", system, found.day, shelf.lexicon.areas[system.area].label), RULE]
    parts += [f"说明　{said}" for said in remarks(found, system, shelf)]
    labels = dict.fromkeys(entry.label for entry in found.entries)
    for label in labels:
        entries = [entry for entry in found.entries if entry.label == label]
        first = entries[0]
        watched = f"，{'、'.join(first.watched_by)}督促" if first.watched_by else ""
        due = f"期限 {first.due}" if first.due else "原文没有写期限"
        parts.append(f"{label}　{due}{watched}　〔{first.plan} {'、'.join(first.clause)}〕")
        rows = table("  责任主体", "应有", "现有", "达到", "还差", "折 LNG 吨", "状态", right=1)
        for entry in entries:
            rows.add_row(*_duty(entry, found.day))
        parts += [rows, f"  {first.base_text}；应有 = {first.threshold:g}{first.unit} × 基数。{first.note}"]
        parts += [f"  {said}" for said in _read(entries, found.day)] + [""]
    parts += [f"⚠ {label}：没有近期报表，{reporter}应报" for label, reporter in found.unknown]
    parts.append("能力按库容减应留量计，量的单位为万立方米；应急储备也计入。买来的调峰能力可作为一处储气设施录入。")
    return printed(parts, colour=colour)


def remarks(found: Ledger, system: System, shelf: Library) -> list[str]:
    """What the texts behind the duties say of themselves: for which season they were written."""
    short = {entry.plan for entry in found.entries}
    at = clock.moment(found.day)
    packs = [pack for pack in shelf.for_area(system.area) if pack.plan.short in short]
    notes = [(pack.plan.short, assess(pack, situation({"facts": {}}, shelf.lexicon), at).note) for pack in packs]
    return [f"{name}：{note}" for name, note in notes if note]


def _read(entries: Iterable[Entry], today: date) -> Iterable[str]:
    """How the lines of a duty are to be read, where they can be misread."""
    lines = list(entries)
    if any(one.share for one in lines):
        yield "“其中”各行的天数按该级政府辖区自己的日均需求量计，不可相加"
    if due := next((one.due for one in lines if one.overdue(today)), None):
        yield f"“逾期未达到”指按近日报表现未达到、期限已过；{due} 当日是否达到过，以当日报表为准，采暖期采气也会使储量下降"


def duties_json(found: Ledger, system: System) -> str:
    """The ledger as JSON."""
    return dumped(
        {
            "schema": "zhishou.duties/1",
            "system": system.id,
            "illustrative": system.illustrative,
            "day": found.day.isoformat(),
            "unit": "万立方米",
            "entries": [
                {
                    "fact": one.fact, "target": one.target, "label": one.label, "owner": one.owner, "share": one.share,
                    "base": one.base, "base_text": one.base_text, "figure": plain(one.figure), "figure_unit": one.unit,
                    "threshold": one.threshold, "required": one.required, "held": plain(one.held), "short": plain(one.short),
                    "tonnes_lng": plain(one.tonnes), "due": one.due and one.due.isoformat(), "state": one.state,
                    "overdue": one.overdue(found.day), "watched_by": list(one.watched_by), "plan": one.plan,
                    "clause": list(one.clause), "note": one.note, "storages": [store.of for store in one.stores],
                }
                for one in found.entries
            ],
            "unknown": [{"storage": label, "reporter": reporter} for label, reporter in found.unknown],
            "facts": stated(storage_facts(found)),
        }
    )  # fmt: skip


def _duty(entry: Entry, today: date) -> tuple[str | Text, ...]:
    state = "逾期未达到" if entry.overdue(today) else STATES[entry.state]
    style = RED if entry.state == "short" else AMBER if entry.state == "unknown" else "green"
    figure = cell_pct(entry.figure) if entry.unit == "%" else f"{cell(entry.figure)} {entry.unit}"
    return (
        f"  {'其中 ' if entry.share else ''}{entry.owner}",
        amount(entry.required) if entry.required is not None else "",
        cell(entry.held),
        figure,
        cell(entry.short) if entry.short is not None else "",
        cell(entry.tonnes) if entry.tonnes is not None else "",
        Text("" if entry.share else state, style),
    )
