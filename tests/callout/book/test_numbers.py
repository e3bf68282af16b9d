"""Numbers as people write them: one form for one line, and never a number in a message."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhishou.callout.book.numbers import MalformedError, mail, phone, several, shown
from zhishou.plan.load import Library

MOBILE = "160" + "00001234"  # 160 is given to nobody
LOCALS = st.from_regex(r"[2-9][0-9]{6,7}", fullmatch=True)
CODES = st.sampled_from(["010", "021", "029", "0351", "0356", "0359", "0532"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("9000012", "0356-9000012"), ("0356-9000012", "0356-9000012"), ("(0356)9000012", "0356-9000012"),
        ("（0356）９０００ ０１２", "0356-9000012"), ("0356 900 0012", "0356-9000012"), ("03569000012", "0356-9000012"),
        ("0356—9000012", "0356-9000012"), ("+86 356 9000012", "0356-9000012"), ("0086-356-9000012", "0356-9000012"),
        ("9000012转8", "0356-9000012-8"), ("0356-9000012-8", "0356-9000012-8"), ("010-90000123", "010-90000123"),
        ("160 0000 1234", MOBILE), ("160-0000-1234", MOBILE), ("+86160 0000 1234", MOBILE), ("86" + MOBILE, MOBILE), ("95598", "95598"),
        ("110", "110"), ("400-900-0012", "4009000012"),
    ],
)  # fmt: skip
def test_one_line_has_one_form_however_it_is_written(written: str, meant: str):
    assert phone(written, "0356").text == meant


@pytest.mark.parametrize(
    "written", ["", "无", "-", "900001", "160 0000 123", "160 0000 12345", "1.6E+10", "0356-", "0356-1000012", "张三 9000012",
                "09999999999999", "12", "9000012转", "①"]
)  # fmt: skip
def test_what_is_no_number_is_refused_without_being_repeated(written: str):
    with pytest.raises(MalformedError) as raised:
        phone(written, "0356")
    digits = re.sub(r"\D", "", written)
    assert len(digits) < 3 or digits not in re.sub(r"\D", "", str(raised.value))
    assert raised.value.mend


def test_a_line_without_code_belongs_nowhere_by_itself():
    with pytest.raises(MalformedError, match="区号"):
        phone("9000012")


@given(CODES, LOCALS, st.sampled_from(["{c}-{n}", "({c}){n}", "{c}{n}", "{c} {n}", "+86-{s}-{n}", "（{c}）{n}"]))
def test_code_and_line_come_back_from_any_way_of_writing(code: str, local: str, way: str):
    found = phone(way.format(c=code, n=local, s=code[1:]))
    assert found.text == f"{code}-{local}"
    assert found.bare == code + local
    assert phone(found.text) == found


def test_every_duty_line_of_the_annexes_is_a_number(packs: Library):
    count = 0
    for pack in packs.packs.values():
        home = packs.lexicon.areas[pack.plan.area].dialling_code
        for listed in pack.contacts.lists:
            for entry in listed.contacts:
                for written in entry.phone:
                    found = phone(written, home)
                    assert found.sort in {"landline", "service"}
                    assert re.sub(r"\D", "", written) in found.bare.replace("-", "")
                    count += 1
    assert count > 200


def test_several_in_one_cell():
    assert several("9000012、9000013 / 9000014；9000015") == ("9000012", "9000013", "9000014", "9000015")
    assert several(" 0356 9000012 ") == ("0356 9000012",)
    assert several("") == ()


def test_mail_addresses():
    assert mail("Duty@Example.CN") == "Duty@example.cn"
    for wrong in (
        "",
        "duty",
        "duty@",
        "@example.cn",
        "a b@example.cn",
        "a@b",
        "a..b@example.cn",
        "a@example.cn\nBcc: x@example.cn",
    ):
        with pytest.raises(MalformedError):
            mail(wrong)


def test_a_screen_shows_a_mobile_and_a_name_only_in_part():
    assert shown(MOBILE) == "160****1234"
    assert shown("0356-9000012") == "0356-9000012"
    assert shown("duty@example.cn") == "d***@example.cn"
    assert shown("zhang.wei") == "zh***"
