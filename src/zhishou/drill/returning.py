"""Returns in a drill: the made-up supply systems of a scenario, who sends for whom, and the files that steps send.

It stands apart because a step that sends a return goes the way of a real one, file, judging and register, and not the way of a
command.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from zhishou.drill.scenario import ReturnDecided, ReturnSent, Scenario
from zhishou.errors import NotFoundError, PackError, ZhishouError
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.marks import Marked
from zhishou.plan.posts import reporter_post
from zhishou.supply.reading import system_of
from zhishou.supply.returns.checking import gas_day_at
from zhishou.supply.returns.held import Held, Key, key
from zhishou.supply.returns.receiving import Received
from zhishou.supply.returns.register import Register
from zhishou.supply.system import System

SCHEMA = "zhishou/return/1"


def systems(scenario: Scenario, marked: Marked, lexicon: Lexicon, problems: list[ZhishouError]) -> dict[str, System]:
    """The supply systems of a scenario by area id; what is wrong with them goes to `problems`, with its line."""
    found: dict[str, System] = {}
    for name, data in scenario.supply.items():
        inside = ("supply", name)
        lines = {path[len(inside) :]: line for path, line in marked.lines.items() if path[: len(inside)] == inside}
        try:
            system = system_of(Marked({"area": name, **data}, marked.name, lines), lexicon)
            area = lexicon.area(name)
        except PackError as error:
            problems += error.problems
        except NotFoundError as error:
            problems.append(ZhishouError(error.message, where=marked.place(inside), mend=error.mend))
        else:
            found[area] = system
    return found


def sender(written: str, scenario: Scenario, lexicon: Lexicon) -> str:
    """The key of the post of whoever sends a reporter's returns.

    Raises:
        NotFoundError: no supply system of the scenario has such a reporter.
    """
    known: list[str] = []
    for name, data in scenario.supply.items():
        for one in data.get("reporters", ()):
            if isinstance(one, dict) and written in {one.get("id"), one.get("label")}:
                return reporter_post(lexicon.area(name), str(one.get("id")))
            known += [str(one.get("id"))] if isinstance(one, dict) else []
    raise NotFoundError(f"supply 里没有“{written}”这个报送单位", mend=f"现有：{'、'.join(known) or '无'}")


def where(sent: ReturnSent | ReturnDecided, found: Mapping[str, System], lexicon: Lexicon) -> str:
    """The area to which a return goes: the one named, or the only one that has a supply system.

    Raises:
        ZhishouError: it has none, or it is not said which.
    """
    area = lexicon.area(sent.area) if sent.area else next(iter(found), "")
    if area not in found or (not sent.area and len(found) > 1):
        raise ZhishouError(
            "没有写报到哪个地区，或它在 supply 里没有供气系统", mend=f"area 可写：{'、'.join(found) or '无'}"
        )
    return area


def file_of(sent: ReturnSent, system: System, now: datetime) -> tuple[str, bytes, date]:
    """The file that a step sends: its name, its bytes, its gas day."""
    day = sent.day or gas_day_at(now, system.gas_day_starts)
    told = {"schema": SCHEMA, "reporter": sent.reporter, "gas_day": day.isoformat(), "values": list(sent.values)}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return f"{sent.reporter}-{day.isoformat()}.json", text.encode(), day


def waiting(wanted: ReturnDecided, system: System, register: Register) -> tuple[Held, ...]:
    """What waits of a reporter's returns."""
    ids = {one.id for one in system.reporters if wanted.reporter in {one.id, one.label}}
    return tuple(one for entry, one in register.open() if entry.returned is not None and entry.returned.reporter in ids)


def amounts(wanted: ReturnDecided, held: Held) -> dict[Key, float] | None:
    """The figures that are used in place of what is held; None where none is given."""
    keys = dict.fromkeys((*held.about, *map(key, held.values)))
    return {one: wanted.amounts[one[1]] for one in keys if one[1] in wanted.amounts} or None


def differing(sent: ReturnSent, received: tuple[Received, ...]) -> Iterator[str]:
    """How what became of a return differs from what the step wants."""
    for one in received:
        if one.outcome != sent.outcome:
            held = (*one.entry.held, *one.entry.noted) if one.entry is not None else ()
            yield f"“{one.outcome}”而不是“{sent.outcome}”：{'；'.join(each.text for each in held) or one.name}"
