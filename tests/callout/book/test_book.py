"""The contact book: what may be used is used, the rest waits for a person; no number lies open anywhere."""

from __future__ import annotations

import logging
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Engine, select

from zhishou import database
from zhishou.callout.book import annexes, form, numbers, workbook
from zhishou.callout.book.checking import Known, check
from zhishou.callout.book.importing import Decision, bring_in, decide, waiting
from zhishou.callout.book.keeping import ContactBook
from zhishou.callout.book.lines import CODES, Line, sort_of
from zhishou.clock import SHANGHAI
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.people.key import Seal, new_key
from zhishou.plan.check import contacts as contact_check
from zhishou.plan.load import Library

NOW = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
MOBILE = "160" + "00001234"  # 160 is given to nobody; no local number begins with 9
UNITS = ("市能源局", "市应急管理局", "市气象局", "市公安局", "市财政局", "市水务局")


def line(who: str, written: str, **more: object) -> Line:
    return replace(Line("通讯录!E3", who, "voice", written, "值班室"), **more)  # type: ignore[arg-type]


def plain_mark(value: str, sort: str) -> str:
    return f"{sort}/{value}"


def codes(known: Known, *lines: Line) -> list[str]:
    return sorted(one.code for one in check(lines, (), known, plain_mark).held)


def test_an_honest_line_is_used(known: Known):
    found = check([line("市能源局", "9000012")], (), known, plain_mark)
    assert [(one.holder, one.value) for one in found.entries] == [("unit:jincheng_energy", "0356-9000012")]
    assert found.held == ()


def test_whose_it_is_may_be_written_in_many_ways(known: Known):
    meant = {
        "市发改委": "unit:jincheng_development_reform", "市发展和改革委员会（市粮食和物资储备局）": "unit:jincheng_development_reform",
        "值班员": "duty:jincheng", "煤层气地面开采预案 指挥长": "jincheng/cbm-surface-2020:commander",
        "unit:jincheng_energy": "unit:jincheng_energy", "duty:jincheng": "duty:jincheng",
    }  # fmt: skip
    for who, holder in meant.items():
        if holder.startswith("unit:") and who.startswith("unit:"):
            continue
        (entry,) = check([line(who, "9000012")], (), known, plain_mark).entries
        assert entry.holder == holder, who
    (entry,) = check([line("", "9000012", account="zhang.wei")], (), known, plain_mark).entries
    assert entry.holder == "zhang.wei"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line("市能源局", "9000012"), line("市气象局", "0356-9000012")], ["shared", "shared"]),
        ([line("市能源局", "9000012"), line("市能源局", "9000013")], ["several", "several"]),
        ([line("市能源局", "9000012", rank=1), line("市能源局", "9000013", rank=2)], []),
        ([line("市能源局", "9000012"), line("市能源局", "9000013", hours="off")], []),
        ([line("市能源局", "9000012"), line("市能源局", "9000013", name="张三")], []),
        ([line("市能源局", "9000012"), line("市能源局", "（0356）9000012")], []),
        ([line("市能源局", "0359-9000012")], ["area_code"]),
        ([line("省应急管理厅", "0351-9000012")], []),
        ([line("市能源局", "12")], ["malformed"]),
        ([line("市能源局", MOBILE[:-1])], ["malformed"]),
        ([line("市能源局", "9000012", kind="sms")], ["malformed"]),
        ([line("火星基地", "9000012")], ["no_holder"]),
        ([line("", "9000012", account="nobody")], ["no_account"]),
        ([line("市能源局", "", error="单元格是出错的公式")], ["broken"]),
        ([line("市能源局", MOBILE, kind="sms"), line("市能源局", MOBILE)], []),
        ([line("市能源局", "a@example.cn", kind="mail"), line("市气象局", "A@EXAMPLE.cn", kind="mail")], []),
        ([line("市能源局", "all", kind="wecom"), line("市气象局", "all", kind="wecom")], []),
        ([line("市能源局", MOBILE, name="张伟"), line("", MOBILE, name="张伟", account="zhang.wei")], []),
    ],
)
def test_what_is_held(known: Known, lines: list[Line], expected: list[str]):
    assert codes(known, *lines) == expected


