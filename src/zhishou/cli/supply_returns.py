"""zhishou supply template|import|held|brief: the day's returns, from files and back to files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import typer

from zhishou import clock
from zhishou.cli.supply_received import NEXT, item, spoken, tell, who
from zhishou.cli.supply_writing import write
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.plan.load import library, packs_folder, read_lexicon
from zhishou.supply.returns import records
from zhishou.supply.returns.checking import Expected, gas_day_at
from zhishou.supply.returns.held import Action, Held, Key
from zhishou.supply.returns.receiving import Received, decide, receive
from zhishou.supply.returns.register import Entry, Register
from zhishou.supply.returns.roster import Roster, roster
from zhishou.supply.system import REPORTER_LABELS, ReporterKind, System

REGISTER = "returns.jsonl"
"""The register's file in the data folder."""
ORIGINALS = "originals"
"""Where every file received is kept as it came, under the digest of its content."""

_ENDINGS = {".xlsx", ".xlsm", ".xls", ".et", ".csv", ".txt", ".json"}


def template(
    kind: str,
    out: Path | None,
    *,
    system: System | None = None,
    reporter: str = "",
    day: str | None = None,
    schema: bool = False,
) -> None:
    """Write a form for a kind of reporter, or for one reporter of a system; or print the JSON Schema.

    Raises:
        NotFoundError: no such kind or reporter.
    """
    if schema:
        from zhishou.supply.returns.reading.table import schema as published

        typer.echo(json.dumps(published(), ensure_ascii=False, indent=2))
        return
    from zhishou.supply.returns.template import template as build

    book = _roster(system) if system is not None else None
    known = book.reporter(reporter) if book is not None and reporter else None
    if reporter and book is not None and known is None:
        names = "、".join(one.label for one in book.system.reporters)
        raise NotFoundError(f"没有“{reporter}”这个报送单位", mend=f"现有：{names}")
    found = known.kind if known is not None and not kind else _kind(kind)
    content = build(found, book, reporter, _day(day) if day else None)
    name = f"{known.label if known else REPORTER_LABELS[found]}日报表{f'{_day(day):%Y%m%d}' if day else ''}.xlsx"
    _make(content, name, out)


def _make(content: bytes, name: str, out: Path | None) -> None:
    """Write a workbook under its usual name, or where it was asked for."""
    target = out / name if out is not None and out.is_dir() else out or Path(name)
    write(content, target)
    typer.echo(f"已生成 {target}")


def _roster(system: System) -> Roster:
    """The roster; the lexicon alone is read for it, since the plans take ten times as long."""
    return roster(system, read_lexicon(packs_folder() / "lexicon"))


def _kind(kind: str) -> ReporterKind:
    for id_, label in REPORTER_LABELS.items():
        if kind in {id_, label}:
            return id_
    kinds = "、".join(f"{id_}（{label}）" for id_, label in REPORTER_LABELS.items())
    missing = f"没有“{kind}”这种报送单位" if kind else "没有写明是哪种报送单位的模板"
    raise NotFoundError(missing, mend=f"可写：{kinds}；或用 --reporter 指明单位")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ZhishouError(f"“{text}”不是日期", mend="写成 2026-12-15 的样子") from None


def read_register(folder: Path) -> Register:
    """The register of a data folder; broken lines are told on the error output, the rest is read.

    Raises:
        ProblemsError: it is of another version.
    """
    file = folder / REGISTER
    if not file.exists():
        return Register()
    register, problems = records.read(file.read_text("utf-8"), str(file))
    for problem in problems:
        typer.echo(f"警告：{problem}", err=True)
    return register


