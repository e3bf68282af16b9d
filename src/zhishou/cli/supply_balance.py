"""zhishou supply balance: the day's demand, supply, storage and gap, for a duty officer and for a program."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from rich.text import Text

from zhishou.cli.supply_figures import (
    AMBER,
    DIM,
    RED,
    RULE,
    SOURCE_KINDS,
    amount,
    bridged,
    cell,
    cell_pct,
    clock,
    dumped,
    gas_plans,
    head,
    lacking,
    percent,
    plain,
    printed,
    shown,
    shown_pct,
    stated,
    table,
)
from zhishou.errors import NotFoundError
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.load import Library
from zhishou.plan.pack import Pack
from zhishou.supply.balance import NOTHING_WITHHELD, Balance, Balances, Withheld, balances, figures
from zhishou.supply.balance.bridge import bridge
from zhishou.supply.balance.hours import HourBalance, hour_balances
from zhishou.supply.balance.ranges import Range, exactly, quotient, total
from zhishou.supply.balance.result import Line, Store
from zhishou.supply.basis import basis
from zhishou.supply.gap_facts import CITY_GAP, CROSS_COUNTY_GAP, gap_facts
from zhishou.supply.returns.model import Return
from zhishou.supply.system import System
from zhishou.supply.units import RATE, REFERENCE, VOLUME

_GROUPS = 3
"""How many groups of counties are told."""


def drawn(
    system: System, returns: Iterable[Return], day: date, shelf: Library, *, made: date | None = None,
    withheld: Withheld = NOTHING_WITHHELD,
) -> Balances:  # fmt: skip
    """The balances of a gas day, from the returns at hand."""
    return balances(figures(system, returns, day, made=made, withheld=withheld), shelf.lexicon)


def balance_text(
    found: Balances, shelf: Library, *, area: str = "", with_hours: bool = False, colour: bool = False
) -> str:
    """The balance of the city, or of one area or group, as text.

    Raises:
        NotFoundError: there is no such area in the system.
    """
    one = _scope(found, shelf, area)
    parts: list[Any] = [*head("供需平衡", found.figures.system, found.figures.day, one.scope.label)]
    parts += [*_nothing(found), RULE, *_gap(one, shelf, found.figures.system)]
    if one.scope.kind == "city" and (places := _places(found, shelf)):
        parts += [RULE, *places]
    parts += [RULE, _demand_table(one, shelf.lexicon), "", _supply_table(one, found), "", *_store_table(one)]
    parts += _hours(hour_balances(found.figures.system, one), found.figures.system.gas_day_starts, whole=with_hours)
    parts += _lacking(found, one)
    return printed(parts, colour=colour)


def balance_json(found: Balances, shelf: Library) -> str:
    """Every balance of the day as JSON: figures, their returns, what is missing, and the facts that follow."""
    return dumped(
        {
            "schema": "zhishou.balance/1",
            "system": found.figures.system.id,
            "illustrative": found.figures.system.illustrative,
            "day": found.figures.day.isoformat(),
            "unit": RATE,
            "reference": REFERENCE,
            "basis": [_basis(fact, found.figures.system, shelf) for fact in (CITY_GAP, CROSS_COUNTY_GAP)],
            "balances": [_balance(one, found.figures.system) for one in found.every],
            "remarks": list(found.remarks),
            "late": list(found.late),
            "facts": stated(gap_facts(found, shelf.lexicon)),
        }
    )


def _nothing(found: Balances) -> list[Any]:
    """That not one return of the evening is there: another day was meant, or nothing has been imported yet."""
    city = found.city
    if any(line.origins for line in (*city.demands, *city.supplies)):
        return []
    last = max((one.last.gas_day for one in found.missing if one.last), default=None)
    said = f"⚠ {found.figures.made} 傍晚的报表一份也没有收到"
    other = f"；最近的是 {last} 傍晚的，看它说的那一日加 --day {last + timedelta(days=1)}" if last else ""
    return [Text(f"{said}{other}。", RED)]


def _scope(found: Balances, shelf: Library, area: str) -> Balance:
    if not area:
        return found.city
    one = found.of(area) or found.of(shelf.lexicon.area(area))
    if one is None:
        raise NotFoundError(
            f"本系统没有“{area}”", mend=f"现有：{'、'.join(each.scope.label for each in found.every[:12])}"
        )
    return one


def _gap(one: Balance, shelf: Library, system: System) -> list[Any]:
    exact = one.gap.value is not None
    style = RED if one.gap.low > 0 else "" if exact else AMBER
    surplus = f"，富余 {shown(one.surplus)}" if exact and one.gap.value == 0 else ""
    lines: list[Any] = [
        Text(
            f"缺口 {shown(one.gap)}，缺口率 {shown_pct(one.gap_pct)}{surplus}　（需求 {shown(one.demand)}，可供 {shown(one.supply)}）",
            style,
        )
    ]
    if exact and one.demand.value is not None and one.supply.value is not None:
        minus = f"{amount(one.demand.value)} − {amount(one.supply.value)}"
        zero = "，小于 0 记 0" if one.demand.value < one.supply.value else ""
        rate = f"；缺口率 = 缺口 ÷ 需求 × 100 = {percent(one.gap_pct.low)}" if one.demand.value > 0 else ""
        lines.append(f"  算式　缺口 = 需求 − 可供 = {minus} = {amount(one.gap.low)}{zero}{rate}")
    else:
        lines.append(
            "  报表不齐，缺口不能作为一个数；只列可能的范围（需求至少为已报部分，可供至多为已报部分加未报气源的能力）"
        )
    packs = gas_plans(shelf, system)
    fact = CITY_GAP if one.scope.kind == "city" else CROSS_COUNTY_GAP
    found = basis(fact, packs, shelf.lexicon)
    if one.scope.kind != "area":
        lines.append(f"  依据　{found.label}：{found.meaning}　{found.clause}")
    lines += [f"  说明　{pack.plan.short}：{said}，按上述含义计" for pack in packs if (said := _undefined(pack))]
    lines.append(f"  单位　{RATE}，{REFERENCE}；储气设施可采气量不计入可供，另列")
    return lines


def _undefined(pack: Pack) -> str:
    """What the pack notes of the gap's base, in its own words."""
    return next((part for part in re.split("[；。]", pack.plan.note) if "供需缺口" in part), "")


