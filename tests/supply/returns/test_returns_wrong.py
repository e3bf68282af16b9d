"""Every kind of wrong figure is held with sheet, cell, value and mend, and what is right beside it is used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from supply.returns import made
from supply.returns.judging import RECENT, TENFOLD, amounts, checked


@pytest.mark.parametrize(
    ("amount", "code", "said"),
    [
        (455, "spike", "倍"),
        (4.55, "drop", "近日水平"),
        (455000, "unit_slip", "45.5 万立方米/日"),
        (0.00455, "unit_slip", "45.5 万立方米/日"),
        (0, "zero", "从未为零"),
        (-45.5, "negative", "不可能为负"),
        ("约45", "not_a_number", "不是数"),
        ("45—50", "not_a_number", "不是一个数"),
        ("12,34", "not_a_number", "千分位"),
        (True, "not_a_number", "逻辑值"),
        ("45.5吨/小时", "wrong_unit", "不能换算"),
        ("45.5标方", "wrong_unit", "不能换算"),
        ("#REF!", "formula_error", "#REF!"),
        ("#DIV/0!", "formula_error", "#DIV/0!"),
        ("#VALUE!", "formula_error", "公式"),
        ("#N/A", "formula_error", "公式"),
        ("=1/0*E9", "not_calculated", "保存一次"),
    ],
)
def test_a_wrong_figure_is_held_with_its_cell(amount: Any, code: str, said: str):
    place = made.where("grid", "use:works@1")
    result = checked("grid", {"use:works@1": amount}, recent=RECENT)
    (held,) = result.held
    assert held.code == code
    assert (held.sheet, held.cell) == ("报表", place)
    assert said in held.text
    assert held.mend
    assert "核定之前" in held.text
    assert ("demand", "works", made.DAY + timedelta(days=1), None) in held.about
    assert ("demand", "works") not in amounts(result)
    assert amounts(result)["demand", "homes"] == 33


def test_the_value_as_written_is_named():
    (held,) = checked("grid", {"use:works@1": "约45"}).held
    assert "写作“约45”" in held.text
    assert "预计用气需求·城区工业" in held.text


def test_zero_is_held_against_the_roster_where_nothing_was_received_before():
    (held,) = checked("grid", {"use:works@1": 0}).held
    assert held.code == "zero"


def test_zero_is_used_where_zero_has_been_before():
    history = {("demand", "works"): (*TENFOLD, (made.DAY, 0.0))}
    assert checked("grid", {"use:works@1": 0}, recent=history).held == ()


def test_a_change_that_may_be_is_told_and_used():
    result = checked("grid", {"use:works@1": 110}, recent=RECENT)
    assert result.held == ()
    assert "large_change" in {one.code for one in result.noted}
    assert amounts(result)["demand", "works"] == 110


@pytest.mark.parametrize(
    ("reporter", "code", "amount"),
    [("field", "supply:well@1", 130), ("grid", "stock:lng@0", 2200), ("tank", "withdrawable:ball@1", 25)],
)
def test_more_than_the_object_can_do_is_held(reporter: str, code: str, amount: Any):
    held = checked(reporter, {code: amount}).held
    assert held[0].code == "over_capacity"
    assert held[0].cell == made.where(reporter, code)


def test_allocations_beyond_their_source_are_held_together():
    result = checked("field", {"allocation:zezhou|well@1": 50})
    (held,) = result.held
    assert held.code == "over_allocated"
    assert held.cell == "F11、F12"
    assert "110" in held.message
    assert amounts(result)["available", "well"] == 98
    assert ("allocated", "zezhou|well") not in amounts(result)


def test_a_total_that_does_not_add_up_holds_itself_and_its_parts():
    result = checked("grid", {"total_use@1": 90})
    (held,) = result.held
    assert held.code == "total_differs"
    assert (held.sheet, held.cell, held.written) == ("报表", made.where("grid", "total_use@1"), "90")
    assert {value.item for value in held.values} == {"total_demand", "demand"}
    assert f"核定之前这 {len(held.values)} 个数都不用" in held.text
    assert ("demand", "homes") not in amounts(result)
    assert amounts(result)["taken", "homes"] == 31.25


def test_a_total_within_rounding_is_used():
    assert checked("grid", {"total_use@1": 78.6}).held == ()


def test_hours_that_do_not_add_up_hold_the_day():
    hours = {f"use:homes@h{hour}": 33.0 for hour in range(24)}
    result = checked("grid", hours)
    (held,) = result.held
    assert held.code == "hours_differ"
    assert held.sheet == "分时"
    assert "除以 24" in held.mend
    assert ("demand", "homes") not in amounts(result)


def test_hours_that_are_not_all_there_are_held_and_the_day_stands():
    result = checked("grid", {f"use:homes@h{hour}": 1.4 for hour in range(20)})
    (held,) = result.held
    assert "缺 4 个" in held.message
    assert amounts(result)["demand", "homes"] == 33


def test_a_day_told_only_by_the_hour_is_judged_by_its_sum():
    hours = {f"use:works@h{hour}": 45.5 for hour in range(24)}
    result = checked("grid", {**hours, "use:works@1": None}, recent=RECENT)
    (held,) = result.held
    assert held.code == "spike"
    assert len(held.values) == 24
    fine = checked("grid", dict.fromkeys(hours, 1.9) | {"use:works@1": None}, recent=RECENT)
    assert fine.held == ()


@pytest.mark.parametrize("written", [None, "—", "/", "无"])
def test_what_is_owed_and_not_there_is_held(written: Any):
    result = checked("grid", {"use:works@1": written})
    (held,) = result.held
    assert held.code == "missing"
    assert "次日预计" in held.message
    marks = [one for one in result.noted if one.code == "blank_mark"]
    assert (marks[0].cell if marks else None) == (made.where("grid", "use:works@1") if written else None)


def test_merged_cells_are_held():
    def merge(book: Workbook) -> None:
        book["报表"].merge_cells("F8:F9")

    result = checked("grid", change=merge)
    held = {one.code: one for one in result.held}
    assert held["merged"].cell == "F8"
    assert "F8:F9" in held["merged"].message
    assert {"demand"} & {one.item for one in result.accepted} == set()


def test_an_unknown_row_is_held_not_dropped():
    def rename(book: Workbook) -> None:
        book["报表"]["C9"], book["报表"]["N9"] = "城区陶瓷厂", None

    result = checked("grid", change=rename)
    held = {one.code: one for one in result.held}
    assert held["unknown_row"].cell == "E9、F9"
    assert held["unknown_row"].written == "44、45.5"
    assert "城区陶瓷厂" in held["unknown_row"].message
    assert "missing" in held


def test_a_row_whose_code_and_name_differ_is_held():
    def rename(book: Workbook) -> None:
        book["报表"]["C9"] = "城区居民"

    held = {one.code: one for one in checked("grid", change=rename).held}
    assert "识别码" in held["unknown_row"].message


def test_a_row_of_another_reporter_is_held():
    def other(book: Workbook) -> None:
        sheet = book["报表"]
        sheet["B20"], sheet["C20"], sheet["E20"] = "用气量", "泽州居民", 18.5

    held = checked("grid", change=other).held
    assert [one.code for one in held] == ["not_yours"]
    assert "泽州县人民政府" in held[0].message
    assert held[0].cell == "E20"


def test_the_same_thing_twice_with_two_figures_is_held():
    def twice(book: Workbook) -> None:
        sheet = book["报表"]
        sheet["B20"], sheet["C20"], sheet["E20"] = "用气量", "城区工业", 41

    (held,) = checked("grid", change=twice).held
    assert held.code == "twice"
    assert held.cell == "E9、E20"
    assert len(held.values) == 2


def test_the_same_thing_twice_with_one_figure_is_told():
    def twice(book: Workbook) -> None:
        sheet = book["报表"]
        sheet["B20"], sheet["C20"], sheet["E20"] = "用气量", "城区工业", 44

    result = checked("grid", change=twice)
    assert result.held == ()
    assert "repeated" in {one.code for one in result.noted}


def test_a_share_that_may_be_a_fraction_is_used_and_told():
    reporter = next(one.id for one in made.SYSTEM.reporters if one.kind == "heat")
    result = checked(reporter, {"heat_outage_share_pct@0": 0.12})
    (told,) = (one for one in result.noted if one.code == "small_share")
    assert "读作 0.12%；如果是 12%" in told.text
    assert amounts(result)["heat_outage_share_pct", reporter] == 0.12
