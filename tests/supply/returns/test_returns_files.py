"""What a file really is decides, not its name; what cannot be read is told, and nothing is unpacked beyond measure."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from supply.returns import files, made

from zhishou.supply.returns import reading
from zhishou.supply.returns.reading import package, table
from zhishou.supply.units import at_reference

FILLED = made.filled("grid")
BOMB = "0" * (8 * 2**20)


def lying() -> bytes:
    """A workbook whose sheet is larger than its directory says."""
    content = bytearray(files.workbook(f'<worksheet xmlns="{files.MAIN}"><sheetData/>{" " * 5000}</worksheet>'))
    with zipfile.ZipFile(BytesIO(bytes(content))) as opened:
        size = opened.getinfo("xl/worksheets/sheet1.xml").file_size
    place = content.rindex(size.to_bytes(4, "little"))
    content[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(content)


BINARY = '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>'
UNREADABLE = [
    (files.ole("EncryptedPackage", "EncryptionInfo"), "password", "去掉密码"),
    (files.ole("Workbook"), "old_format", "另存为 .xlsx"),
    (files.ole("Book"), "old_format", "不能只改后缀"),
    (files.ole("WordDocument"), "not_a_workbook", "模板"),
    (files.ole("Else"), "not_a_workbook", "模板"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut", "broken", "模板"),
    (b"<html><table><tr><td>1</td></tr></table></html>", "not_a_workbook", "模板"),
    (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "old_format", "模板"),
    (b"%PDF-1.7 ...", "not_a_workbook", "模板"),
    (b"\xff\xd8\xff\xe0 photo", "not_a_workbook", "模板"),
    (b"", "broken", "重新报送"),
    (b"\0\1\2\3" * 40, "not_a_workbook", "模板"),
    (b"PK\x03\x04 cut off", "broken", "另存"),
    (files.zipped({"report.xlsx": b"x"}), "not_a_workbook", "不要打包"),
    (files.zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}), "old_format", "另存"),
    (files.zipped({"xl/workbook.bin": b"x", "_rels/.rels": BINARY}), "old_format", "另存"),
    (files.workbook("<worksheet"), "broken", "另存"),
    (files.workbook(BOMB), "bomb", "核实来件"),
    (files.zipped({f"{number}.xml": "" for number in range(package.MOST_PARTS + 1)}), "bomb", "核实来件"),
    (files.workbook('<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'), "bomb", "核实来件"),
    (files.workbook('<worksheet><sheetData><row r="1"><c r="AAAA9999999"><v>1</v></c></row></sheetData></worksheet>'),
     "bomb", "核实来件"),
    (files.workbook('<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'),
     "no_table", "模板"),
    (files.workbook('<worksheet><cols><col min="a" max="b" hidden="1"/></cols></worksheet>'), "broken", "另存"),
    (lying(), "broken", "另存"),
    ("项目,对象\n".encode("gbk"), "no_table", "模板"),
    (b"\x81\x81\xff\xff\xfe", "wrong_encoding", "UTF-8"),
    (b'{"schema": ', "broken", "逗号"),
    (b'{"schema": "other"}', "no_table", "--schema"),
    (b'{"schema": "zhishou/return/1", "reporter": "grid"}', "no_table", "--schema"),
    (b'{"schema": "zhishou/return/1", "reporter": "grid", "gas_day": "2026-12-15", "values": [{"item": "a"}]}',
     "no_table", "--schema"),
    ((b'{"schema": "zhishou/return/1", "reporter": "grid", "gas_day": "2026-12-15", "values": ' b'[{"item": "a", "amount": 1, "x": 2}]}'), "unknown_column", "--schema"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "code", "mend"), UNREADABLE)
def test_what_cannot_be_read_is_held_whole_with_its_reason(content: bytes, code: str, mend: str):
    found = reading.read("报表.xlsx", content, made.ROSTER, made.DAY)
    assert found.drafts == ()
    (held,) = found.problems
    assert (held.code, held.whole, held.sheet) == (code, True, "报表.xlsx")
    assert mend in held.mend
    assert "核定之前整份报表不用" in held.text


def _displaced() -> bytes:
    """A zip whose directory says that its first part begins before the file does."""
    content = bytearray(made.filled("grid"))
    end = content.rindex(b"PK\x05\x06")
    content[end + 16 : end + 20] = (int.from_bytes(content[end + 16 : end + 20], "little") + 40_000).to_bytes(
        4, "little"
    )
    return bytes(content)


def _rotten() -> bytes:
    """A zip packed in a way that workbooks are not, and damaged."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as opened:
        opened.writestr("xl/workbook.xml", "<workbook/>" * 2000)
    content = bytearray(out.getvalue())
    for at in range(60, 120):
        content[at] ^= 0x5A
    return bytes(content)