WRITTEN = st.one_of(
    st.sampled_from(["9000012", "9000013", "0359-9000012", "0356-9000012", "12", "", "x", MOBILE]),
    st.from_regex(r"9[0-9]{6}", fullmatch=True),
)
LINES = st.lists(
    st.builds(
        line, st.sampled_from([*UNITS, "火星基地", "值班员"]), WRITTEN, name=st.sampled_from(["", "值班室"]),
        kind=st.sampled_from(["voice", "sms"]), rank=st.integers(0, 2), hours=st.sampled_from(["any", "off"]),
    ),
    max_size=12,
)  # fmt: skip


@given(LINES)
def test_nothing_is_silently_used_or_dropped(known: Known, lines: list[Line]):
    found = check(lines, (), known, plain_mark)
    seen = [one.line for one in (*found.entries, *found.held)]
    same = {(one.who, one.name, one.kind, _value(one)) for one in seen}
    assert all((one.who, one.name, one.kind, _value(one)) in same for one in lines)
    owners: dict[tuple[str, str], set[str]] = {}
    for entry in found.entries:
        owners.setdefault((sort_of(entry.line.kind), entry.value), set()).add(entry.holder)
        assert not entry.value.startswith("0") or entry.value.startswith("0356")
    assert all(len(holders) == 1 for holders in owners.values())
    slots = Counter(entry.slot for entry in found.entries if not entry.line.rank)
    assert all(count == 1 for count in slots.values())
    assert all(one.message and one.mend and one.code in CODES for one in found.held)


def _value(one: Line) -> str:
    try:
        return numbers.phone(one.written, "0356").text
    except numbers.MalformedError:
        return one.written


def test_the_annexes_start_the_book_and_what_the_check_of_the_plans_finds_waits(
    book: ContactBook, packs: Library, known: Known
):
    everything = list(annexes.lines(packs.packs.values()))
    assert len(everything) > 200
    imported = bring_in(book, "预案附件", everything, known, by="console", at=NOW)
    in_use = book.contacts()
    values = book.values_of([one.id for one in in_use])
    assert imported.added == len(in_use) > 60
    findings = list(contact_check.together(tuple(packs.packs.values())))
    doubtful = {found.witness["number"] for found in findings if found.code == "contact.shared"}
    doubtful |= {one for found in findings if found.code == "contact.several" for one in found.witness["numbers"]}
    assert doubtful
    # A line that one annex prints for the night alone is disputed by nobody.
    assert not doubtful & {values[one.id] for one in in_use if one.hours == "any"}
    assert {one.code for one in imported.held} >= {"shared", "several"}
    assert not re.search(r"1[3-9]\d{9}", " ".join(values.values()))
    again = bring_in(book, "预案附件", everything, known, by="console", at=NOW)
    assert (again.added, len(again.held)) == (0, 0)
    assert again.waiting_before == len(waiting(book)) == len(imported.held)


def test_a_call_gets_addresses_in_order_and_numbers_apart(book: ContactBook, known: Known):
    lines = [
        line("市能源局", "9000013", rank=2), line("市能源局", "9000012", rank=1),
        line("", MOBILE, kind="sms", account="zhang.wei", real=True, exercise=True),
    ]  # fmt: skip
    bring_in(book, "x", lines, known, by="console", at=NOW)
    found = book.addresses_of(["unit:jincheng_energy", "zhang.wei", "nobody"], NOW)
    assert set(found) == {"unit:jincheng_energy", "zhang.wei", "nobody"}
    assert [one.kind for one in found["nobody"]] == ["console"]  # an account's own pages are in no book
    ids = [one.id for one in found["unit:jincheng_energy"]]
    assert [book.values_of(ids)[one] for one in ids] == ["0356-9000012", "0356-9000013"]
    mobile, pages = found["zhang.wei"]
    assert book.values_of([pages.id]) == {pages.id: "zhang.wei"}
    assert (mobile.kind, mobile.real, mobile.exercise, mobile.alive) == ("sms", True, True, None)
    book.tested({mobile.id: (False, "空号")}, NOW)
    assert book.addresses_of(["zhang.wei"], NOW)["zhang.wei"][0].alive is False
    assert [one.holder for one in book.holder_of_value(MOBILE)] == ["zhang.wei"]
    book.retire([mobile.id], "boss", NOW)
    assert [one.kind for one in book.addresses_of(["zhang.wei"], NOW)["zhang.wei"]] == ["console"]
    with pytest.raises(NotFoundError):
        book.retire([mobile.id], "boss", NOW)


