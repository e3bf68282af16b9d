"""Whatever the XML library finds wrong is told in Chinese, with place and mend, and says what it is about."""

from __future__ import annotations

import re

import pytest
from cap_messages import one_notice
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from zhishou.errors import ZhishouError
from zhishou.paper.cap import schema
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.writing import written
from zhishou.plan.load import library

GOOD = written(one_notice(library().packs["jincheng/gas-winter-2021"]))
ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}")
"""Words that stand in a row as no names of elements do."""


def refused(content: bytes) -> ZhishouError | None:
    try:
        parsed(content)
    except ZhishouError as error:
        return error
    return None


@pytest.mark.parametrize(("content", "what"), [
    (b"<a>", "没有写完，缺少结束标记（a）"), (b"<a></b>", "开始标记和结束标记不成对（a、b）"), (b"hello", "开头没有标记"),
    (b"<a/><b/>", "信息结束之后还有内容"), (b"<a>&</a>", "直接写了 < 和 &"), (b"<a b='1' b='2'/>", "同一属性写了两次（b）"),
    (b"<a>&x;</a>", "没有定义的实体（x）"), (b"<a:b/>", "没有声明的命名空间前缀"), (b"<a>&#0;</a>", "不容许的"),
])  # fmt: skip
def test_what_is_no_xml(content: bytes, what: str):
    error = refused(content)
    assert error is not None
    assert what in str(error)
    assert "第 1 行" in str(error)
    assert error.mend


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(GOOD) - 1),
    st.integers(0, 12),
    st.sampled_from([b"", b"<", b"&", b"\x01", b"'", b"zz", b"<zz/>"]),
)
def test_a_message_damaged_anywhere_is_refused_in_chinese(at: int, gone: int, put: bytes):
    content = GOOD[:at] + put + GOOD[at + gone :]
    error = refused(content)
    told = [error] if error is not None else schema.problems(parsed(content))
    for one in told:
        assert not ENGLISH.search(str(one)), str(one)
        assert one.mend


@pytest.mark.parametrize(("good", "bad", "what", "mend"), [
    (b"<status>Actual</status>", b"", "msgType 不该在这里", "这里应当是 status"),
    (b"Actual", b"Real", "status 的值“Real”不能用", "Actual、Exercise、System、Test、Draft"),
    (b"2026-12-15T20:30:07+08:00", b"yesterday", "sent 的值“yesterday”不能用", "2026-12-15T20:00:00+08:00"),
    (b"<language>", b"<language x='1'>", "language 上的属性 x 不能用", "去掉"),
    (b"<urgency>Future</urgency>", b"<urgency/>", "urgency 的值", "Immediate"),
])  # fmt: skip
def test_what_departs_from_the_schema(good: bytes, bad: bytes, what: str, mend: str):
    assert good in GOOD
    first = schema.problems(etree.fromstring(GOOD.replace(good, bad)))[0]
    assert what in str(first)
    assert mend in first.mend
    assert re.search("第 [0-9]+ 行", str(first))
