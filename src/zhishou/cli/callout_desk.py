"""What the commands about the call-out do and print."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from zhishou import clock
from zhishou.bootstrap import House, database_url, open_house
from zhishou.callout.book import annexes, form, workbook
from zhishou.callout.book.changes import ChangeKind, note
from zhishou.callout.book.checking import Known
from zhishou.callout.book.importing import ACTIONS, Decision, Imported, Waiting, bring_in, waiting
from zhishou.callout.book.importing import decide as decided
from zhishou.callout.book.lines import CODES, HOURS, KINDS
from zhishou.callout.dry_run import Run, told
from zhishou.callout.self_test import Report, SelfTests
from zhishou.database import writing
from zhishou.desk.rehearsing import rehearse
from zhishou.errors import ZhishouError, why
from zhishou.people.changes import CONSOLE
from zhishou.plan.posts import post_label


@contextmanager
def opened(database: str | None, data: Path, *, exercise: bool) -> Iterator[House]:
    """The house that a command works on; what it changed is recorded before it is closed."""
    named = database or (None if exercise else os.environ.get("ZHISHOU_DATABASE"))
    url = database_url(database, data, exercise=exercise)
    # A book may be begun before the first start; one in a database that somebody named wrongly nobody would ever find.
    house = open_house(url, data, exercise=exercise, create=not named)
    try:
        yield house
        house.desk.record_book(house.book.changes)
    finally:
        house.close()


def known(house: House, area: str = "") -> Known:
    """Whom lines of the book can be about."""
    accounts = {one.id: one.name for one in house.gate.accounts.all()}
    kinds = {name: one.kind for name, one in house.settings.callout.channels.items()}
    return Known(house.library, house.library.lexicon.area(area) if area else house.settings.areas[0], accounts, kinds)


def write(file: Path, content: bytes) -> None:
    """Write a new file that only its owner reads.

    Raises:
        ZhishouError: it is there already, or cannot be written.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ZhishouError("已有这个文件，没有覆盖", where=str(file), mend="换一个文件名") from None
    except OSError as error:
        raise ZhishouError(f"文件写不了（{why(error)}）", where=str(file), mend="核对文件夹和权限") from None
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def who(house: House, plan: str, level: str, at: str, place: str, ladder: str, *, as_json: bool) -> str:
    """A dry run, told."""
    moment = clock.moment(at) if at else house.now()
    callout = house.desk.callout
    assert callout is not None  # noqa: S101 - a house always connects it
    runs = rehearse(callout, house.library, plan, level, moment, place=place, ladder=ladder, areas=house.settings.areas)
    if as_json:
        return json.dumps(told(runs, plan, level, moment), ensure_ascii=False, indent=2, default=str)
    lines = [f"预演　{house.library.packs[plan].plan.short}　{level}级　{moment:%Y-%m-%d %H:%M}　不呼叫任何人"]
    for run in runs:
        lines += _run(house, run)
    unreached = [run.label for run in runs if not run.reached]
    lines.append(
        f"共 {len(runs)} 家，{len(unreached)} 家一个人也呼叫不到{'：' if unreached else ''}{'、'.join(unreached)}"
    )
    return "\n".join(lines)


def _run(house: House, run: Run) -> list[str]:
    packs, lexicon = house.library.packs, house.library.lexicon
    lines = [f"{'✓' if run.reached else '✗'} {run.label}（{run.need}）"]
    for turn in run.turns if run.reached else ():
        for one in turn.callees:
            ways = "、".join(KINDS.get(kind, kind) for kind in one.ways)
            post = post_label(one.post, packs, lexicon) if one.post else ""
            held = f"（安静时段，等到 {turn.held:%H:%M}）" if turn.held else ""
            lines.append(f"    {turn.after_minutes:g} 分钟{held}　{one.name}　{post}（{one.why}）　{ways}")
        if not turn.callees:
            lines.append(f"    {turn.after_minutes:g} 分钟　第 {turn.number} 步无人，立即转下一步")
    lines += [f"    缺：{words}" for words in run.missing]
    return lines


def start_book(house: House, area: str) -> str:
    """Start the book from the annexes."""
    whose = known(house, area)
    packs = [
        pack for pack in house.library.packs.values() if whose.area in house.library.lexicon.upward(pack.plan.area)
    ]
    imported = bring_in(house.book, "预案附件", annexes.lines(packs), whose, by=CONSOLE, at=house.now())
    return _imported(imported)