def _places(found: Balances, shelf: Library) -> list[Any]:
    rows = table("地区", "需求", "可供", "缺口", "缺口率", "可中断", "储气可用", "应急储备")
    for one in found.counties:
        rows.add_row(*_place(one))
    groups = sorted(found.groups, key=lambda one: (-one.gap_pct.low, -one.gap_pct.high, len(one.scope.areas)))[:_GROUPS]
    lines: list[Any] = [rows] if found.counties else []
    if groups:
        cited = basis(CROSS_COUNTY_GAP, gas_plans(shelf, found.figures.system), shelf.lexicon)
        lines.append(f"\n跨县局部地区（缺口率最大的几处）　{cited.clause}")
        several = table("局部地区", "需求", "可供", "缺口", "缺口率", "可中断", "储气可用", "应急储备")
        for one in groups:
            several.add_row(*_place(one))
        lines.append(several)
    lines += [Text(f"⚠ {remark}", AMBER) for remark in found.remarks]
    return lines


def _place(one: Balance) -> tuple[str | Text, ...]:
    style = RED if one.gap.low > 0 else AMBER if one.gap.value is None else ""
    return (
        one.scope.label, cell(one.demand), cell(one.supply), Text(cell(one.gap), style),
        Text(cell_pct(one.gap_pct), style), cell(one.interruptible), cell(one.usable(emergency=False)),
        cell(one.usable(emergency=True)),
    )  # fmt: skip