def _encoded(part: str, encoding: str) -> bytes:
    """A workbook one of whose parts says that it is in an encoding of its own."""
    opened = zipfile.ZipFile(BytesIO(made.filled("grid")))
    parts: dict[str, str | bytes] = {name: opened.read(name) for name in opened.namelist()}
    text = opened.read(part).decode().partition("?>")
    parts[part] = f'<?xml version="1.0" encoding="{encoding}"?>{text[2] or text[0]}'
    return files.zipped(parts)


@pytest.mark.parametrize(
    "content",
    [
        _displaced(),
        _rotten(),
        *(
            _encoded(part, name)
            for part in ("xl/workbook.xml", "_rels/.rels", "xl/styles.xml")
            for name in ("gbk", "x")
        ),
        b'{"schema": "zhishou/return/1", "values": [{"item": "a", "amount": ' + b"9" * 5000 + b"}]}",
        b'{"schema": "zhishou/return/1", "note": "\\ud800"}',
        b'{"schema": "zhishou/return/1", "values": [{"item": "a", "amount": 1, "amount": 2}]}',
        b"[" * 100_000,
    ],
)
def test_whatever_is_damaged_is_held_and_never_fails(content: bytes):
    (held,) = reading.read("a", content, made.ROSTER, made.DAY).problems
    assert (held.code, held.whole) == ("broken", True)
    assert held.mend


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_workbook_with_bytes_knocked_out_of_place_never_fails(knocks: list[tuple[int, int]]):
    content = bytearray(FILLED)
    for place, value in knocks:
        content[place % len(content)] = value
    found = reading.read("a.xlsx", bytes(content), made.ROSTER, made.DAY)
    assert found.drafts or found.problems


def test_too_large_a_file_is_refused_before_it_is_opened():
    content = b"PK\x03\x04" + bytes(package.LARGEST_FILE)
    assert reading.read("a", content, made.ROSTER, made.DAY).problems[0].code == "bomb"


def test_many_small_parts_that_come_to_too_much_are_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        part = bytes(range(256)) * 4 * 1024 * 8
        for number in range(15):
            opened.writestr(f"xl/{number}.xml", part)
    assert reading.read("a", out.getvalue(), made.ROSTER, made.DAY).problems[0].code == "bomb"


def test_an_xls_by_name_that_is_an_xlsx_is_read():
    assert reading.read("旧.xls", made.filled("grid"), made.ROSTER, made.DAY).drafts[0].values


def test_cached_results_of_formulas_are_read_and_errors_held():
    content = made.filled("grid", {"use:works@1": "=E9+1.5", "use:homes@1": "=[1]Sheet1!A1"})
    sheet = "xl/worksheets/sheet1.xml"
    content = files.rewritten(content, sheet, "<f>E9+1.5</f><v />", "<f>E9+1.5</f><v>45.5</v>")
    content = files.rewritten(content, sheet, "<f>[1]Sheet1!A1</f><v />", "<f>[1]Sheet1!A1</f><v>33</v>")
    draft = reading.read("a", content, made.ROSTER, made.DAY).drafts[0]
    found = {(one.item, one.of): one.amount for one in draft.values}
    assert found["demand", "works"] == 45.5
    assert found["demand", "homes"] == 33
    assert [one.cell for one in draft.problems if one.code == "stale_formula"] == ["F8"]


def test_a_sheet_coloured_to_its_last_cell_is_read_and_a_value_there_is_not():
    sheet = "xl/worksheets/sheet1.xml"
    coloured = '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    bloated = files.rewritten(made.filled("grid"), sheet, "</sheetData>", coloured)
    assert len(reading.read("a", bloated, made.ROSTER, made.DAY).drafts[0].values) == len(made.FIGURES["grid"])
    full = files.rewritten(bloated, sheet, '<c r="XFD1048576" s="1"/>', '<c r="XFD1048576"><v>1</v></c>')
    (held,) = reading.read("a", full, made.ROSTER, made.DAY).problems
    assert (held.code, "第 1048576 行第 16384 列" in held.message) == ("bomb", True)


