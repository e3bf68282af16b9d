"""What every supply command needs first: the system, the data folder, the day, and the returns that count on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from zhishou import clock
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.load import library, packs_folder, read_lexicon
from zhishou.supply.evening import Evening
from zhishou.supply.reading import read_system
from zhishou.supply.returns.checking import gas_day_at
from zhishou.supply.system import System


def read(system: str | None, data: str | None, lexicon: Lexicon) -> tuple[System, Path]:
    """The system and the data folder, from what was typed, the environment, or the data folder itself.

    Raises:
        NotFoundError: there is no system file.
        PackError: it is wrong; every problem is named with its line.
    """
    folder = Path(data or os.environ.get("ZHISHOU_DATA") or "zhishou-data")
    file = Path(system or os.environ.get("ZHISHOU_SYSTEM") or folder / "system.yaml")
    if not file.is_file():
        raise NotFoundError(
            f"没有供气系统文件 {file}", mend="用 --system 指明；示例见 examples/jincheng-supply/system.yaml"
        )
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise ZhishouError("不是 UTF-8 文本", where=str(file), mend="另存为 UTF-8 编码") from None
    return read_system(text, str(file), lexicon), folder


def named(system: str | None, data: str | None) -> tuple[System, Path]:
    """The same for commands that need no plan: the lexicon alone is read, which takes a tenth of the time."""
    return read(system, data, read_lexicon(packs_folder() / "lexicon"))


def opened(system: str | None, data: str | None, day: str | None) -> Evening:
    """The desk on a gas day; without one, on the day that tonight's returns tell of."""
    from zhishou.cli.supply_returns import opened_register

    shelf = library()
    given, folder = read(system, data, shelf.lexicon)
    return Evening(shelf, given, opened_register(folder), gas_day(day, given))


def gas_day(text: str | None, system: System) -> date:
    """The gas day typed; without one, the day after the current one.

    Raises:
        ZhishouError: it is no date.
    """
    if text is None:
        return gas_day_at(clock.moment(datetime.now(UTC)), system.gas_day_starts) + timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ZhishouError(f"“{text}”不是日期", mend="写成 2026-12-15 的样子") from None


def coloured() -> bool:
    """Whether the output is a terminal that shows colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on the error output that something long is under way, where somebody looks on."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what}……"):
        yield