def test_what_is_in_use_stays_and_the_new_waits(book: ContactBook, known: Known):
    bring_in(book, "一", [line("市能源局", "9000012")], known, by="console", at=NOW)
    second = bring_in(
        book, "二", [line("市能源局", "9000013"), line("市气象局", "9000012")], known, by="console", at=NOW
    )
    assert sorted(one.code for one in second.held) == ["several", "shared"]
    assert second.added == 0
    (kept,) = book.contacts()
    assert book.values_of([kept.id])[kept.id] == "0356-9000012"


def decided(book: ContactBook, known: Known, id_: str, action: str, **more: str) -> int:
    return decide(book, Decision(id_, action, "向该单位核实", **more), known, by="boss", at=NOW)


def test_a_person_decides_what_waits(book: ContactBook, known: Known):
    bring_in(book, "一", [line("市能源局", "9000012")], known, by="console", at=NOW)
    held = bring_in(
        book, "二", [line("市能源局", "9000013"), line("市气象局", "9000012"), line("火星基地", "9000015"), line("市公安局", "90")],
        known, by="console", at=NOW,
    ).held  # fmt: skip
    by_code = {one.code: one.id for one in held}
    assert decided(book, known, by_code["several"], "replace") == 1
    assert decided(book, known, by_code["shared"], "use") == 1
    with pytest.raises(ZhishouError, match="词库"):
        decided(book, known, by_code["no_holder"], "use")
    assert decided(book, known, by_code["no_holder"], "correct", who="市水务局") == 1
    with pytest.raises(ZhishouError, match="不成号码"):
        decided(book, known, by_code["malformed"], "correct", value="9")
    assert decided(book, known, by_code["malformed"], "reject") == 0
    assert waiting(book) == ()
    found = {one.holder: book.values_of([one.id])[one.id] for one in book.contacts()}
    assert found == {
        "unit:jincheng_energy": "0356-9000013", "unit:jincheng_meteorology": "0356-9000012",
        "unit:jincheng_water": "0356-9000015",
    }  # fmt: skip
    with pytest.raises(NotFoundError):
        decided(book, known, by_code["shared"], "use")


def test_a_decision_needs_a_reason_and_fits_its_action(book: ContactBook, known: Known):
    (held,) = bring_in(book, "一", [line("火星基地", "9000012")], known, by="console", at=NOW).held
    for wrong in (
        Decision(held.id, "use", " "), Decision(held.id, "burn", "x"), Decision(held.id, "correct", "x"),
        Decision(held.id, "use", "x", value="9000013"),
    ):  # fmt: skip
        with pytest.raises(ZhishouError):
            decide(book, wrong, known, by="boss", at=NOW)
    assert [one.id for one in waiting(book)] == [held.id]


