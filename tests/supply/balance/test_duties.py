"""The ledger of storage duties, by hand, under the province's notice."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from supply.balance.demo import DAY, evening, jincheng, lexicon, small, told

from zhishou.clock import day_of_season
from zhishou.plan.load import Library
from zhishou.supply.balance import Withheld
from zhishou.supply.duties import COMPANY, FILL, GOVERNMENT, Entry, Ledger, ledger
from zhishou.supply.gap_facts import storage_facts
from zhishou.supply.returns.model import Return
from zhishou.supply.system import System

TEXT = """
id: duties
title: 储气
area: jincheng
reporters:
  - {id: gas, label: 燃气公司, kind: city_gas, area: gaoping}
  - {id: other, label: 另一家, kind: city_gas, area: gaoping}
  - {id: county, label: 高平, kind: county, area: gaoping}
nodes:
  - {id: n, label: N, area: gaoping}
storages:
  - {id: reserve, label: 储备站, node: n, owner: 高平市人民政府, owner_kind: government, reporter: county, form: lng,
     capacity: 1050, keep: 50, withdrawal: 5}
  - {id: tank, label: 公司储罐, node: n, owner: 燃气公司, owner_kind: city_gas_company, reporter: gas, form: gas,
     capacity: 100, keep: 10, withdrawal: 5}
customers:
  - {id: home, label: 居民, class: residential, node: n, reporter: gas, demand: 30, yearly: 1825}
  - {id: works, label: 工业, class: industry, node: n, reporter: other, demand: 30, yearly: 18250}
