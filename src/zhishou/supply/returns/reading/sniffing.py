"""What a file really is, whatever its name says: by its first bytes and by what is inside an OLE container."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

import olefile

from zhishou.supply.returns.reading.grid import UnreadableError

Form = Literal["workbook", "text", "json"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OTHERS = (
    (b"%PDF", "PDF 文件"),
    (b"\xff\xd8\xff", "照片"),
    (b"\x89PNG", "图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"{\\rtf", "RTF 文档"),
)
_TEMPLATE = "请用下发的 .xlsx 模板填报，或另存为 .xlsx、.csv 后重新报送"


def form(content: bytes) -> Form:
    """What a file is.

    Raises:
        UnreadableError: it is nothing that a return can be, has a password, or is an old .xls.
    """
    if not content.strip():
        raise UnreadableError("broken", "文件是空的", "请检查是否发送完整，重新报送")
    if content.startswith(_ZIP):
        return "workbook"
    if content.startswith(_OLE):
        raise _ole(content)
    for start, what in _OTHERS:
        if content.startswith(start):
            raise UnreadableError("not_a_workbook", f"是{what}，不是报表", _TEMPLATE)
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise UnreadableError("not_a_workbook", "内容是网页（HTML），只是改了后缀", _TEMPLATE)
    if head.startswith((b"<?xml", b"<workbook")):
        raise UnreadableError("old_format", "是 XML 表格（2003 版），不是 .xlsx", _TEMPLATE)
    if head.startswith((b"{", b"[")):
        return "json"
    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError("not_a_workbook", "不是报表，也不是文字文件", _TEMPLATE)
    return "text"


def _ole(content: bytes) -> UnreadableError:
    """What an OLE container is: encryption wraps an .xlsx in one, and .xls is one."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as ole:
            names = {"/".join(path).lower() for path in ole.listdir()}
    except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:
        return UnreadableError("broken", f"旧格式文件，且已损坏（{error}）", _TEMPLATE)
    if "encryptedpackage" in names:
        return UnreadableError(
            "password", "文件有打开密码，读不出来", "请在 Excel 或 WPS“文件—信息—保护工作簿”中去掉密码后重新报送"
        )
    if names & {"workbook", "book"}:
        return UnreadableError(
            "old_format", "内容是 .xls（97-2003 格式），不论后缀是什么", "请另存为 .xlsx 后重新报送，不能只改后缀"
        )
    if "worddocument" in names:
        return UnreadableError("not_a_workbook", "是 Word 文档，不是报表", _TEMPLATE)
    return UnreadableError("not_a_workbook", "是 OLE 复合文件，不是报表", _TEMPLATE)
