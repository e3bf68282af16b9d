"""Hostile and broken documents: none is parsed further than it must be, none reaches the network or a file."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from cap_messages import sample
from hypothesis import given
from hypothesis import strategies as st

from zhishou.errors import ZhishouError
from zhishou.paper.cap.door import DEEPEST, LARGEST, parsed
from zhishou.paper.cap.reading import read

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
LAUGHS = (
    HEAD
    + '<!DOCTYPE alert [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>&a9;</identifier></alert>"
)


def _secret(tmp_path: Path) -> str:
    (tmp_path / "secret").write_text("geheim")
    return f'{HEAD}<!DOCTYPE a [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><a>&x;</a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_billion_laughs_are_not_laughed(encoding: str):
    start = time.process_time()
    with pytest.raises(ZhishouError, match="文档类型"):
        parsed(LAUGHS.replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding))
    assert time.process_time() - start < 10  # work, not time on the clock; unfolded it would take minutes


@pytest.mark.parametrize(
    "content",
    [
        f'{HEAD}<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        f'{HEAD}<!DOCTYPE a PUBLIC "x" "file:///etc/passwd"><a/>',
        f'{HEAD}<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]><a/>',
        f"{HEAD}\n<!doctype a><a/>",
        f"{HEAD}<!-- x -->\n<!DOCTYPE\na><a/>",
    ],
    ids=["system", "public", "parameter entity", "lower case", "after a comment"],
)  # fmt: skip
def test_no_document_type_of_any_kind(content: str):
    with pytest.raises(ZhishouError, match="文档类型"):
        parsed(content.encode())


@pytest.mark.parametrize(
    "inside",
    ["<![CDATA[<!DOCTYPE html><p>冷</p>]]>", "<!-- <!ENTITY x 'y'> -->冷"],
    ids=["a page in the text", "a comment"],
)
def test_words_that_only_look_like_a_document_type_are_words(inside: str):
    content = sample("nws").replace(b"<event>Extreme Cold Warning", f"<event>{inside}".encode(), 1)
    assert "冷" in read(parsed(content)).infos[0].event


@pytest.mark.parametrize("before", ["\ufeff\ufeff", "\ufeff\n", "<?x ?>\ufeff"])
def test_no_mark_hides_a_document_type(before: str):
    with pytest.raises(ZhishouError, match=r"文档类型|XML"):
        parsed(f'{before}<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode())


@pytest.mark.parametrize("declared", ["utf-16", "UTF-16LE", "UTF-32"])
def test_a_string_written_to_a_file_declares_what_it_is_not(declared: str):
    with pytest.raises(ZhishouError, match=r"声明的编码是 utf.*内容却不是"):
        parsed(sample("cold_wave").replace(b'encoding="UTF-8"', f'encoding="{declared}"'.encode()))


def test_no_file_of_the_machine_is_read(tmp_path: Path):
    with pytest.raises(ZhishouError, match="文档类型") as caught:
        parsed(_secret(tmp_path).encode())
    assert "geheim" not in str(caught.value)


def test_no_other_file_is_included():
    content = b"<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='file:///etc/passwd' parse='text'/></a>"
    assert b"root:" not in b"".join(text.encode() for text in parsed(content).itertext())


def test_an_entity_that_nobody_declared():
    with pytest.raises(ZhishouError, match="不是合格的 XML"):
        parsed(b"<a>&nbsp;</a>")


def test_two_mebibytes_are_turned_away_and_one_is_not():
    start = time.process_time()
    with pytest.raises(ZhishouError, match=r"2\.0 MB"):
        parsed(b"<a>" + b"x" * (2 * LARGEST) + b"</a>")
    assert time.process_time() - start < 10  # work, not time on the clock; unfolded it would take minutes
    assert parsed(b"<a>" + b"x" * (LARGEST - 7) + b"</a>").tag == "a"


@pytest.mark.parametrize("depth", [DEEPEST + 1, 300, 100_000])
def test_deep_nesting(depth: int):
    with pytest.raises(ZhishouError):
        parsed(b"<a>" * depth + b"</a>" * depth)


def test_as_deep_as_is_allowed():
    assert parsed(b"<a>" * DEEPEST + b"</a>" * DEEPEST).tag == "a"


@pytest.mark.parametrize("name", ["a" * 900_000, "x:y"])
def test_names_of_any_length_or_without_a_namespace(name: str):
    with pytest.raises(ZhishouError):
        read(parsed(f"<{name}/>".encode()))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<?xml version='1.0' encoding='UTF-8'?><a>寒潮</a>".encode("gbk"), "声明的编码是 utf-8"),
        (b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>", "不认识的编码"),
        (b"<?xml version='1.0' encoding='utf-7'?><a>+ADw-</a>", "不认识的编码"),
        (b"<?xml version='1.0' encoding='ascii'?><a>\xe5</a>", "声明的编码是 ascii"),
        (b"\xff\xfe<\x00a", "声明的编码"),
        (b"\xfe\xff\x00<", ""),
        (b"", "是空的"),
        (b" \n\t", "是空的"),
        (b"<a>\x00</a>", ""),
        (b"<a>\x1b</a>", ""),
        (b"<a></b>", "不是合格的 XML"),
        (b"{}", "不是合格的 XML"),
        (b"<a/><b/>", "不是合格的 XML"),
        (b"<a x='1' x='2'/>", "不是合格的 XML"),
    ],
)
def test_what_is_no_document_is_told_with_a_mend(content: bytes, said: str):
    with pytest.raises(ZhishouError) as caught:
        parsed(content)
    assert said in caught.value.message
    assert caught.value.where
    assert caught.value.mend


def test_a_line_number_is_that_of_the_document_as_it_came():
    with pytest.raises(ZhishouError) as caught:
        parsed(b"\n<?xml version='1.0'\n encoding='UTF-8'?>\n<a>\n  <b>\n</a>")
    assert caught.value.where.endswith("第 5 行") or caught.value.where.endswith("第 6 行")


@given(st.binary(max_size=400))
def test_any_bytes(content: bytes):
    try:
        read(parsed(content))
    except ZhishouError:
        return
    raise AssertionError(content)


@given(st.data())
def test_any_byte_of_a_message_changed(data: st.DataObject):
    content = bytearray(sample("cold_wave"))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ZhishouError):
        read(parsed(bytes(content)))
