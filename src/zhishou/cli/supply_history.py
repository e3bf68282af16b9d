"""The files that a forecast reads, found where a command names them; what stands in them is read by the supply room."""

from __future__ import annotations

from pathlib import Path

from zhishou.errors import NotFoundError
from zhishou.supply.forecast.files import HISTORY_HEAD, WEATHER_HEAD, Ahead, Past, history, weather


def read_history(path: Path) -> Past:
    """Read the history: a line for each day, empty cells where nothing is known.

    Raises:
        NotFoundError: there is no such file.
        ProblemsError: with every line that is wrong, by file and line.
        ZhishouError: it is no table with these columns.
    """
    return history(path.name, _bytes(path, "--history", HISTORY_HEAD))


def read_weather(path: Path) -> Ahead:
    """Read the temperatures of the days ahead: one course, or an ensemble with a column for each member.

    Raises:
        NotFoundError: there is no such file.
        ProblemsError: with every line that is wrong, by file and line.
        ZhishouError: it is no table with these columns.
    """
    return weather(path.name, _bytes(path, "--weather", WEATHER_HEAD))


def _bytes(path: Path, option: str, head: str) -> bytes:
    if not path.is_file():
        raise NotFoundError(
            f"没有文件 {path}", mend=f"用 {option} 指明；第一行写列名 {head}；示例见 examples/jincheng-supply"
        )
    return path.read_bytes()