def test_a_workbook_worked_out_by_hand_is_told():
    content = files.rewritten(made.filled("grid"), "xl/workbook.xml", "<calcPr ", '<calcPr calcMode="manual" ')
    draft = reading.read("a", content, made.ROSTER, made.DAY).drafts[0]
    assert "stale_formula" in {one.code for one in draft.problems}


def test_a_sheet_of_raw_cells_is_read_with_its_oddities():
    sheet = (
        f'<x:worksheet xmlns:x="{files.MAIN}"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>报送单位</x:t></x:is></x:c><x:c t="s"><x:v>0</x:v></x:c></x:row>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>气日</x:t></x:is></x:c><x:c t="d"><x:v>2026-12-15T00:00:00</x:v></x:c></x:row>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>项目</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>对象</x:t></x:is></x:c>'
        '<x:c t="str"><x:v>次日预计</x:v></x:c></x:row>'
        '<x:row><x:c t="str"><x:v>用气量</x:v></x:c><x:c t="str"><x:v>城区工业</x:v></x:c><x:c><x:v>4.55E1</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    strings = "<sst><si><r><t>城区</t></r><r><t>燃气公司</t></r><rPh><t>x</t></rPh></si></sst>"
    content = files.workbook(sheet, state="hidden", extra={"xl/sharedStrings.xml": strings})
    draft = reading.read("a", content, made.ROSTER, made.DAY).drafts[0]
    assert (draft.reporter, draft.gas_day) == ("grid", made.DAY)
    assert [(one.item, one.of, one.amount, one.place) for one in draft.values] == [("demand", "works", 45.5, "报表!C4")]
    assert [one.code for one in draft.problems] == ["hidden"]


FORM = '报送单位,城区燃气公司\n气日,2026年12月15日\n\n项目,对象,单位,当日实际,次日预计\n用气量,城区居民,万立方米/日,３１．２５,"1,033"\n'
TABLE = (
    "报送单位,气日,项目,对象,日期,小时,数值,单位\n"
    "城区燃气公司,2026-12-15,demand,works,,,455000,立方米/日\n"
    "城区燃气公司,2026-12-15,预计用气需求,城区居民,,,10,万Nm3\n"
    "城区燃气公司,2026-12-15,日终库存,LNG 储罐,,,203,万立方米\n"
    "城区燃气公司,2026-12-15,demand,homes,2026-12-17,0,1.5,\n"
    "泽州县人民政府,2026-12-15,demand,zhomes,,,19,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_form_saved_as_csv_is_read_in_every_encoding(encoding: str, separator: str):
    text = FORM.replace(",", separator).replace(f"1{separator}033", "1,033")
    draft = reading.read("a.csv", text.encode(encoding), made.ROSTER, made.DAY).drafts[0]
    assert {(one.item, one.of): one.amount for one in draft.values} == {
        ("taken", "homes"): 31.25,
        ("demand", "homes"): 1033,
    }
    assert {one.place for one in draft.values} == {"CSV!D5", "CSV!E5"}


def test_a_plain_table_is_read_and_its_units_are_converted_and_told():
    drafts = reading.read("a.csv", TABLE.encode("gbk"), made.ROSTER, made.DAY).drafts
    assert [one.reporter for one in drafts] == ["grid", "zezhou"]
    found = {(one.item, one.of, one.hour): one.amount for one in drafts[0].values}
    assert found["demand", "works", None] == 45.5
    assert found["demand", "homes", None] == pytest.approx(at_reference(10, 0))
    assert found["stock", "lng", None] == pytest.approx(1450)
    assert found["demand", "homes", 0] == 1.5
    told = [one for one in drafts[0].problems if one.code == "converted"]
    assert [one.cell for one in told] == ["G2", "G3", "G4"]
    assert "20 ℃、101.325 kPa" in told[1].message
    assert "1400" in told[2].message


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("demand,谁,,,1,", "unknown_row"),
        ("用气,works,,,1,", "unknown_row"),
        ("demand,zhomes,,,1,", "unknown_row"),
        ("demand,works,某日,,1,", "wrong_date"),
        ("demand,works,,25,1,", "wrong_date"),
        ("demand,works,,,1,桶", "wrong_unit"),
        ("demand,works,,,一,", "not_a_number"),
        ("demand,works,,,—,", "blank_mark"),
    ],
)
def test_a_wrong_line_of_a_plain_table_is_told_with_its_place(line: str, code: str):
    text = f"报送单位,气日,项目,对象,日期,小时,数值,单位\n城区燃气公司,2026-12-15,{line}\n"
    draft = reading.read("a.csv", text.encode(), made.ROSTER, made.DAY).drafts[0]
    (found,) = draft.problems
    assert found.code == code
    assert found.sheet == "CSV"
    assert found.cell.endswith("2")
    assert draft.values == []


