"""What the commands print: text for people, JSON for programs, a workbook for WPS."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from supply.balance.demo import DAY, WORSE, evening, jincheng

from zhishou.cli.supply_balance import balance_json, balance_text, drawn
from zhishou.cli.supply_duties import drawn_ledger, duties_json, duties_text
from zhishou.cli.supply_failure import drawn_failures, failure_json, failure_text
from zhishou.cli.supply_figures import cell, hours, percent, shown_pct
from zhishou.cli.supply_workbook import balance_workbook
from zhishou.errors import NotFoundError
from zhishou.plan.load import Library
from zhishou.supply.balance import Balances, Range

EVENING = DAY - timedelta(days=1)


def _cold(packs: Library) -> Balances:
    return drawn(jincheng(), evening(EVENING), DAY, packs)


def test_the_balance_says_the_gap_its_formula_and_its_clauses(packs: Library):
    text = balance_text(_cold(packs), packs)
    assert text.splitlines()[:2] == ["供需平衡　气日 2026-12-15（08:00 起 24 小时）　晋城市", "※ 示意数据，非真实"]
    assert "缺口 22.82，缺口率 7.08%　（需求 322.32，可供 299.5）" in text
    assert "缺口 = 需求 − 可供 = 322.32 − 299.5 = 22.82；缺口率 = 缺口 ÷ 需求 × 100 = 7.08%" in text
    assert "〔天然气迎峰度冬预案 4.2.1(1)、4.2.2(1)、4.2.3(1)〕" in text
    assert "“供需缺口”的基数和时段未定义" in text
    assert "高平市、陵川县" in text
    assert "所需报表已齐。" in text
    assert "\x1b[" not in text
    assert "\x1b[" in balance_text(_cold(packs), packs, colour=True)


def test_one_county_by_its_name_and_its_hours(packs: Library):
    text = balance_text(_cold(packs), packs, area="陵川", with_hours=True)
    assert "气日 2026-12-15（08:00 起 24 小时）　陵川县" in text
    assert text.count(":00 ") >= 24
    assert "分时　单位 万立方米（该小时的量）" in text
    assert "次日00:00" in text
    with pytest.raises(NotFoundError, match="没有“运城”"):
        balance_text(_cold(packs), packs, area="运城")


def test_a_late_county_is_named_and_no_number_stands_for_it(packs: Library):
    text = balance_text(drawn(jincheng(), evening(WORSE - timedelta(days=1)), WORSE, packs), packs)
    assert "缺口 不明（至少 " in text
    assert "未报（1 家）：陵川县人民政府" in text
    assert "缺　陵川县人民政府（未报）　预计用气需求·陵川居民、陵川公共服务" in text
    assert "；日终库存·陵川 LNG 应急储备点" in text
    older = (*evening(EVENING), *evening(WORSE - timedelta(days=1)))
    assert "（未报，上次来报 2026-12-14）　" in balance_text(drawn(jincheng(), older, WORSE, packs), packs)


def test_json_holds_every_figure_with_its_return(packs: Library):
    data = json.loads(balance_json(_cold(packs), packs))
    city = data["balances"][0]
    assert (city["kind"], city["gap"], data["illustrative"]) == ("city", {"value": 22.82}, True)
    assert city["supplies"][3]["returns"] == [
        {"reporter": "pipe_main", "gas_day": "2026-12-14", "version": 1, "at": "2026-12-14T20:00:00+08:00", "place": "第3行"}
    ]  # fmt: skip
    assert len(city["hours"]) == 24
    assert set(data["facts"]) == {"city_gas_gap_pct", "cross_county_gas_gap_pct"}
    late = json.loads(balance_json(drawn(jincheng(), evening(WORSE - timedelta(days=1)), WORSE, packs), packs))
    assert late["late"] == ["county_lingchuan"]
    assert late["balances"][0]["gap"]["value"] is None


def test_the_workbook_holds_numbers_where_known_and_words_where_not(packs: Library):
    book = load_workbook(BytesIO(balance_workbook(_cold(packs), packs)))
    assert book.sheetnames == ["总表", "局部地区", "需求", "可供", "分配", "储气", "分时（全市）", "缺报", "说明"]
    table = [[one.value for one in row] for row in book["总表"].iter_rows(min_row=5, max_col=4)]
    assert table[-1] == ["晋城市", 322.32, 299.5, 22.82]
    assert [sum(row[at] for row in table[:-1]) for at in (1, 2, 3)] == pytest.approx(table[-1][1:])
    for name, column in (("需求", 4), ("可供", 3)):
        amounts = [row[0] for row in book[name].iter_rows(min_row=5, min_col=column, max_col=column, values_only=True)]
        assert sum(amounts[:-1]) == pytest.approx(amounts[-1])
    allotted = book["分配"].iter_rows(min_row=5, min_col=3, max_col=3, values_only=True)
    assert sum(row[0] for row in allotted) == pytest.approx(299.5)
    for sheet in book:  # a printed page says what it is, of which day and in which unit
        assert sheet["A2"].value.startswith("气日 2026年12月15日（08:00 起 24 小时）")
        assert sheet["A3"].value == "示意数据，非真实"
        assert sheet.page_setup.fitToWidth == 1
    assert book["缺报"]["A5"].value == "所需报表已齐"
    late = load_workbook(
        BytesIO(balance_workbook(drawn(jincheng(), evening(WORSE - timedelta(days=1)), WORSE, packs), packs))
    )
    assert str(late["总表"].cell(late["总表"].max_row, 4).value).startswith("不明≥")
    assert late["缺报"].max_row == 10  # five customers and the stock of the reserve


def test_the_ledger_of_duties(packs: Library):
    found = drawn_ledger(jincheng(), evening(EVENING), DAY, packs)
    text = duties_text(found, jincheng(), packs)
    assert "地方政府3天储气能力　原文没有写期限，省发展改革委督促　〔今冬明春保暖保供通知 四(一)〕" in text
    assert "储气设施储量达到80%以上　期限 2026-11-30" in text
    assert "逾期未达到" in text
    assert "2026-11-30 当日是否达到过，以当日报表为准" in text
    assert "不可相加" in text
    assert "说明　今冬明春保暖保供通知：只为2020至2021年的一个冬春" in text
    data = json.loads(duties_json(found, jincheng()))
    assert {entry["state"] for entry in data["entries"]} <= {"met", "short", "unknown"}
    nothing = duties_text(drawn_ledger(jincheng(), (), DAY, packs), jincheng(), packs)
    assert "⚠ 示例储气库：没有近期报表，示例储气库公司应报" in nothing


def test_failure_tells_the_level_that_would_follow(packs: Library):
    found = drawn_failures(jincheng(), evening(EVENING), DAY, packs)
    text = failure_text(found, packs)
    assert "■ 沁水煤层气田停供（少 128.5 万立方米/日）" in text
    assert "天然气迎峰度冬预案　将建议Ⅰ级响应　〔4.2.1(1)" in text
    assert "不是现状" in text
    data = json.loads(failure_json(found, packs))
    assert [one["levels"][0]["level"] for one in data["failures"]] == ["I"] * 6
    assert failure_text((), packs) == "本系统没有气源，无从推演。"


def test_what_superiors_state_stands_whatever_fails(packs: Library):
    province = {"province_gas_response_level": {"value": "II", "source": "省保供办", "at": "2026-12-14T21:00:00+08:00"}}
    found = drawn_failures(jincheng(), (), DAY, packs, superior=province)
    assert all("将建议Ⅰ级响应" in failure_text((one,), packs) for one in found)


def test_without_any_return_every_command_still_answers(packs: Library):
    system, day = jincheng(), date(2027, 1, 5)
    assert "缺口 不明" in balance_text(drawn(system, (), day, packs), packs)
    assert json.loads(balance_json(drawn(system, (), day, packs), packs))["facts"] == {}
    assert "不明" in failure_text(drawn_failures(system, (), day, packs), packs)


def test_a_day_of_which_nobody_told_is_said_first_and_the_last_one_named(packs: Library):
    text = balance_text(drawn(jincheng(), evening(EVENING), EVENING + timedelta(days=5), packs), packs)
    assert (
        "2026-12-18 傍晚的报表一份也没有收到；最近的是 2026-12-14 傍晚的，看它说的那一日加 --day 2026-12-15。" in text
    )
    assert "最紧的一小时" not in text
    assert "不明 天" not in text


def test_storages_that_cannot_deliver_fast_enough_are_said_to_fall_short(packs: Library):
    text = balance_text(drawn(jincheng(), evening(WORSE - timedelta(days=1)), WORSE, packs), packs, area="陵川")
    assert "补不满（采气能力" not in text  # nothing is known of its gap
    text = balance_text(_cold(packs), packs, area="陵川")
    assert "不动用应急储备补不满（采气能力 0 万立方米/日，小于缺口）" in text


@pytest.mark.parametrize(
    ("value", "text"), [(5.0, "5%"), (7.0799205, "7.08%"), (4.9999, "4.9999%"), (9.996, "9.996%"), (0.0, "0%")]
)
def test_a_percentage_is_never_rounded_onto_a_threshold(value: float, text: str):
    assert percent(value) == text


def test_what_is_not_known_is_told_as_such():
    assert shown_pct(Range(5.0, 100.0)) == "不明（至少 5%）"
    assert shown_pct(Range(0.0, 100.0)) == "不明"
    assert cell(Range(0.0, 3.5)) == "不明≤3.5"
    assert hours(Range(80.0, 80.0)) == "3.33 天"
    assert hours(Range(float("inf"), float("inf"))) == "没有缺口"
