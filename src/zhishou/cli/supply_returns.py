"""zhishou supply template|import|held|brief: the day's returns, from files and back to files."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer

from zhishou import clock
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.plan.load import library, packs_folder, read_lexicon
from zhishou.supply.returns import records
from zhishou.supply.returns.checking import Expected, gas_day_at
from zhishou.supply.returns.held import Action, Held, Key
from zhishou.supply.returns.receiving import Outcome, Received, decide, receive
from zhishou.supply.returns.register import Entry, Register
from zhishou.supply.returns.roster import Roster, roster
from zhishou.supply.system import REPORTER_LABELS, ReporterKind, System

REGISTER = "returns.jsonl"
"""The register's file in the data folder."""
ORIGINALS = "originals"
"""Where every file received is kept as it came, under the digest of its content."""

_OUTCOMES: Mapping[Outcome, str] = {
    "accepted": "全部采用",
    "held": "部分待核定",
    "whole": "整份待核定",
    "unread": "读不出来",
    "known": "已收过，未重复登记",
}
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
    found = _kind(kind)
    content = build(found, book, reporter, _day(day) if day else None)
    name = f"{reporter or REPORTER_LABELS[found]}日报表{f'{_day(day):%Y%m%d}' if day else ''}.xlsx"
    target = out / name if out is not None and out.is_dir() else out or Path(name)
    target.write_bytes(content)
    typer.echo(f"已生成 {target}")


def _roster(system: System) -> Roster:
    """The roster; the lexicon alone is read for it, since the plans take ten times as long."""
    return roster(system, read_lexicon(packs_folder() / "lexicon"))


def _kind(kind: str) -> ReporterKind:
    for id_, label in REPORTER_LABELS.items():
        if kind in {id_, label}:
            return id_
    kinds = "、".join(f"{id_}（{label}）" for id_, label in REPORTER_LABELS.items())
    raise NotFoundError(f"没有“{kind}”这种报送单位", mend=f"可写：{kinds}")


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
    _tell(received, register.entries[before:], book, as_json=as_json)
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


def _tell(received: list[Received], entries: tuple[Entry, ...], book: Roster, *, as_json: bool) -> None:
    if as_json:
        told = [
            {
                "file": one.name, "outcome": one.outcome, **_who(one.entry, book),
                "held": [_held(item) for item in one.entry.held] if one.entry and one.outcome != "known" else [],
                "noted": [item.text for item in one.entry.noted] if one.entry and one.outcome != "known" else [],
            }
            for one in received
        ]  # fmt: skip
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    many = len(received) > 40
    table = Table("文件", "报送单位", "气日", "版本", "结果", "采用", "待核定", "提示")
    for one in received:
        if many and one.outcome in {"accepted", "known"}:
            continue
        who, entry = _who(one.entry, book), one.entry
        counts = [str(len(entry.held)), str(len(entry.noted))] if entry and one.outcome != "known" else ["", ""]
        used = str(len(entry.returned.values)) if entry and entry.returned and one.outcome != "known" else ""
        table.add_row(
            one.name, who["label"], who["gas_day"], str(who["version"] or ""), _OUTCOMES[one.outcome], used, *counts
        )
    if table.row_count:
        console.print(table)
    counts_ = Counter(one.outcome for one in received)
    typer.echo("；".join(f"{_OUTCOMES[outcome]} {count} 份" for outcome, count in counts_.items()) + "。")
    for entry in entries:
        for item in entry.held:
            typer.echo(f"  [{item.id}] {entry.name} {item.text}")
        for item in () if many else entry.noted:
            typer.echo(f"  [提示] {entry.name} {item.text}")


def _who(entry: Entry | None, book: Roster) -> dict[str, Any]:
    returned = entry.returned if entry is not None else None
    if returned is None:
        return {"reporter": "", "label": "", "gas_day": "", "version": None}
    known = book.system.reporters_by_id.get(returned.reporter)
    return {
        "reporter": returned.reporter, "label": known.label if known else returned.reporter,
        "gas_day": returned.gas_day.isoformat(), "version": returned.version,
    }  # fmt: skip


def _held(one: Held) -> dict[str, Any]:
    return {
        "id": one.id, "code": one.code, "place": one.place, "written": one.written, "label": one.label,
        "message": one.message, "mend": one.mend, "meanwhile": one.meanwhile,
        "about": [_spoken(about) for about in one.about],
    }  # fmt: skip


def _spoken(about: Key) -> str:
    item, of, day, hour = about
    return "@".join(str(part) for part in (item, of, day, hour) if part is not None)


def held(data: Path, system: System, *, day: str | None = None, as_json: bool = False) -> None:
    """List what waits for a person."""
    book = _roster(system)
    waiting = read_register(data).open(_day(day) if day else None)
    if as_json:
        told = [{**_who(entry, book), "file": entry.name, **_held(one)} for entry, one in waiting]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for entry, one in waiting:
        who = _who(entry, book)
        typer.echo(f"[{one.id}] {who['label'] or entry.name} {who['gas_day']} {one.text}")
    typer.echo(f"共 {len(waiting)} 项待核定。" if waiting else "没有待核定的事项。")


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
    with _writing(data):
        register = read_register(data)
        found = register.find(held_id)
        given = _amounts(amounts or [], found[1]) if found else {}
        after = decide(register, held_id, action, post=post, reason=reason, at=moment, amounts=given)
        _append(data, after.entries[len(register.entries) :])
    entry = after.entries[-1]
    who = _who(entry, book)
    place = f"{who['label']} {who['gas_day']} 报表现为第 {who['version']} 版，" if who["label"] else ""
    typer.echo(f"已记录。{place}还有 {len(entry.held)} 项待核定。")


def _amounts(given: list[str], one: Held) -> dict[Key, float]:
    keys = {_spoken(about): about for about in (*one.about, *((v.item, v.of, v.day, v.hour) for v in one.values))}
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
    content = build(read_register(data), book, gas_day, moment, shelf.packs.values(), hour)
    name = f"供需日报{gas_day:%Y%m%d}.xlsx"
    target = out / name if out is not None and out.is_dir() else out or Path(name)
    target.write_bytes(content)
    typer.echo(f"已生成 {target}")