def test_a_quotation_mark_left_open_does_not_swallow_the_rows_below():
    lines = TABLE.splitlines()
    text = "\n".join([*lines[:2], f'{lines[2].rpartition(",")[0]},"未完', *lines[3:]])
    for content in (text, text.replace("\n", "\r")):  # with the line ends of an old Mac too
        (held,) = reading.read("a.csv", content.encode(), made.ROSTER, made.DAY).problems
        assert held.message == "CSV 第 3 行读不出来，引号没有成对"
    whole = reading.read("a.csv", TABLE.replace("\n", "\r").encode(), made.ROSTER, made.DAY).drafts
    assert [len(one.values) for one in whole] == [
        len(one.values) for one in reading.read("a.csv", TABLE.encode(), made.ROSTER, made.DAY).drafts
    ]


@pytest.mark.parametrize(
    ("heads", "line", "torn"),
    [
        ("数值", "45,500", True), ("数值,备注", "45,500", True), ("数值,备注", "45,500,", True), ("数值,单位", "45,500,方", True),
        ("数值,单位,备注", "1,250.5,吨,", True), ("数值,备注", "45,", False), ("数值,备注", "45.5,500户停气", False),
        ("数值,备注", '"1,045",500', False), ("数值,日期", "45,2026-12-16", False), ("数值,备注", "45,,", False),
    ],
)  # fmt: skip
def test_a_comma_between_thousands_does_not_make_another_figure(heads: str, line: str, torn: bool):  # noqa: FBT001
    text = f"报送单位,气日,项目,对象,{heads}\n城区燃气公司,2026-12-15,demand,works,{line}\n"
    (draft,) = reading.read("a.csv", text.encode(), made.ROSTER, made.DAY).drafts
    assert len(draft.values) == (0 if torn else 1)
    assert [one.cell for one in draft.problems if "拆成了两格" in one.message] == (["E2"] if torn else [])


def told(*values: dict[str, Any]) -> dict[str, Any]:
    return {"schema": table.SCHEMA_ID, "reporter": "grid", "gas_day": "2026-12-15", "values": list(values)}


def test_json_keeps_to_its_published_schema_and_is_read():
    schema = table.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    data = told(
        {"item": "demand", "of": "works", "amount": 45.5}, {"item": "预计用气需求", "of": "城区居民", "amount": "33"}
    )
    jsonschema.validate(data, schema)
    jsonschema.validate([data], schema)
    for content in (data, [data]):
        (draft,) = reading.read("a.json", json.dumps(content).encode(), made.ROSTER, made.DAY).drafts
        assert [(one.of, one.amount) for one in draft.values] == [("works", 45.5), ("homes", 33)]
    assert draft.values[0].place == "JSON!$[0].values[0].amount"


def test_nothing_that_a_terminal_would_obey_is_kept():
    line = {"item": "demand", "of": "works\x1b]0;x\x07", "amount": "\x1b[31m45", "note": "a\x00b"}
    content = json.dumps({**told(line), "note": "检修\x1b[2J"}).encode()
    (draft,) = reading.read("a.json", content, made.ROSTER, made.DAY).drafts
    assert not {sign for one in draft.problems for sign in f"{one.message}{one.written}{one.label}"} & set("\x1b\x07")
    assert draft.note == "检修[2J；ab"  # neither note drives out the other


@pytest.mark.parametrize("amount", [True, None, [1], {"a": 1}, 10**400, "约", float("nan")])
def test_json_figures_that_are_none_are_told(amount: Any):
    content = json.dumps(told({"item": "demand", "of": "works", "amount": amount})).encode()
    (draft,) = reading.read("a.json", content, made.ROSTER, made.DAY).drafts
    assert draft.values == []
    assert draft.problems[0].code in {"not_a_number", "blank_mark"}
