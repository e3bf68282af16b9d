"""From returns to the level: the facts of the balance under every plan in force; and published cases replayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from zhishou import clock
from zhishou.assess import Assessment, Situation, assess_all, situation
from zhishou.assess.report import Report, dumped
from zhishou.cli import night, supply_balance
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.plan.load import library
from zhishou.supply.balance import balances, figures
from zhishou.supply.cases import read_case
from zhishou.supply.evening import Evening


def stated(desk: Evening) -> Situation:
    """The situation that the returns come to."""
    facts = desk.facts()
    return situation({"facts": facts}, desk.shelf.lexicon)


def moment(desk: Evening, at: str | None) -> datetime:
    """The moment of the assessment: what was typed, or now, or the latest return where the day lies in the past or ahead."""
    if at:
        return clock.moment(at)
    now = clock.moment(datetime.now(UTC))
    if abs((now.date() - desk.day).days) <= 1:
        return now
    latest = [one.at for one in desk.register.latest(desk.made)]
    return max(latest) + timedelta(minutes=1) if latest else now


def assessed(desk: Evening, at: datetime) -> tuple[Assessment, ...]:
    """Every plan in force against the situation: those of the system's area and above, then those of the areas within it."""
    inside = [pack for pack in desk.shelf.packs.values() if pack.plan.area in desk.system.areas]
    plans = dict.fromkeys((*desk.shelf.for_area(desk.system.area), *inside))
    return assess_all(tuple(plans), stated(replace(desk, at=at)), at)


def answer(desk: Evening, at: str | None, *, as_json: bool) -> str:
    """The assessment as text or JSON."""
    when = moment(desk, at)
    note = desk.system.note if desk.system.illustrative else ""
    answers = assessed(desk, when)
    if as_json:
        return dumped(Report(at=when.isoformat(), area=desk.system.area, note=note, plans=answers))
    return night.told(answers, desk.shelf, when, desk.system.area, note, measures=False)


def replayed(file: Path) -> str:
    """A published case, day by day.

    Raises:
        NotFoundError: there is no such file.
    """
    if not file.is_file():
        raise NotFoundError(f"没有案例文件 {file}", mend="示例见 examples/cases")
    shelf = library()
    try:
        found = read_case(file.read_text("utf-8"), file.name, shelf.lexicon)
    except UnicodeDecodeError:
        raise ZhishouError("不是 UTF-8 文本", where=str(file), mend="另存为 UTF-8 编码") from None
    own = replace(shelf, lexicon=found.lexicon)
    text = found.text
    told = [f"公开案例　{text.title}", f"出处　{text.source.title}，{text.source.issuer}，{text.source.published}"]
    told += [f"说明　{text.note.strip()}"] if text.note else []
    for one in text.days:
        drawn = balances(figures(found.system, found.returns(), one.gas_day), found.lexicon)
        told += [f"━━ {one.gas_day}　{one.says}", supply_balance.balance_text(drawn, own)]
    return "\n".join(told)
