"""What the commands on papers do and print."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from platform import node
from uuid import uuid4

from zhishou import clock
from zhishou.cli.record import record
from zhishou.desk import Desk
from zhishou.desk.issued import Issued
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.journal import SqlJournal
from zhishou.paper.files import sm3
from zhishou.paper.fonts import FILES, OFFICIAL, faces
from zhishou.paper.issuing import IssuePaper
from zhishou.paper.kinds import KINDS, kind
from zhishou.plan.load import library
from zhishou.supply.reading import read_system
from zhishou.supply.system import System


@contextmanager
def _desk(url: str | None, systems: Mapping[str, System] | None = None) -> Iterator[Desk]:
    with record(url) as journal:
        yield _opened(journal, systems or {})


def _opened(journal: SqlJournal, systems: Mapping[str, System]) -> Desk:
    return Desk(journal, library(), machine=node(), now=lambda: clock.moment(datetime.now(UTC)), systems=systems)


def kinds() -> str:
    """The kinds, one a line."""
    return "\n".join(f"{one.id:<20}　{one.label}　（文号：…{one.word}〔年〕N号）" for one in KINDS.values())


def filled(given: Sequence[str]) -> dict[str, str]:
    """What fills the blanks.

    Raises:
        ZhishouError: one is not written as 名称=内容.
    """
    found = {}
    for one in given:
        name, sign, text = one.partition("=")
        if not sign or not name.strip():
            raise ZhishouError(f"“{one}”没有写成 名称=内容", where="--fill", mend="如 --fill 签发人=张三")
        found[name.strip()] = text
    return found


def listed(url: str | None, area: str, year: int | None, of: str, incident: str, *, as_json: bool) -> str:
    """The papers issued."""
    with _desk(url) as desk:
        found = desk.papers.all(desk.library.lexicon.area(area), year=year, of=of, incident=incident)
    if as_json:
        return json.dumps([_data(one) for one in found], ensure_ascii=False, indent=2)
    return "\n".join(map(_line, found)) or "没有印发过文件"


def _data(one: Issued) -> dict[str, object]:
    return {**one.event.model_dump(mode="json"), "at": one.at.isoformat(), "position": one.position, "by": one.name}


def _line(one: Issued) -> str:
    blanks = f"　待填：{'、'.join(one.event.blanks)}" if one.event.blanks else ""
    return f"{one.at:%Y-%m-%d %H:%M}　{one.number}　{one.event.title}　核对码 {one.event.code}{blanks}"


def issued(
    url: str | None, area: str, command: IssuePaper, account: str, name: str, system: Path | None, out: Path | None
) -> str:
    """Issue a paper and say what became of it."""
    command = command.model_copy(update={"kind": kind(command.kind).id})
    with record(url) as journal:
        systems = _system(system)
        desk = _opened(journal, systems)
        one = desk.papers.issue(area, command, desk.actor(account, name), key=f"cli/{uuid4()}")
        kept = _kept(desk, one.number, out)
    lacking = f"\n※ 本机字体没有这些字，PDF 上显示不出：{''.join(one.event.lacking)}" if one.event.lacking else ""
    return f"已印发 {_line(one)}{lacking}{kept}"


def _system(file: Path | None) -> dict[str, System]:
    if file is None:
        return {}
    found = read_system(file.read_text("utf-8"), file.name, library().lexicon)
    return {found.area: found}


def shown(url: str | None, number: str, out: Path | None) -> str:
    """One paper, and its originals where they are wanted."""
    with _desk(url) as desk:
        one = desk.papers.of(number)
        kept = _kept(desk, number, out)
    lines = [
        f"文号　{one.number}",
        f"标题　{one.event.title}",
        f"发文　{one.event.issuer}　{one.at:%Y-%m-%d %H:%M}　经办 {one.name}",
        f"主送　{'、'.join(one.event.to) or '—'}",
        f"依据　{'；'.join(' '.join((plan, *clauses)) for plan, clauses in one.event.rests_on.items()) or '—'}",
        f"核对码　{one.event.code}",
        f"DOCX（SM3）　{one.event.docx}",
        f"PDF（SM3）　{one.event.pdf}",
    ]
    if one.event.blanks:
        lines.append(f"待填　{'、'.join(one.event.blanks)}")
    return "\n".join(lines) + kept


def _kept(desk: Desk, number: str, out: Path | None) -> str:
    """Write the originals into a folder, where one is given."""
    if out is None:
        return ""
    out.mkdir(parents=True, exist_ok=True)
    said = []
    for content, ending in zip(desk.papers.bytes_of(number), ("docx", "pdf"), strict=True):
        file = out / f"{number}.{ending}"
        file.write_bytes(content)
        said.append(str(file))
    return f"\n原件　{'　'.join(said)}"


def verified(url: str | None, what: str) -> tuple[str, bool]:
    """Whether a number, a short code or a file is what the record says."""
    with _desk(url) as desk:
        if (file := Path(what)).is_file():
            return _file(desk, file)
        try:
            if what.strip().endswith("号"):
                one = desk.papers.of(what)
                desk.papers.bytes_of(what)
                return f"✓ {one.number} 的原件与记录相符\n{_line(one)}", True
            found = desk.papers.find(what)
        except NotFoundError as error:
            return f"✗ {error}", False
    entry = found.entry
    lines = [f"✓ 核对码相符：第 {entry.position} 条记录　{entry.type}　{entry.at:%Y-%m-%d %H:%M}　{entry.name}"]
    return "\n".join([*lines, *map(_line, found.papers)]), True


def _file(desk: Desk, file: Path) -> tuple[str, bool]:
    content = file.read_bytes()
    if (one := desk.papers.holding(content)) is not None:
        return f"✓ {file.name} 与印发的原件逐字节相同\n{_line(one)}", True
    return f"✗ {file.name} 不是本记录印发的原件（SM3 {sm3(content)}）；改动过的文件也不相同", False


def fonts() -> str:
    """Where the faces are, and which official ones a DOCX asks for."""
    here = faces()
    lines = [f"PDF 字体在 {here.folder}"]
    lines += [f"　{OFFICIAL[face][0]} → {file}" for face, file in FILES.items()]
    lines.append(f"　生僻字 → {here.rare or '没有；装 zhishou[plots] 或不用'}")
    lines.append(
        "DOCX 用上面左边的官方字体；没有的机器依次用：" + "；".join("、".join(one[1:]) for one in OFFICIAL.values())
    )
    return "\n".join(lines)
