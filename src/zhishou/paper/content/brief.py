"""The daily brief of supply and demand on a sheet: the day's balance, whose returns are missing, what the gap comes to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from zhishou.paper import words
from zhishou.paper.case import duty_room
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Table, Text
from zhishou.supply.balance import Balances
from zhishou.supply.balance.ranges import Range
from zhishou.supply.evening import Evening
from zhishou.supply.returns.late import Late
from zhishou.supply.units import RATE, REFERENCE, VOLUME


def supply_brief(evening: Evening, late: Sequence[Late], at: datetime, *, event: int, exercise: bool) -> Paper:
    """The brief of a gas day.

    Args:
        evening: the returns of the evening before.
        late: who has sent none.
        at: the moment of writing.
        event: position of the return last entered.
        exercise: whether it is an exercise.
    """
    system, lexicon = evening.system, evening.shelf.lexicon
    late = [one for one in late if one.kind != "superior"]  # superiors tell when they wish; nothing is owed by them
    found = evening.balances()
    place = lexicon.areas[system.area].label
    cited = tuple(dict.fromkeys((one.plan, one.clause) for each in late for one in each.demands)) or _asked(evening)
    made_up = "本系统的数据为演示数据，非真实情况。" if system.illustrative else ""
    body: list[Block] = [
        Text(f"{words.day(evening.day)}（{_starts(system.gas_day_starts)}起24小时）气日的供需情况如下，气量按{REFERENCE}计。{made_up}"),
        Heading(1, "总体情况"), Text(_summary(place, found)),
        Heading(1, "分区供需"), _areas(found),
    ]  # fmt: skip
    if found.city.stores:
        body += [Heading(1, "储气情况"), _stores(found)]
    body += [Heading(1, "报送情况"), *_returns(evening, late)]
    plans = {one.id: one for one in evening.shelf.packs.values()}
    by_plan: dict[str, list[str]] = {}
    for plan, clause in cited:
        if plan in plans:
            by_plan.setdefault(plan, []).append(clause)
    basis = "；".join(words.cited(plans[plan], clauses, numbered=True) for plan, clauses in by_plan.items())
    return Paper(
        kind="supply_brief", area=system.area, issuer=duty_room(lexicon, system.area),
        title=f"{place}天然气供需日报", made=at, body=tuple(body),
        rests_on=tuple(Citation(plan, tuple(clauses)) for plan, clauses in by_plan.items()),
        basis=f"报送依据{basis}" if basis else "预案没有要求报送日报，依据本值班室的规定", event=event, exercise=exercise,
    )  # fmt: skip


def _starts(hour: str) -> str:
    """8时, 8时30分."""
    at, _, minute = hour.partition(":")
    return f"{int(at)}时{f'{int(minute)}分' if int(minute) else ''}"


def _asked(evening: Evening) -> tuple[tuple[str, str], ...]:
    """The clauses by which the area's plans ask for returns."""
    return tuple(
        (pack.id, clause)
        for pack in evening.shelf.for_area(evening.system.area) if pack.plan.kind in {"supply", "notice"}
        for one in (*pack.reporting.monitoring, *pack.reporting.duties) if one.kind == "return" for clause in one.clause
    )  # fmt: skip


def _cell(amount: Range | None, unit: str = "") -> str:
    """An amount in a table: two places where it is known, so that the columns stand in line."""
    return f"{amount.low:.2f}{unit}" if amount is not None and amount.known else ranged(amount, unit)


def ranged(amount: Range | None, unit: str = "") -> str:
    """An amount, or the range in which it lies."""
    if amount is None or (amount.low <= 0 and math.isinf(amount.high)):
        return "不明"
    if amount.known:
        return f"{words.number(amount.low)}{unit}"
    if math.isinf(amount.high):
        return f"不少于{words.number(amount.low)}{unit}"
    return f"{words.number(amount.low)}至{words.number(amount.high)}{unit}"


def _summary(place: str, found: Balances) -> str:
    city = found.city
    gap = (
        "供需平衡，无缺口"
        if city.gap.high == 0
        else f"缺口{ranged(city.gap, RATE)}，占需求的{ranged(city.gap_pct, '%')}"
    )
    text = f"{place}需求{ranged(city.demand, RATE)}，供应{ranged(city.supply, RATE)}，{gap}。"
    text += f"合同约定可中断气量{ranged(city.interruptible, RATE)}。"
    if city.cover_days is not None:
        text += f"全部储气可供需求{ranged(city.cover_days, '天')}。"
    if (worst := found.worst_group) is not None and worst.gap_pct.low > 0:
        text += f"跨县局部地区中缺口最大的是{worst.scope.label}，缺口占需求的{ranged(worst.gap_pct, '%')}。"
    return text


def _areas(found: Balances) -> Table:
    rows = tuple(
        (one.scope.label, _cell(one.demand), _cell(one.supply), _cell(one.gap), _cell(one.gap_pct, "%"))
        for one in (found.city, *found.counties)
    )
    return Table(("地区", "需求", "供应", "缺口", "缺口占需求"), rows, (30, 17, 17, 17, 19), "lrrrr", f"单位：{RATE}")


def _stores(found: Balances) -> Table:
    rows = tuple(
        (
            one.label,
            "应急储备" if one.emergency else "调峰储气",
            _cell(one.volume),
            _cell(one.usable),
            f"{one.rate:.2f}",
        )
        for one in found.city.stores
    )
    heads = ("储气设施", "用途", "库存", "可动用", f"最大供气\n（{RATE}）")
    return Table(heads, rows, (29, 14, 15, 15, 27), "lcrrr", f"单位：{VOLUME}")


def _returns(evening: Evening, late: Sequence[Late]) -> list[Block]:
    count = sum(one.kind != "superior" for one in evening.system.reporters)
    held = evening.register.open(evening.made)
    lead = f"应报{count}家，已报{count - len(late)}家，未报{len(late)}家，待核定{len(held)}项。"
    if late:
        lead += "未报单位的数据按不明处理，不以已报部分代替。未报单位如下："
    lines = tuple(
        f"{one.label}，时限{words.moment(one.due)}"
        + (f"（{words.listed(f'{demand.short}{words.clause(demand.clause)}' for demand in one.demands)}）" if one.demands else "")
        + "。"
        for one in late
    )  # fmt: skip
    return [Text(lead), Items(lines)] if lines else [Text(lead)]