def opened_register(folder: Path) -> Register:
    """The register of a data folder into which returns have come.

    Raises:
        NotFoundError: none have: a mistyped folder must not look like an evening on which nothing waits.
        ProblemsError: it is of another version.
    """
    if not (folder / REGISTER).exists():
        raise NotFoundError(
            f"{folder} 里还没有收到报表", mend="先用 zhishou supply import 导入，或用 --data 指明数据文件夹"
        )
    return read_register(folder)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """The data folder for one writer alone; the lock goes with the process that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "returns.lock").open("a+b") as lock:
        try:
            _lock(lock.fileno())
        except OSError:
            raise ZhishouError("另一个程序正在写入报表登记", where=str(folder), mend="等它结束后再试") from None
        yield


if os.name == "nt":  # pragma: no cover - the house's own machines run Linux
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _append(folder: Path, entries: tuple[Entry, ...]) -> None:
    """Add entries at the end and see them on the disk before anything is said of them."""
    if not entries:
        return
    with (folder / REGISTER).open("a+b") as file:
        file.seek(0, os.SEEK_END)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # a line cut off by a crash stays alone and is told
                file.write(b"\n")
        file.write(records.written(entries).encode())
        file.flush()
        os.fsync(file.fileno())


def _keep(folder: Path, content: bytes, ending: str) -> None:
    """Keep a file as it came."""
    home = folder / ORIGINALS
    home.mkdir(exist_ok=True)
    target = home / f"{hashlib.sha256(content).hexdigest()}{ending}"
    if not target.exists():
        target.write_bytes(content)


def import_(
    paths: list[Path],
    data: Path,
    system: System,
    *,
    at: str | None = None,
    day: str | None = None,
    reporter: str = "",
    history: bool = False,
    as_json: bool = False,
) -> int:
    """Read files and folders into the register, and say what became of each.

    Args:
        paths: files, or folders whose workbooks, CSVs and JSONs are all taken.
        data: the data folder.
        system: the supply system.
        at: when they were received; None for now.
        day: the gas day, where a person states it; it then holds for every file.
        reporter: the reporter, likewise.
        history: whether old returns are brought in on purpose, so that none is too old.
        as_json: whether to print JSON.

    Returns:
        The exit code: 0 where at least one file was read (what is held is told), 2 where none could be.
    """
    files = _files(paths)
    book = _roster(system)
    moment = clock.moment(at) if at else datetime.now(clock.SHANGHAI)
    stated = _day(day) if day else None
    expected = Expected(moment, stated, None if history else 7)
    with _writing(data):
        register = read_register(data)
        before = len(register.entries)
        received: list[Received] = []
        try:
            register = _import(files, data, register, book, expected, reporter, received)
        finally:
            _append(data, tuple(one.entry for one in received if one.entry and one.outcome != "known"))
    tell(received, register.entries[before:], book, as_json=as_json)
    return 2 if received and all(one.outcome == "unread" for one in received) else 0


def _import(
    files: list[Path], data: Path, register: Register, book: Roster, expected: Expected, reporter: str,
    received: list[Received],
) -> Register:  # fmt: skip
    from rich.console import Console
    from rich.progress import track

    from zhishou.supply.returns import reading

    console = Console(stderr=True)
    near = expected.gas_day or gas_day_at(expected.at, book.system.gas_day_starts)
    read = []
    for file in track(files, "读取", console=console, disable=len(files) < 20, transient=True):
        content = file.read_bytes()
        _keep(data, content, file.suffix.lower())
        read.append(reading.read(file.name, content, book, near, gas_day=expected.gas_day, reporter=reporter))
    # earlier gas days first, so that a level is there when a later one is judged
    read.sort(key=lambda one: (min((d.gas_day for d in one.drafts if d.gas_day), default=date.max), one.name))
    for one in read:
        register, found = receive(register, one, book, expected)
        received += found
    return register


def _files(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (one for one in sorted(path.rglob("*")) if one.is_file() and one.suffix.lower() in _ENDINGS)
            found += [one for one in inside if not one.name.startswith((".", "~$"))]
        elif path.is_file():
            found.append(path)
        else:
            raise NotFoundError(f"没有 {path} 这个文件或文件夹", mend="检查文件名")
    if not found:
        raise NotFoundError("没有找到报表文件", mend=f"文件夹里要有 {'、'.join(sorted(_ENDINGS))} 文件")
    return found


def held(data: Path, system: System, *, day: str | None = None, as_json: bool = False) -> None:
    """List what waits for a person."""
    book = _roster(system)
    waiting = opened_register(data).open(_day(day) if day else None)
    if as_json:
        told = [
            {**who(entry, book), "reporter_label": who(entry, book)["label"], "file": entry.name, **item(one)}
            for entry, one in waiting
        ]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for entry, one in waiting:
        by = who(entry, book)
        typer.echo(f"[{one.id}] {by['label'] or entry.name} {by['gas_day']} {one.text}")
    typer.echo(f"共 {len(waiting)} 项待核定。{NEXT}" if waiting else "没有待核定的事项。")


def decide_(
    held_id: str,
    action: Action,
    data: Path,
    system: System,
    *,
    post: str,
    reason: str,
    amounts: list[str] | None = None,
    at: str | None = None,
) -> None:
    """Decide one held thing.

    Args:
        held_id: its id, as `held` lists it.
        action: `release`, `replace` or `reject`.
        data: the data folder.
        system: the supply system.
        post: the post that decides.
        reason: why.
        amounts: of `replace`: one number where one figure is held, otherwise `item@of@day=number` for each.
        at: when; None for now.
    """
    book = _roster(system)
    moment = clock.moment(at) if at else datetime.now(clock.SHANGHAI)
    opened_register(data)
    with _writing(data):
        register = read_register(data)
        found = register.find(held_id)
        given = _amounts(amounts or [], found[1]) if found else {}
        after = decide(register, held_id, action, post=post, reason=reason, at=moment, amounts=given)
        _append(data, after.entries[len(register.entries) :])
    entry = after.entries[-1]
    by = who(entry, book)
    place = f"{by['label']} {by['gas_day']} 报表现为第 {by['version']} 版，" if by["label"] else ""
    typer.echo(f"已记录。{place}还有 {len(entry.held)} 项待核定。")


def _amounts(given: list[str], one: Held) -> dict[Key, float]:
    keys = {spoken(about): about for about in (*one.about, *((v.item, v.of, v.day, v.hour) for v in one.values))}
    found: dict[Key, float] = {}
    for text in given:
        name, _, number = text.rpartition("=")
        about = keys.get(name) if name else next(iter(keys.values())) if len(keys) == 1 else None
        if about is None:
            raise ZhishouError(f"“{text}”不知改哪一项", where=one.id, mend=f"写成 项=数，项有：{'、'.join(keys)}")
        try:
            found[about] = float(number)
        except ValueError:
            raise ZhishouError(f"“{number}”不是数", where=one.id, mend="写出核实后的数") from None
    return found


def brief(
    data: Path, system: System, out: Path | None, *, day: str | None = None, at: str | None = None, hour: str = "20:00"
) -> None:
    """Write the day's consolidated brief."""
    from zhishou.supply.returns.brief import brief as build

    shelf = library()
    book = roster(system, shelf.lexicon)
    moment = clock.moment(at) if at else datetime.now(clock.SHANGHAI)
    gas_day = _day(day) if day else gas_day_at(moment, system.gas_day_starts)
    content = build(opened_register(data), book, gas_day, moment, shelf.packs.values(), hour)
    _make(content, f"供需日报{gas_day:%Y%m%d}.xlsx", out)
