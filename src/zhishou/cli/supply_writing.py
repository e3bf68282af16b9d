"""Writing an answer to a file: one door, so that a file that is open in WPS or a folder that is not there is told, not thrown."""

from __future__ import annotations

from pathlib import Path

from zhishou.errors import ZhishouError, why

WORKBOOK = ".xlsx"


def write(content: str | bytes, target: Path) -> None:
    """Write text or a workbook.

    Args:
        content: text, or the bytes of an .xlsx.
        target: the file.

    Raises:
        ZhishouError: the file cannot be written, or its ending says what it is not.
    """
    ending = target.suffix.lower()
    if isinstance(content, str) and ending in {WORKBOOK, ".xls", ".et"}:
        raise ZhishouError(
            "这是文字，不是工作簿", where=str(target), mend="加 --format xlsx，或把文件名写成 .txt、.json"
        )
    if isinstance(content, bytes) and ending != WORKBOOK:
        raise ZhishouError("这是工作簿，文件名却不是 .xlsx", where=str(target), mend="把文件名写成 .xlsx")
    try:
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    except FileNotFoundError:
        raise ZhishouError("没有这个文件夹", where=str(target.parent), mend="先建文件夹，或改 --out") from None
    except IsADirectoryError:
        raise ZhishouError("是文件夹，不是文件", where=str(target), mend="在 --out 里写明文件名") from None
    except OSError as error:
        mend = "文件若正在 Excel 或 WPS 里打开，请先关闭；或用 --out 换一个地方"
        raise ZhishouError(f"写不进去（{why(error)}）", where=str(target), mend=mend) from None