def _demand_table(one: Balance, lexicon: Lexicon) -> Any:
    rows = table("需求（按用户类别）", "需求", "占比", "合同量", "可中断")
    for sort, figure in sorted(one.by_class.items(), key=lambda item: -item[1].low):
        lines = [line for line in one.demands if line.sort == sort]
        label = lexicon.customer_classes[sort].label if sort in lexicon.customer_classes else sort
        share = figure.value / one.demand.value * 100 if figure.value is not None and one.demand.value else None
        contract = sum(line.contract for line in lines if line.contract is not None)
        rows.add_row(
            label, cell(figure), percent(round(share, 1)) if share is not None else "", amount(contract) if contract else "",
            cell(_sum_interruptible(one, sort)),
        )  # fmt: skip
    return rows


def _sum_interruptible(one: Balance, sort: str) -> Range:
    return total(line.interruptible for line in one.demands if line.sort == sort)


def _supply_table(one: Balance, found: Balances) -> Any:
    rows = table("可供（按气源）", "类别", "可供", "合同量", "报送", right=2)
    reporters = found.figures.system.reporters_by_id
    for line in one.supplies:
        told = "、".join(
            dict.fromkeys(
                f"{reporters[o.reporter].label} {o.gas_day:%m-%d} 第{o.version}版 {o.at:%d日%H:%M}"
                for o in line.origins
            )
        )
        contract = amount(line.contract) if line.contract is not None else ""
        rows.add_row(line.label, SOURCE_KINDS.get(line.sort, line.sort), cell(line.amount), contract, told or "—")
    return rows


def _store_table(one: Balance) -> list[Any]:
    if not one.stores:
        return ["储气设施　没有"]
    rows = table("储气设施", "库存", "可用", "采气能力", "够全部需求", "全力可采", "用途")
    for store in one.stores:
        rows.add_row(*_store(store, one))
    ordinary = bridge((store for store in one.stores if not store.emergency), one.gap)
    everything = bridge(one.stores, one.gap)
    lines: list[Any] = [
        rows,
        f"  可用 =（库存 − 应留量）×（1 − 采气损耗）；够全部需求的天数 = 可用 ÷ 日需求，合计 {shown(one.cover_days, _days)}；全力可采 = 可用 ÷ 采气能力",
    ]
    if one.gap.high > 0:
        lines.append(f"  补缺口　{bridged('不动用应急储备', ordinary)}；{bridged('连同应急储备', everything)}")
        if everything.left.low > 0:
            lines.append(Text(f"  全力采气仍差 {shown(everything.left)} {RATE}", RED))
    return lines


def _store(store: Store, one: Balance) -> tuple[str, ...]:
    unit = "吨" if store.form == "lng" else ""
    stock = "不明" if store.stock is None else f"{amount(store.stock)}{unit}"
    days = quotient(store.usable, one.demand)
    lasts = quotient(store.usable, exactly(store.rate))
    return (
        store.label, stock, cell(store.usable), amount(store.rate), cell(days, _days), cell(lasts, _days),
        "应急储备" if store.emergency else "调峰",
    )  # fmt: skip


def _days(value: float) -> str:
    return f"{amount(value)} 天"


def _hourly(value: float) -> str:
    """An amount of one hour: two decimals would not add up to the day."""
    return f"{value:.4f}"