def test_no_number_lies_open_in_the_database_the_changes_or_the_log(
    book: ContactBook, known: Known, engine: Engine, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    secret = [MOBILE, "9000012", "9000013", "someone@example.cn", "9000099"]
    lines = [
        line("", MOBILE, kind="sms", account="zhang.wei"), line("市能源局", "9000012"), line("市气象局", "9000012"),
        line("市能源局", "someone@example.cn", kind="mail"), line("火星基地", "9000013"),
    ]  # fmt: skip
    imported = bring_in(book, "通讯录.xlsx", lines, known, by="console", at=NOW)
    decided(book, known, next(one.id for one in imported.held if one.code == "shared"), "correct", value="9000099")
    stored = []
    with database.reading(engine) as connection:
        for table in database.metadata.sorted_tables:
            stored += [repr(row) for row in connection.execute(select(table))]
    text = "\n".join([*stored, caplog.text, *map(repr, book.changes.unrecorded())])
    assert "zhang.wei" in text
    assert [one for one in secret if one in text] == []


def test_another_key_opens_no_number(book: ContactBook, known: Known, engine: Engine):
    bring_in(book, "x", [line("市能源局", "9000012")], known, by="console", at=NOW)
    stolen = ContactBook(engine, Seal(new_key()))
    id_ = stolen.contacts()[0].id
    assert stolen.values_of([id_]) == {}
    assert stolen.shown_of([id_]) == {id_: "打不开"}


# The workbook


def filled_in(*rows: dict[str, str]) -> bytes:
    return form.template(rows)


def test_the_form_is_read_back_cell_by_cell():
    lines = workbook.read(
        filled_in(
            {
                "单位或职务": "市能源局",
                "姓名": "值班室",
                "办公电话": "9000011",
                "值班电话": "9000012",
                "夜间电话": "9000013",
            },
            {
                "账户": "zhang.wei",
                "姓名": "张伟",
                "手机": MOBILE,
                "邮箱": "a@example.cn",
                "钉钉": "u7",
                "次序": "2",
                "用于": "都用",
            },
        )
    )
    assert [(one.place, one.kind, one.hours, one.written) for one in lines[:3]] == [
        ("通讯录!E3", "voice", "office", "9000011"), ("通讯录!F3", "voice", "any", "9000012"),
        ("通讯录!G3", "voice", "off", "9000013"),
    ]  # fmt: skip
    mobile = lines[3:]
    assert [(one.kind, one.account, one.rank, one.real, one.exercise) for one in mobile] == [
        (kind, "zhang.wei", 2, True, True) for kind in ("sms", "voice", "mail", "dingtalk")
    ]


def test_a_list_as_people_keep_it_is_read_too():
    sheet = load_workbook(BytesIO(filled_in()))
    page = sheet["通讯录"]
    page.delete_rows(1, 100)
    for row in (
        ["晋城市应急通讯录"], ["单位名称", "联系人", "联系电话", "手机号码"], ["市能源局", "王一", "9000012、9000013", int("160" "00001234")],
        [None, "王二", "—", "160 0000 1235"], ["市气象局", "李三", "#REF!", None],
    ):  # fmt: skip
        page.append(row)
    page.merge_cells("A3:A4")
    out = BytesIO()
    sheet.save(out)
    lines = workbook.read(out.getvalue())
    assert [(one.who, one.name, one.kind, one.written) for one in lines if not one.error][:6] == [
        ("市能源局", "王一", "voice", "9000012"), ("市能源局", "王一", "voice", "9000013"),
        ("市能源局", "王一", "sms", MOBILE), ("市能源局", "王一", "voice", MOBILE),
        ("市能源局", "王二", "sms", "160 0000 1235"), ("市能源局", "王二", "voice", "160 0000 1235"),
    ]  # fmt: skip


def test_rows_that_say_nonsense_wait(known: Known):
    rows = filled_in(
        {"值班电话": "9000012"}, {"单位或职务": "市能源局", "值班电话": "9000013", "用于": "平时"},
        {"单位或职务": "市能源局", "值班电话": "9000014", "次序": "第一"},
    )  # fmt: skip
    assert codes(known, *workbook.read(rows)) == ["broken", "broken", "no_holder"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"%PDF-1.4", "单位,备注\n市能源局,x\n".encode()])
def test_a_file_that_is_none_is_refused(content: bytes):
    with pytest.raises(ZhishouError) as raised:
        workbook.read(content)
    assert raised.value.mend


def test_a_csv_does_as_well():
    (found,) = workbook.read("单位,值班电话\n市能源局,9000012\n".encode("gb18030"))
    assert (found.who, found.place) == ("市能源局", "CSV!B2")


def test_what_is_exported_makes_the_same_book_again(book: ContactBook, known: Known):
    lines = [
        line("市能源局", "9000012", rank=1), line("市能源局", "9000013", rank=2), line("市气象局", "9000020", hours="office"),
        line("市气象局", "9000021", hours="off"), line("值班员", "95598"),
        line("市公安局", MOBILE, kind="sms", name="王一"), line("市公安局", MOBILE, name="王一"),
        line("", "u7", kind="dingtalk", account="li.na", exercise=True), line("", "a@example.cn", kind="mail", account="li.na"),
    ]  # fmt: skip
    bring_in(book, "x", lines, known, by="console", at=NOW)

    def said(one: ContactBook) -> set[tuple[object, ...]]:
        values = one.values_of([contact.id for contact in one.contacts()])
        return {
            (two.holder, two.name, two.kind, two.hours, two.rank, two.real, two.exercise, values[two.id])
            for two in one.contacts()
        }

    first = said(book)
    assert len(first) == len(lines)
    contacts = book.contacts()
    labels = {one.holder: known.label(one.holder) for one in contacts}
    written = form.exported(contacts, book.values_of([one.id for one in contacts]), labels)
    book.retire([one.id for one in contacts], "boss", NOW)
    again = bring_in(book, "y", workbook.read(written), known, by="console", at=NOW)
    assert again.held == ()
    assert said(book) == first