def import_(house: House, file: Path, area: str) -> str:
    """Import a workbook."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ZhishouError(f"文件读不了（{why(error)}）", where=str(file), mend="核对文件名和权限") from None
    lines = workbook.read(content)
    digest = hashlib.sha256(content).hexdigest()
    imported = bring_in(house.book, file.name, lines, known(house, area), by=CONSOLE, at=house.now(), digest=digest)
    return _imported(imported)


def _imported(imported: Imported) -> str:
    lines = [_waiting(one) for one in imported.held]
    before = f"，先前的 {imported.waiting_before} 行仍待核定" if imported.waiting_before else ""
    lines.append(f"启用 {imported.added} 项，原有 {imported.unchanged} 项，待核定 {len(imported.held)} 行{before}。")
    if imported.held:
        lines.append("核定：zhishou callout decide 编号 use|replace|correct|reject --reason 理由")
    return "\n".join(lines)


def _waiting(one: Waiting) -> str:
    return f"{one.id}　〔{one.place}〕{one.label}　写作“{one.written}”　{CODES[one.code]}：{one.message}。{one.mend}。"


def held(house: House, *, as_json: bool) -> str:
    """What waits."""
    found = waiting(house.book)
    if as_json:
        return json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2)
    return "\n".join([*map(_waiting, found), f"共 {len(found)} 行待核定"])


def decide(house: House, given: Decision, area: str) -> str:
    """Decide what waits."""
    added = decided(house.book, given, known(house, area), by=CONSOLE, at=house.now())
    return f"{given.held}：{ACTIONS[given.action]}，启用 {added} 项。"  # type: ignore[index]


def book(house: House, *, as_json: bool) -> str:
    """The book, numbers in part."""
    contacts = house.book.contacts()
    shown = house.book.shown_of([one.id for one in contacts])
    rows = [asdict(one) | {"number": shown[one.id]} for one in contacts]
    if as_json:
        return json.dumps(rows, ensure_ascii=False, indent=2, default=str)
    whose = known(house)
    states = {True: "通", False: "不通", None: "未测"}
    lines = [
        f"{one.id}　{whose.label(one.holder)}　{one.name}　{KINDS.get(one.kind, one.kind)}　{shown[one.id]}　"
        f"{HOURS[one.hours]}　{states[one.alive]}{'　演练可用' if one.exercise else ''}"
        for one in contacts
    ]
    return "\n".join([*lines, f"共 {len(contacts)} 项"])


def retire(house: House, address: str) -> str:
    """Take an address out of use."""
    house.book.retire([address], CONSOLE, house.now())
    return f"{address} 已停用。"


def export(house: House, file: Path) -> str:
    """Write the book out with its numbers, and note that it was."""
    contacts = house.book.contacts()
    whose = known(house)
    labels = {one.holder: whose.label(one.holder) for one in contacts}
    write(file, form.exported(contacts, house.book.values_of([one.id for one in contacts]), labels))
    with writing(house.engine) as connection:
        note(connection, ChangeKind.EXPORTED, "", CONSOLE, house.now(), count=len(contacts))
    return f"已写出 {file}，{len(contacts)} 项，号码是全的：用后妥善保管或删除。"


def test(house: House, *, as_json: bool) -> str:
    """Test everything now."""
    tests = SelfTests(house.book, lambda: house.channels, house.now, exercise=house.exercise)
    report = tests.run(CONSOLE)
    assert report is not None  # noqa: S101 - nobody else runs a test under a name made just now
    if as_json:
        return json.dumps(asdict(report), ensure_ascii=False, indent=2, default=str)
    return tested(house, report)


def tested(house: House, report: Report) -> str:
    """A test's report in words."""
    whose = known(house)
    lines = [f"通道　{name}　{why or '正常'}" for name, why in report.channels.items()]
    lines += [
        f"不通　{whose.label(one.holder)}　{one.name}　{KINDS.get(one.kind, one.kind)}　{one.why}　（{one.address}）"
        for one in report.dead
    ]
    lines.append(
        f"通 {report.alive} 项，不通 {len(report.dead)} 项，说不清 {report.unsure} 项，不能静默测试而未测 {report.untested} 项，"
        f"没有通道 {report.unserved} 项{f'，号码打不开 {report.unreadable} 项' if report.unreadable else ''}"
    )
    return "\n".join(lines)