"""


def _ledger(packs: Library, system: System, returns: tuple[Return, ...], day: date = DAY, **more: Withheld) -> Ledger:
    return ledger(system, returns, day, tuple(packs.packs.values()), packs.lexicon, **more)


def _only(found: Ledger, fact: str, number: int = 0) -> Entry:
    return found.of(fact)[number]


def test_three_days_by_hand(packs: Library):
    system = small(TEXT)
    found = _ledger(packs, system, told(system, {}, stocks={"reserve": 850, "tank": 79}))
    entry = _only(found, GOVERNMENT)
    # (1825 + 18250) / 365 = 55 a day; 3 days are 165; (1050 − 50) t × 0.14 = 140 are held, 140 / 55 = 2.54… days
    assert (entry.base, entry.required, entry.held.value) == (55.0, 165.0, 140.0)
    assert entry.figure is not None
    assert entry.figure.value == pytest.approx(140 / 55)
    # 25 short, 25 / 0.14 = 178.57… t
    assert entry.short is not None
    assert entry.short.value == 25.0
    assert entry.tonnes is not None
    assert entry.tonnes.value == pytest.approx(178.571428571)
    assert (entry.state, entry.due, entry.overdue(DAY)) == ("short", None, False)
    assert (entry.clause, entry.watched_by) == (("四(一)",), ("省发展改革委",))
    share = _only(found, GOVERNMENT, 1)
    assert (share.owner, share.share, share.required) == ("高平市人民政府", True, None)


def test_five_per_cent_by_hand(packs: Library):
    system = small(TEXT)
    found = _ledger(packs, system, told(system, {}, stocks={"reserve": 850, "tank": 79}))
    gas, other = found.of(COMPANY)
    # 5 % of 1825 is 91.25; 100 − 10 = 90 are held, 90 / 1825 = 4.93…%
    assert (gas.required, gas.held.value, gas.short and gas.short.value) == (91.25, 90.0, 1.25)
    assert (gas.clause, gas.watched_by) == (("四(一)",), ("省住建厅",))
    # 5 % of 18250 is 912.5, and the other company holds nothing
    assert (other.required, other.held.value, other.short and other.short.value) == (912.5, 0.0, 912.5)
    assert storage_facts(found)[COMPANY] == {
        "value": 0.0, "source": "储气台账（气日 2026-12-15，最低者另一家）", "at": gas.at,
    }  # fmt: skip


@pytest.mark.parametrize(("stock", "state"), [(79.99, "short"), (80.0, "met"), (80.01, "met")])
def test_eighty_per_cent_and_its_day(packs: Library, stock: float, state: str):
    system = small(TEXT)
    found = _ledger(packs, system, told(system, {}, stocks={"reserve": 1050, "tank": stock}))
    whole, _, tank = found.of(FILL)
    assert tank.state == state
    assert (tank.due, tank.overdue(DAY)) == (date(2026, 11, 30), state == "short")
    assert not tank.overdue(date(2026, 11, 30))
    assert tank.clause == ("四(二)",)
    assert whole.figure is not None
    assert whole.figure.value == pytest.approx((147 + stock) / 247 * 100)


def test_without_a_return_nothing_is_known(packs: Library):
    system = small(TEXT)
    found = _ledger(packs, system, ())
    # Where even a full store would not do, it is short; everything else is unknown.
    assert {entry.owner for entry in found.entries if entry.state != "unknown"} == {
        "另一家", "燃气公司", "晋城市（各级政府合计）", "高平市人民政府",
    }  # fmt: skip
    entry = _only(found, GOVERNMENT)
    assert entry.figure is not None
    assert entry.figure.value is None  # at best 140 of 165, so it is short all the same; how short is not known
    assert (entry.state, entry.short and entry.short.value) == ("short", None)
    assert found.unknown == (("储备站", "高平"), ("公司储罐", "燃气公司"))
    facts = storage_facts(found)
    assert FILL not in facts
    assert facts.get(GOVERNMENT, {}).get("value") is None


def test_an_old_return_counts_for_a_week_and_a_held_figure_not_at_all(packs: Library):
    system = small(TEXT)
    returns = told(system, {}, date(2026, 12, 9), stocks={"reserve": 850, "tank": 79})  # made on the 8th
    assert _only(_ledger(packs, system, returns), FILL).figure is not None
    assert _ledger(packs, system, returns).unknown == ()
    assert len(_ledger(packs, system, returns, date(2026, 12, 16)).unknown) == 2
    held = Withheld(frozenset({("stock", "tank", date(2026, 12, 8), None)}))
    assert _ledger(packs, system, returns, withheld=held).unknown == (("公司储罐", "燃气公司"),)


def test_an_unknown_base_is_said(packs: Library):
    system = small(TEXT.replace(", yearly: 1825}", "}"))
    found = _ledger(packs, system, told(system, {}, stocks={"reserve": 850, "tank": 79}))
    gas = found.of(COMPANY)[0]
    assert (gas.state, gas.figure, gas.required) == ("unknown", None, None)
    assert gas.base_text == "年售气量不明（有用户没有年用气量）"
    entry = _only(found, GOVERNMENT)
    assert (entry.base, entry.base_text) == (60.0, "晋城市常年冬季日需求（年用气量不全，按冬季日需求计，偏严）")


def test_the_demonstration(packs: Library):
    found = _ledger(packs, jincheng(), evening(date(2026, 12, 14)))
    assert found.unknown == ()
    government = _only(found, GOVERNMENT)
    # (1800 − 90 + 600 − 30 + 200 − 10) t × 0.14 = 345.8; 82340 / 365 = 225.589…
    assert government.held.value == 345.8
    assert government.figure is not None
    assert government.figure.value == pytest.approx(345.8 / (82340 / 365))
    assert {entry.owner: entry.short and entry.short.value for entry in found.of(COMPANY)} == {
        "示例市区燃气公司": 404.5, "示例高平燃气公司": 375.8, "示例阳城燃气公司": 669.5,
    }  # fmt: skip
    facts = storage_facts(found)
    assert set(facts) == {GOVERNMENT, COMPANY, FILL}
    assert facts[FILL]["source"].startswith("储气台账（气日 2026-12-15，其中 ")
    assert all(lexicon().facts[fact].unit for fact in facts)


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 7, 1), date(2026, 11, 30)),
        (date(2027, 1, 2), date(2026, 11, 30)),
        (date(2027, 7, 1), date(2027, 11, 30)),
    ],
)
def test_the_day_of_a_season(today: date, due: date):
    assert day_of_season("11-30", today) == due


def test_a_correction_replaces_a_stock(packs: Library):
    system = small(TEXT)
    first = told(system, {}, stocks={"reserve": 850, "tank": 79})
    gas = next(one for one in first if one.reporter == "gas")
    better = dataclasses.replace(gas, version=2, values=(dataclasses.replace(gas.values[0], amount=90.0),))
    assert _ledger(packs, system, (*first, better)).of(FILL)[2].state == "met"
