"""Whether the record is whole: every seal, every place, every anchor; it stands alone because a verdict must be easy to follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from zhishou.errors import DamagedError, DatabaseError, ZhishouError
from zhishou.journal.anchors import Anchor
from zhishou.journal.contract import Journal, Progress
from zhishou.journal.seals import Stored, seal

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a verification."""

    good: bool
    entries: int
    """Entries found sound, from the first on."""
    position: int | None
    """The first bad position; None where nothing is wrong, or no single entry is."""
    message: str
    """What was found, one Chinese sentence."""
    seal: str
    """Of the last sound entry."""
    anchors: int
    """Anchors that the record still contains."""


class _BadError(Exception):
    def __init__(self, message: str, position: int | None = None) -> None:
        self.message, self.position = message, position


@dataclass(slots=True)
class _Walk:
    """How far the walk along the chain has come."""

    journal: Journal
    anchors: list[Anchor]
    position: int
    seal: str
    met: int = 0
    command: str = ""
    """Whose entries are being walked along, and since which position."""
    since: int = 1
    commands: int = 0
    """Commands whose entries were walked along."""
    runs: list[tuple[str, int, int]] = field(default_factory=list)
    """Command, first position and number of entries of those that the register has not been asked about yet."""


def verify(journal: Journal, anchors: Sequence[Anchor] = (), progress: Progress = lambda _, __: None) -> Verdict:
    """Read the whole record and check it; memory does not grow with it.

    Found is any entry that was changed, dropped, inserted or moved; with anchors also a tail that was cut, or a record that
    was written anew from some place on. Registers that say otherwise than the entries, and damage that the database itself
    reports, are found too.

    Args:
        journal: the record; somebody may append meanwhile.
        anchors: what was kept outside, in order of position; those of other records are passed over.
        progress: is told entries done, and their number.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    walk = _Walk(journal, [one for one in anchors if one.journal == journal.id], 0, journal.genesis)
    if anchors and not walk.anchors:
        return _bad(walk, None, "锚都是另一份记录的：数据库被换过，或锚拿错了")
    steps: tuple[Callable[[], None], ...] = (
        lambda: _chain(walk, progress), lambda: _end(walk), lambda: _streams(walk), lambda: _commands(walk),
        lambda: _file(journal),
    )  # fmt: skip
    try:
        for step in steps:
            step()
    except DamagedError as error:
        due = walk.position + 1
        return _bad(walk, due, f"读到第 {due} 条时，{error.message}")
    except DatabaseError:
        raise
    except (ZhishouError, TypeError, ValueError) as error:  # something lies where something of another kind belongs
        return _bad(walk, None, f"登记或首行读不出来：{error}")
    except _BadError as bad:
        return _bad(walk, bad.position, bad.message)
    told = f"，与 {walk.met} 个锚相符" if walk.met else "，没有锚可对：末尾若被截去，看不出来"
    if strange := [one.journal for one in anchors if one.journal != journal.id]:
        told += (
            f"；另有 {len(strange)} 个锚属于别的记录（{'、'.join(dict.fromkeys(strange))}），没有对。"
            "不是演练或旧库留下的，就是数据库被换过"
        )
    message = f"{walk.position} 条记录完好{told}"
    return Verdict(good=True, entries=walk.position, position=None, message=message, seal=walk.seal, anchors=walk.met)


def _bad(walk: _Walk, position: int | None, message: str) -> Verdict:
    return Verdict(
        good=False, entries=walk.position, position=position, message=message, seal=walk.seal, anchors=walk.met
    )


def _chain(walk: _Walk, progress: Progress) -> None:
    total = walk.journal.head().position
    progress(0, total)
    _meet(walk)
    while page := walk.journal.stored(walk.position, PAGE):
        for stored in page:
            _link(walk, stored)
            _run(walk, stored.command)
            walk.position, walk.seal = stored.position, stored.seal
            _meet(walk)
        _register(walk)
        progress(walk.position, max(total, walk.position))


def _run(walk: _Walk, command: str) -> None:
    """Note where the entries of one command end and those of the next begin; called before the walk moves on."""
    if command != walk.command:
        if walk.position >= walk.since:
            walk.runs.append((walk.command, walk.since, walk.position + 1 - walk.since))
        walk.command, walk.since = command, walk.position + 1


def _register(walk: _Walk) -> None:
    """Whether the register of commands says of those walked along what the entries say."""
    runs, walk.runs = walk.runs, []
    registered = walk.journal.registered([command for command, _, _ in runs])
    for command, first, count in runs:
        said = registered.get(command)
        if said is None:
            raise _BadError(f"命令的登记缺“{command}”，记录里有它的第 {first} 条；重发时会再办一次", first)
        if (said.first, said.made) != (first, count):
            raise _BadError(
                f"命令的登记与记录不符：“{command}”在记录里是第 {first} 条起 {count} 条，登记的是第 {said.first} 条起 {said.made} 条",
                first,
            )
    walk.commands += len(runs)


def _commands(walk: _Walk) -> None:
    """Whether every line of the register of commands is what was sealed, and none speaks of entries that are not there."""
    _run(walk, "")
    _register(walk)
    after, told = "", 0
    while page := walk.journal.register(after):
        for one in page:
            if not one.sound:
                raise _BadError(f"命令“{one.command}”的登记被改动过")
            told += one.made > 0 and one.first <= walk.position
        after = page[-1].command
    if told != walk.commands:
        raise _BadError(f"命令的登记与记录不符：登记了 {told} 个有记录的命令，记录里是 {walk.commands} 个")


def _link(walk: _Walk, stored: Stored) -> None:
    """Whether an entry follows on the one before, and is what was sealed."""
    due = walk.position + 1
    if stored.position != due:
        raise _BadError(f"缺第 {due} 条：被删去，或后面的被改了位置", due)
    if stored.previous != walk.seal:
        raise _BadError(f"第 {due} 条接不上前一条：它被改动，或它前面有记录被换、被插", due)
    try:
        sound = seal(stored) == stored.seal
    except (TypeError, ValueError, UnicodeError):  # a column holds what was never put there
        sound = False
    if not sound:
        raise _BadError(f"第 {due} 条与它的封印不符：内容被改动过", due)
    if stored.exercise != walk.journal.exercise:
        raise _BadError(f"第 {due} 条的演练标志与整份记录不同", due)


def _meet(walk: _Walk) -> None:
    """Check the anchors that were taken at this position."""
    while walk.anchors and walk.anchors[0].position == walk.position:
        anchor = walk.anchors.pop(0)
        if anchor.seal != walk.seal:
            raise _BadError(
                f"第 {walk.position} 条的封印与锚不同：锚定之后，从这一条或更早处起被重写过", walk.position or None
            )
        walk.met += 1


def _end(walk: _Walk) -> None:
    if walk.anchors:
        last = walk.anchors[-1].position
        raise _BadError(f"锚记到第 {last} 条，现在只有 {walk.position} 条：末尾被截去", walk.position + 1)
    # Somebody may have appended since the last page; then what the head names is there, too.
    head = walk.journal.head()
    if head.position < walk.position or (head.position == walk.position and head.seal != walk.seal):
        raise _BadError(f"首行记的是第 {head.position} 条，与末条（第 {walk.position} 条）不符", walk.position or None)
    if head.position > walk.position and not walk.journal.stored(walk.position, 1):
        raise _BadError(f"首行记到第 {head.position} 条，现在只有 {walk.position} 条：末尾被截去", walk.position + 1)


def _streams(walk: _Walk) -> None:
    """Whether every stream counts from one without holes, in order, and the register of streams says the same."""
    journal = walk.journal
    registered = _registered(journal)
    said = next(registered, None)
    for stream, places in groupby(journal.places(), key=itemgetter(0)):
        before, version = 0, 0
        for _, version_, position in places:
            if version_ != version + 1 or position <= before:
                raise _BadError(f"流“{stream}”第 {version + 1} 条缺失或次序颠倒", position)
            before, version = position, version_
        while said is not None and said[0] < stream:
            _agreed(journal, said[0], 0)
            said = next(registered, None)
        if said != (stream, version):
            _agreed(journal, stream, version)
        if said is not None and said[0] == stream:
            said = next(registered, None)
    while said is not None:
        _agreed(journal, said[0], 0)
        said = next(registered, None)


def _agreed(journal: Journal, stream: str, counted: int) -> None:
    """The register may be ahead of what was counted by what was appended since, and no more."""
    registered = journal.version(stream)
    if not counted <= registered <= counted + len(journal.read(stream, counted)):
        raise _BadError(f"流的登记与记录不符：“{stream}”有 {counted} 条，登记到第 {registered} 条")


def _registered(journal: Journal) -> Iterator[tuple[str, int]]:
    after = ""
    while page := journal.streams(after=after):
        yield from page
        after = page[-1][0]


def _file(journal: Journal) -> None:
    if damage := journal.damage():
        raise _BadError(f"数据库文件损坏：{damage}")
