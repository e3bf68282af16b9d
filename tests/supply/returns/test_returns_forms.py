"""Forms open, ask for the right things, and come back as they were filled."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from supply.returns import made

from zhishou.errors import NotFoundError
from zhishou.supply.returns import reading, style
from zhishou.supply.returns.lines import BLANK_ROWS, GAS_KINDS, LINES, lines_of
from zhishou.supply.returns.reading.form import META
from zhishou.supply.returns.template import template
from zhishou.supply.system import REPORTER_LABELS, ReporterKind


def read(content: bytes, **stated: str) -> reading.Draft:
    found = reading.read("a.xlsx", content, made.ROSTER, made.DAY, **stated)
    assert found.problems == ()
    (draft,) = found.drafts
    return draft


@pytest.mark.parametrize("kind", REPORTER_LABELS)
def test_every_kind_has_a_form_without_a_system(kind: ReporterKind):
    book = load_workbook(BytesIO(template(kind)))
    sheet = book["报表"]
    assert "日报表" in sheet["A1"].value or "登记表" in sheet["A1"].value
    assert not sheet.merged_cells.ranges
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert sheet.freeze_panes == "E8"
    assert book[META].sheet_state == "veryHidden"
    assert sheet.page_setup.fitToWidth == 1
    shown = {sheet.cell(row, 2).value for row in range(8, sheet.max_row)}
    blank = BLANK_ROWS.get(kind)
    assert shown == {line.label for line in lines_of(kind) if blank is None or (line.total_of or line.id) in blank}


@pytest.mark.parametrize("reporter", made.FIGURES)
def test_a_form_states_conditions_and_checks_what_is_written(reporter: str):
    book = load_workbook(BytesIO(made.blank(reporter)))
    sheet = book["报表"]
    gas = made.SYSTEM.reporters_by_id[reporter].kind in GAS_KINDS
    assert ("20 ℃、101.325 kPa" in sheet["A2"].value) or not gas
    rules = sheet.data_validations.dataValidation
    assert {rule.type for rule in rules} >= {"list", "date"}
    assert all(rule.prompt for rule in rules)
    assert sheet["C3"].value == made.SYSTEM.reporters_by_id[reporter].label
    assert sheet["E3"].value.date() == made.DAY
    words = " ".join(str(row[1].value) for row in book["填报说明"].iter_rows(min_row=2))
    assert "更正作为新的版本登记" in words
    assert "1400" in words or not gas


def test_a_form_for_nobody_or_for_another_kind_is_refused():
    with pytest.raises(NotFoundError, match="没有“谁”"):
        template("producer", made.ROSTER, "谁")
    with pytest.raises(NotFoundError, match="城市燃气企业"):
        template("producer", made.ROSTER, "grid")
    with pytest.raises(NotFoundError, match="没有给系统"):
        template("producer", None, "field")


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_what_is_filled_in_is_what_is_read(data: st.DataObject):
    reporter = data.draw(st.sampled_from(["field", "grid", "zezhou", "tank", "plant", "power", "heat"]))
    codes = [
        code for code in made.cells(load_workbook(BytesIO(made.blank(reporter)))["报表"])
        if not code.startswith("total") and _item(code)
    ]  # fmt: skip
    chosen = data.draw(st.lists(st.sampled_from(codes), unique=True, min_size=1))
    amounts = st.decimals(0, 100, places=4).map(float)
    figures = {code: data.draw(amounts) for code in chosen}
    draft = read(made.filled(reporter, dict.fromkeys(made.FIGURES[reporter]) | figures))
    found = {(one.item, one.of, (one.day - made.DAY).days): one.amount for one in draft.values}
    wanted = {}
    for code, amount in figures.items():
        row, ahead = code.split("@")
        wanted[_item(code), row.partition(":")[2] or reporter, int(ahead)] = amount
    assert found == wanted


def _item(code: str) -> str:
    row, ahead = code.split("@")
    line = LINES[row.partition(":")[0]]
    return line.actual if ahead == "0" else line.expected


def test_hours_come_back_by_the_hour_of_the_gas_day():
    hours = {f"use:homes@h{hour}": 1.0 + hour / 10 for hour in range(24)}
    draft = read(made.filled("grid", hours))
    found = {one.hour: one.amount for one in draft.values if one.hour is not None}
    assert found == {hour: 1.0 + hour / 10 for hour in range(24)}
    assert {one.day for one in draft.values if one.hour is not None} == {made.DAY + timedelta(days=1)}


def test_rows_moved_and_renumbered_are_known_by_their_code():
    def swap(book: Workbook) -> None:
        sheet = book["报表"]
        for column in range(1, 16):
            first, second = sheet.cell(8, column), sheet.cell(9, column)
            first.value, second.value = second.value, first.value

    plain, moved = read(made.filled("grid")), read(made.filled("grid", change=swap))
    assert {(v.item, v.of, v.day, v.amount) for v in plain.values} == {
        (v.item, v.of, v.day, v.amount) for v in moved.values
    }


def test_rows_without_code_are_known_by_their_names():
    def forget(book: Workbook) -> None:
        sheet = book["报表"]
        for row in range(8, sheet.max_row + 1):
            sheet.cell(row, 14).value = None
        sheet.cell(8, 3).value = " 城区 居民 "

    plain, named = read(made.filled("grid")), read(made.filled("grid", change=forget))
    assert {(v.item, v.of, v.amount) for v in plain.values} == {(v.item, v.of, v.amount) for v in named.values}


def test_a_form_with_blank_rows_is_filled_by_name():
    book = load_workbook(BytesIO(template("county")))
    sheet = book["报表"]
    sheet["C3"], sheet["E3"] = "泽州县人民政府", made.DAY
    row = next(r for r in range(8, 30) if sheet.cell(r, 2).value == "用气量")
    for at, (name, now, then) in enumerate([("泽州居民", 18.5, 19), ("泽州公交", 2, 2.05)], start=row):
        sheet.cell(at, 3).value, sheet.cell(at, 5).value, sheet.cell(at, 6).value = name, now, then
    out = BytesIO()
    book.save(out)
    draft = read(out.getvalue())
    assert draft.reporter == "zezhou"
    assert {(v.item, v.of): v.amount for v in draft.values} == {
        ("taken", "zhomes"): 18.5, ("demand", "zhomes"): 19, ("taken", "zbus"): 2, ("demand", "zbus"): 2.05,
    }  # fmt: skip


def test_what_others_wrote_is_never_a_formula():
    """A name that begins with an equals sign would be worked out by whoever opens the workbook."""
    book = Workbook()
    sheet = style.page(book, "表")
    written = ('=HYPERLINK("http://x","点")', "=1+1", "#REF!", "+86 0356", "@某", "-3", "某公司")
    for row, text in enumerate(written, start=1):
        style.put(sheet, (row, 1), text)
    style.put(sheet, (8, 1), style.Formula("=SUM(A1:A7)"))
    out = BytesIO()
    book.save(out)
    cells = [row[0] for row in load_workbook(BytesIO(out.getvalue()))["表"].iter_rows()]
    assert [(one.value, one.data_type) for one in cells[:7]] == [(text, "s") for text in written]
    assert cells[7].data_type == "f"
