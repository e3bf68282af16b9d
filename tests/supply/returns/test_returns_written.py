"""Days, reporters, units and numbers as people write them: read where there is one meaning, held where there are two."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import numbers
from supply.returns import made
from supply.returns.judging import amounts, checked

from zhishou.supply.returns import reading


def _day(written: Any) -> made.Change:
    def change(book: Any) -> None:
        book["报表"]["E3"] = written

    return change


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (date(2026, 12, 16), "还没有到"),
        (date(2027, 12, 15), "年份写错"),
        (date(2026, 11, 1), "过旧"),
        (date(2025, 12, 15), "年份写错"),
        (12.1, "看不出是几日"),
        ("昨天", "不是日期"),
        ("2026年12月15日（星期三）", "是星期二"),
        ("15号", "不是日期"),
        ("2026-02-30", "没有 2026 年 2 月 30 日"),
        (None, "没有写气日"),
    ],
)
def test_a_wrong_day_holds_the_whole_return(written: Any, said: str):
    result = checked("grid", change=_day(written))
    (held,) = [one for one in result.held if one.whole]
    assert said in held.message
    assert "2026-12-15" in held.mend
    assert result.accepted == ()
    assert held.cell == ("E3" if written else "")


def test_day_and_month_changed_round_are_told():
    at = datetime(2026, 12, 5, 20, tzinfo=made.EVENING.tzinfo)
    (held, *_) = checked("grid", change=_day(date(2026, 5, 12)), at=at).held
    assert "月、日颠倒" in held.message


@pytest.mark.parametrize(
    "written",
    [
        "2026年12月15日", "2026/12/15", "20261215", 20261215, "12月15日", "12.15", 12.15, 46371, "２０２６－１２－１５", "2026.12.15.",
        "2026年12月15号", "12月15号", "2026年12月15日（星期二）", "2026-12-15 周二", "12月15日礼拜二", "\u202a2026-12-15\u202c",
    ],
)  # fmt: skip
def test_a_day_may_be_written_as_people_write_it(written: Any):
    result = checked("grid", change=_day(written))
    assert result.held == ()
    assert {value.day for value in result.accepted} == {made.DAY, made.DAY + timedelta(days=1)}


def test_yesterdays_return_is_used_and_told():
    result = checked("grid", at=made.EVENING + timedelta(days=1))
    assert result.held == ()
    assert "late_correction" in {one.code for one in result.noted}


def test_an_unknown_reporter_holds_the_whole_return():
    def rename(book: Workbook) -> None:
        book["报表"]["C3"] = "不知名燃气公司"

    result = checked("grid", change=rename)
    held = next(one for one in result.held if one.code == "unknown_reporter")
    assert (held.sheet, held.cell, held.written) == ("报表", "C3", "不知名燃气公司")
    assert "城区燃气公司" in held.mend
    assert result.accepted == ()


def test_a_form_of_another_reporter_is_held_whole():
    def rename(book: Workbook) -> None:
        book["报表"]["C3"] = "泽州县人民政府"

    result = checked("grid", change=rename)
    assert {"other_reporter", "not_yours"} <= {one.code for one in result.held}
    assert result.accepted == ()


def test_a_person_may_state_reporter_and_day():
    def erase(book: Workbook) -> None:
        book["报表"]["C3"], book["报表"]["E3"] = "？", "？"

    result = checked("grid", change=erase, reporter="grid", gas_day=made.DAY)
    assert result.held == ()
    assert amounts(result)["demand", "works"] == 45.5


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("４５．５", 45.5),
        ("1,045.5", 1045.5),
        ("45.5万", 45.5),
        ("455000立方米", 45.5),
        ("45.5万m³", 45.5),
        (" 45.5 ", 45.5),
        ("\u202d45.5\u202c", 45.5),
        ("\u200b45.5\ufeff", 45.5),
    ],
)
def test_figures_as_people_write_them(written: Any, amount: Any):
    draft = reading.read("a", made.filled("grid", {"use:works@1": written}), made.ROSTER, made.DAY).drafts[0]
    assert next(one.amount for one in draft.values if one.item == "demand" and one.of == "works") == pytest.approx(
        amount
    )
    assert {one.code for one in draft.problems} & {"as_text", "converted"}


@pytest.mark.parametrize(
    ("head", "held"),
    [
        ("次日预计（立方米）", {"F8", "F9", "F10", "F12"}), ("次日预计(Nm³/日)", {"F8", "F9", "F10", "F12"}), ("次日预计（万立方米）", set()),
        ("次日预计（万方/天）", set()), ("次日预计（12月16日）", set()), ("次日预计（吨）", set()),
    ],
)  # fmt: skip
def test_a_unit_written_into_a_heading_is_not_passed_over(head: str, held: set[str]):
    """Small figures: no level would have found them."""

    def renamed(book: Workbook) -> None:
        book["报表"]["F7"] = head

    draft = reading.read("a", made.filled("grid", change=renamed), made.ROSTER, made.DAY).drafts[0]
    assert {one.cell for one in draft.problems if one.code == "wrong_unit"} == held
    assert {one.place for one in draft.values} & {f"报表!{cell}" for cell in held} == set()


def test_who_checked_the_form_is_told_and_holds_nothing():
    def signed(book: Workbook) -> None:
        book["报表"]["E20"], book["报表"]["F21"] = "审核：李某", 3

    draft = reading.read("a", made.filled("grid", change=signed), made.ROSTER, made.DAY).drafts[0]
    told = {one.cell: (one.code, one.severity) for one in draft.problems}
    assert told["E20"] == ("stray", "noted")
    assert told["F21"] == ("unknown_row", "held")


def test_a_share_in_a_percent_format_is_read_as_shown_and_told():
    def percent(book: Workbook) -> None:
        cell = book["报表"]["E9"]
        cell.value, cell.number_format = 0.12, numbers.FORMAT_PERCENTAGE

    result = checked("power", change=percent)
    assert amounts(result)["district_load_shed_pct", "power"] == 12
    assert "converted" in {one.code for one in result.noted}


def test_a_figure_that_excel_made_a_date_of_is_held():
    def dated(book: Workbook) -> None:
        book["报表"]["F9"] = date(2026, 4, 5)

    (held,) = checked("grid", change=dated).held
    assert "识别成了日期" in held.message


def test_a_unit_written_beside_a_figure_is_heeded():
    def unit(book: Workbook) -> None:
        book["报表"]["D9"] = "立方米/日"

    result = checked("grid", {"use:works@0": 440000, "use:works@1": 455000}, change=unit)
    assert amounts(result)["demand", "works"] == 45.5
    assert [one.cell for one in result.noted if one.code == "converted"] == ["E9", "F9"]


def test_a_share_above_a_hundred_and_an_unknown_level_are_held():
    assert checked("power", {"users_out_pct@0": 350}).held[0].code == "out_of_range"
    assert checked("upper", {"province_level@0": "五级"}).held[0].code == "out_of_range"


def test_stray_figures_hidden_rows_and_foreign_sheets_are_told():
    def mess(book: Workbook) -> None:
        sheet = book["报表"]
        sheet["Q9"], sheet["E12"] = 7, 3
        sheet.row_dimensions[8].hidden = True
        sheet.column_dimensions["E"].hidden = True
        extra = book.create_sheet("草稿")
        extra["A1"] = 5

    result = checked("grid", change=mess)
    told = {one.code: one for one in result.noted}
    assert told["stray"].cell == "Q9、E12"
    assert told["unread_sheet"].sheet == "草稿"
    assert [one.cell for one in result.noted if one.code == "hidden"] == ["E7", "8:8"]


def test_a_stock_that_falls_faster_than_it_can_is_told():
    recent = {("stock", "ball"): ((made.DAY - timedelta(days=1), 55.0),) * 3}
    result = checked("tank", {"stock:ball@0": 22}, recent=recent)
    assert "stock_change" in {one.code for one in result.noted}
    assert amounts(result)["stock", "ball"] == 22


def test_two_forms_of_two_days_in_one_file_are_held_whole():
    def copy(book: Workbook) -> None:
        second = book.copy_worksheet(book["报表"])
        second["E3"] = date(2026, 12, 14)

    result = checked("grid", change=copy)
    held = next(one for one in result.held if one.code == "two_in_one")
    assert (held.sheet, held.cell, held.written) == ("报表 Copy", "E3", "46370")
    assert result.accepted == ()


def test_a_mobile_number_in_a_remark_is_not_kept():
    number = "1" + "39" + "0" * 8  # no such number stands in the repository

    def remark(book: Workbook) -> None:
        book["报表"]["M8"], book["报表"]["C5"] = f"有疑问打 {number}", f"改正，{number}"

    draft = reading.read("a", made.filled("grid", change=remark), made.ROSTER, made.DAY).drafts[0]
    assert number not in draft.note
    assert "改正" in draft.note
    assert "有疑问打" in draft.note


@pytest.mark.parametrize(
    ("written", "day"), [("12/15/2026", made.DAY), ("15/12/2026", made.DAY), ("12/12/2026", date(2026, 12, 12))]
)
def test_a_year_at_the_end_is_read_where_month_and_day_can_be_told_apart(written: str, day: date):
    draft = reading.read("a", made.filled("grid", change=_day(written)), made.ROSTER, made.DAY).drafts[0]
    assert draft.gas_day == day


def test_month_and_day_that_cannot_be_told_apart_are_held():
    held = next(one for one in checked("grid", change=_day("11/12/2026")).held if one.whole)
    assert "看不出哪个是月" in held.message


@pytest.mark.parametrize(("who", "code"), [("plant", "coal_stock@0"), ("heat", "heat_restore_hours@0")])
def test_what_cannot_be_anywhere_is_held_though_nothing_is_known_of_the_level(who: str, code: str):
    (held,) = checked(who, {code: 1e9}).held
    assert held.code == "out_of_range"
    assert checked(who, {code: "1e400"}).held[0].code == "not_a_number"


def test_volumes_are_not_converted_into_tonnes_of_coal():
    assert checked("plant", {"coal_stock@0": "3万立方米"}).held[0].code == "wrong_unit"
    assert amounts(checked("plant", {"coal_stock@0": "30000吨"}))["coal_stock", "plant"] == 3


def test_a_day_stated_by_a_person_is_told_where_the_file_says_another():
    result = checked("grid", change=_day(date(2026, 12, 14)), gas_day=made.DAY)
    assert [one.cell for one in result.noted if one.code == "stated"] == ["E3"]