def _hours(found: tuple[HourBalance, ...], starts: str, *, whole: bool) -> list[Any]:
    worst = max(found, key=lambda hour: (hour.gap_pct.low, hour.gap_pct.high))
    lines: list[Any] = []
    told = worst.demand.high < math.inf or worst.gap_pct.low > 0
    if told and len({(hour.demand, hour.supply) for hour in found}) == 1:
        lines = ["", "分时　没有分时数据和用气曲线，各小时相同"]
    elif told:
        said = f"需求 {shown(worst.demand)}，可供 {shown(worst.supply)}（{VOLUME}），缺口率 {shown_pct(worst.gap_pct)}"
        lines = ["", f"最紧的一小时　{clock(worst.clock, starts)} 起，{said}（不计管存）"]
    if whole:
        lines.append(f"分时　单位 {VOLUME}（该小时的量），{REFERENCE}，不计管存")
        rows = table("时", "需求", "可供", "缺口", "缺口率")
        for hour in found:
            style = RED if hour.gap.low > 0 else ""
            rows.add_row(
                clock(hour.clock, starts),
                cell(hour.demand, _hourly),
                cell(hour.supply, _hourly),
                Text(cell(hour.gap, _hourly), style),
                cell_pct(hour.gap_pct),
            )
        lines.append(rows)
    return lines


def _lacking(found: Balances, one: Balance) -> list[Any]:
    if not one.missing and not one.stocks_missing and not found.late:
        return [Text("所需报表已齐。", DIM)]
    labels = found.figures.system.reporters_by_id
    lines: list[Any] = [RULE]
    if found.late:
        lines.append(Text(f"未报（{len(found.late)} 家）：{'、'.join(labels[name].label for name in found.late)}", RED))
    lines += [f"  缺　{said}" for said in lacking((*one.missing, *one.stocks_missing))]
    return lines


def _basis(fact: str, system: System, shelf: Library) -> dict[str, Any]:
    found = basis(fact, gas_plans(shelf, system), shelf.lexicon)
    return {
        "fact": fact,
        "label": found.label,
        "meaning": found.meaning,
        "formula": "gap = max(0, demand - supply); gap_pct = gap / demand * 100",
        "thresholds": [
            {"plan": one.plan, "level": one.level, "from": one.at_least, "clause": list(one.clause)}
            for one in found.thresholds
        ],
    }


def _balance(one: Balance, system: System) -> dict[str, Any]:
    """One balance; the single lines and hours of a group are those of its counties and are not told again."""
    found: dict[str, Any] = {
        "scope": one.scope.id, "kind": one.scope.kind, "label": one.scope.label, "areas": list(one.scope.areas),
        "demand": plain(one.demand), "supply": plain(one.supply), "gap": plain(one.gap), "gap_pct": plain(one.gap_pct),
        "surplus": plain(one.surplus), "interruptible": plain(one.interruptible), "cover_days": plain(one.cover_days),
        "by_class": {sort: plain(figure) for sort, figure in one.by_class.items()},
        "by_source_kind": {sort: plain(figure) for sort, figure in one.by_source_kind.items()},
        "missing": [
            {"reporter": lack.reporter, "item": lack.item, "of": lack.of, "day": lack.day.isoformat(), "why": lack.why}
            for lack in (*one.missing, *one.stocks_missing)
        ],
    }  # fmt: skip
    if one.scope.kind == "group":
        return found
    return found | {
        "demands": [_line(line) for line in one.demands],
        "supplies": [_line(line) for line in one.supplies],
        "storages": [
            {
                "of": store.of, "label": store.label, "form": store.form, "emergency_reserve": store.emergency,
                "stock": store.stock, "volume": plain(store.volume), "usable": plain(store.usable), "rate": store.rate,
            }
            for store in one.stores
        ],
        "hours": [
            {
                "hour": hour.hour, "clock": hour.clock, "demand": plain(hour.demand), "supply": plain(hour.supply),
                "gap": plain(hour.gap), "gap_pct": plain(hour.gap_pct),
            }
            for hour in hour_balances(system, one)
        ],
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {
        "of": line.of, "label": line.label, "sort": line.sort, "area": line.area, "amount": plain(line.amount),
        "contract": line.contract, "interruptible": plain(line.interruptible),
        "returns": [
            {"reporter": o.reporter, "gas_day": o.gas_day.isoformat(), "version": o.version, "at": o.at.isoformat(), "place": o.place}
            for o in line.origins
        ],
    }  # fmt: skip
