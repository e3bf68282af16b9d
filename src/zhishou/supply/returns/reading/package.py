"""Opening a zipped workbook safely: what it would unpack to is known and bounded before anything is unpacked.

It stands alone because a file from outside is hostile until shown otherwise, and this is where that is decided.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from io import BytesIO
from xml.parsers import expat

from zhishou.supply.returns.reading.grid import UnreadableError

LARGEST_FILE = 20 * 2**20
"""Bytes of a file as received."""
LARGEST_WHOLE = 120 * 2**20
"""Bytes to which all its parts may unpack."""
LARGEST_PART = 60 * 2**20
"""Bytes to which one part may unpack."""
MOST_PARTS = 2000
HIGHEST_RATIO = 250
"""How many times its packed size a part of over 1 MiB may unpack to; sheets of numbers stay below 30."""
MOST_CELLS = 300_000
MOST_ROW = 100_000
MOST_COLUMN = 2_000

_RESAVE = "请用 Excel 或 WPS 打开，把报表另存为新的 .xlsx 后重新报送"
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, ValueError, NotImplementedError, OSError)
"""What Python raises for a zip whose directory is damaged; a part placed before the file's start is a `ValueError`."""


class Package:
    """The parts of a workbook, each unpacked when it is asked for and never beyond its declared size.

    Raises:
        UnreadableError: it is damaged, has a password, or would unpack beyond all measure.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) > LARGEST_FILE:
            raise _bomb(f"文件有 {len(content) / 2**20:.0f} MiB，超过 {LARGEST_FILE // 2**20} MiB")
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except _DAMAGED as error:
            raise UnreadableError("broken", f"文件损坏，压缩结构读不出来（{error}）", _RESAVE) from None
        found = self._zip.infolist()
        if len(found) > MOST_PARTS:
            raise _bomb(f"压缩包里有 {len(found)} 个文件，超过 {MOST_PARTS} 个")
        if (whole := sum(one.file_size for one in found)) > LARGEST_WHOLE:
            raise _bomb(f"解压后有 {whole / 2**20:.0f} MiB，超过 {LARGEST_WHOLE // 2**20} MiB")
        self.parts: dict[str, zipfile.ZipInfo] = {}
        for one in found:
            if one.flag_bits & _ENCRYPTED:
                raise UnreadableError("password", "压缩包有密码，打不开", "请去掉密码后重新报送")
            if one.file_size > LARGEST_PART or (
                one.file_size > 2**20 and one.file_size > HIGHEST_RATIO * max(one.compress_size, 1)
            ):
                raise _bomb(f"{one.filename} 由 {one.compress_size} 字节解压为 {one.file_size / 2**20:.0f} MiB")
            name = one.filename.replace("\\", "/").lstrip("/")
            if name in self.parts:
                raise UnreadableError("broken", f"压缩包里有两个 {name}", _RESAVE)
            self.parts[name] = one

    def read(self, name: str) -> bytes:
        """One part; empty where there is none.

        Raises:
            UnreadableError: it is damaged or not what its size says.
        """
        part = self.parts.get(name)
        if part is None:
            return b""
        try:
            with self._zip.open(part) as opened:
                content = opened.read(part.file_size + 1)
        except (*_DAMAGED, zlib.error, lzma.LZMAError, RuntimeError, EOFError) as error:
            raise UnreadableError("broken", f"文件损坏，{name} 读不出来（{error}）", _RESAVE) from None
        return content


def _bomb(what: str) -> UnreadableError:
    return UnreadableError(
        "bomb", f"{what}，不像报表，没有打开", "请核实来件是否可信；确为报表的，删去图片和空行另存后重新报送"
    )


def too_many(what: str) -> UnreadableError:
    """The refusal of a sheet beyond all measure."""
    return _bomb(what)


def parser() -> expat.XMLParserType:
    """An XML parser that refuses a document type, and so every entity: a workbook has none."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    made.EntityDeclHandler = _refuse
    return made


def _refuse(*_: object) -> None:
    raise _bomb("文件里有 XML 实体声明")


def parse(made: expat.XMLParserType, content: bytes, name: str) -> None:
    """Run a parser over one part.

    Raises:
        UnreadableError: the part is no XML, is in an encoding that workbooks have not, or has words where numbers stand.
    """
    try:
        made.Parse(content, True)  # noqa: FBT003 - expat's own signature
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableError("broken", f"文件损坏，{name} 不完整或不合规范（{error}）", _RESAVE) from None
