"""Which lines may be used and which wait for a person; pure, so that every source of lines is judged alike.

Held are: a number for two units, several numbers for one unit, another city's area code, what is no number, and whose it is
if nobody can tell. What is in the book already stays in use whatever comes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from zhishou.callout.book import numbers
from zhishou.callout.book.lines import CODES, Code, Entry, HeldLine, Kept, Key, Line, sort_of
from zhishou.errors import NotFoundError
from zhishou.plan.load import Library
from zhishou.plan.posts import duty_post, plan_post, post_label, unit_post

_ASIDE = re.compile(r"[（(][^（）()]*[）)]$")
_ORDER: tuple[Code, ...] = tuple(CODES)


@dataclass(frozen=True)
class Known:
    """Whom lines can be about.

    Args:
        library: plans and lexicon.
        area: the duty room's area, from which names are understood.
        accounts: account id → name.
        channels: name → kind of the deployment's channels; None where nobody can tell.
    """

    library: Library
    area: str
    accounts: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] | None = None

    def holder(self, line: Line) -> tuple[str, Code | None]:
        """The key of the holder, and why there is none."""
        if line.holder:
            return line.holder, None
        if line.account:
            return (line.account, None) if line.account in self.accounts else ("", "no_account")
        who = line.who.strip()
        for name in dict.fromkeys((who, _ASIDE.sub("", who))):
            found = self.library.lexicon.organisation(name, self.area)
            if found is not None and self.library.lexicon.organisations[found].kind != "role":
                return unit_post(found), None
        found_post = self._posts().get(who.replace(" ", "").replace("　", ""))
        return (found_post, None) if found_post else ("", "no_holder")

    def _posts(self) -> dict[str, str]:
        packs, lexicon = self.library.packs, self.library.lexicon
        within = [
            area for area in lexicon.areas if self.area in lexicon.upward(area) and not lexicon.areas[area].superior
        ]
        keys = [duty_post(area) for area in within]
        for pack in packs.values():
            if pack.plan.area in within:
                keys += [plan_post(pack.id, post.id) for post in pack.organisation.posts]
                keys += [
                    plan_post(pack.id, id_) for id_ in ("headquarters", "office") if _has(self.library, pack.id, id_)
                ]
        named = {post_label(key, packs, lexicon).replace(" ", ""): key for key in keys}
        return {**named, "值班员": duty_post(self.area), "值班室": duty_post(self.area), **{key: key for key in keys}}

    def home(self, holder: str) -> str:
        """The area code of a holder's numbers."""
        lexicon = self.library.lexicon
        kind, _, rest = holder.partition(":")
        area = self.area
        if kind == "unit" and rest in lexicon.organisations:
            area = lexicon.organisations[rest].area or area
        elif kind == "duty" and rest in lexicon.areas:
            area = rest
        elif kind in self.library.packs:
            area = self.library.packs[kind].plan.area
        return lexicon.areas[area].dialling_code

    def label(self, holder: str) -> str:
        """What a holder is called."""
        if ":" in holder:
            return post_label(holder, self.library.packs, self.library.lexicon)
        return self.accounts.get(holder, holder)


def _has(library: Library, pack: str, id_: str) -> bool:
    try:
        library.packs[pack].actor(id_)
    except NotFoundError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of lines."""

    entries: tuple[Entry, ...]
    """May be used."""
    held: tuple[HeldLine, ...]
    unchanged: tuple[Entry, ...] = ()
    """In the book already."""


def read(line: Line, known: Known, mark: Callable[[str, str], str]) -> Entry | HeldLine:
    """What one line says.

    Args:
        line: as written.
        known: whom it can be about.
        mark: of a value within its sort.
    """
    if line.error:
        return HeldLine(line, "broken", line.error, "改正单元格后重新导入，或在核定时写明号码")
    if line.channel and known.channels is not None:
        if line.channel not in known.channels:
            mend = f"可用：{'、'.join(known.channels) or '还没有接入通道'}；只有一个同类通道时不必写"
            return HeldLine(line, "no_channel", f"没有叫“{line.channel}”的通道", mend)
        if known.channels[line.channel] != line.kind:  # the row's other columns go by the first of their kind
            line = replace(line, channel="")
    holder, wrong = known.holder(line)
    if wrong == "no_account":
        return HeldLine(line, wrong, f"没有“{line.account}”这个账户", "核对账户编号，或先建账户")
    try:
        value = _value(line, known.home(holder))
    except numbers.MalformedError as error:
        return HeldLine(line, "malformed", error.message, error.mend)
    if wrong is not None:
        return HeldLine(line, wrong, "词库和预案里没有这个单位或职务", "写预案里的名称，或在核定时指明是谁")
    return Entry(line, holder, value, mark(value, sort_of(line.kind)))


def _value(line: Line, home: str) -> str:
    if line.kind == "mail":
        return numbers.mail(line.written)
    if line.kind in {"sms", "voice"}:
        found = numbers.phone(line.written, home)
        if line.kind == "sms" and found.sort != "mobile":
            raise numbers.MalformedError("短信要发到手机，这是固定电话", mend="填到电话一栏，或核对号码")
        return found.text
    plain = line.written.strip()
    if not plain or any(sign.isspace() for sign in plain):
        raise numbers.MalformedError("地址里不能有空格", mend="填成员账号、手机号或 all")
    return {"@all": "all", "所有人": "all"}.get(plain, plain)


def check(lines: Iterable[Line], kept: Collection[Kept], known: Known, mark: Callable[[str, str], str]) -> Checked:
    """Which lines may be used; every line is in exactly one part of the answer, a line given twice once.

    Args:
        lines: as written.
        kept: what is in use.
        known: whom lines can be about.
        mark: of a value within its sort.
    """
    held: list[HeldLine] = []
    entries: dict[Key, Entry] = {}
    for line in lines:
        found = read(line, known, mark)
        if isinstance(found, HeldLine):
            held.append(found)
        else:
            entries.setdefault(found.key, found)
    there = {one.key for one in kept}
    unchanged = tuple(one for one in entries.values() if one.key in there)
    new = [one for one in entries.values() if one.key not in there]
    conflicts = _conflicts(new, [*unchanged], kept, known)
    held += conflicts
    waiting = {one.entry.key for one in conflicts if one.entry is not None}
    return Checked(tuple(one for one in new if one.key not in waiting), tuple(held), unchanged)


def _conflicts(new: list[Entry], old: list[Entry], kept: Collection[Kept], known: Known) -> list[HeldLine]:
    owners: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    slots: dict[Key, dict[str, int]] = defaultdict(dict)
    for one in kept:
        owners[sort_of(one.kind), one.mark].add((one.holder, one.name))
        slots[one.slot][one.mark] = one.rank
    for entry in (*old, *new):
        owners[sort_of(entry.line.kind), entry.mark].add((entry.holder, entry.line.name))
        slots[entry.slot][entry.mark] = entry.line.rank
    found = []
    for entry in new:
        reasons = dict(_reasons(entry, owners, slots[entry.slot], known))
        if reasons:
            code = min(reasons, key=_ORDER.index)
            message = "；".join(reasons[one][0] for one in sorted(reasons, key=_ORDER.index))
            found.append(HeldLine(entry.line, code, message, reasons[code][1], entry))
    return found


def _reasons(
    entry: Entry, owners: Mapping[tuple[str, str], set[tuple[str, str]]], slot: Mapping[str, int], known: Known
) -> Iterable[tuple[Code, tuple[str, str]]]:
    line = entry.line
    home = known.home(entry.holder)
    if line.kind == "voice" and entry.value.startswith("0") and entry.value.partition("-")[0] != home:
        code = entry.value.partition("-")[0]
        yield "area_code", (f"区号是 {code}，而该单位所在地是 {home}", "核对区号；确是外地号码的照用")
    if sort_of(line.kind) in {"phone", "mail"}:
        others = {
            holder
            for holder, name in owners[sort_of(line.kind), entry.mark]
            if holder != entry.holder and not _same_person(entry, holder, name)
        }
        if others:
            names = "、".join(sorted(map(known.label, others)))
            yield "shared", (f"同一号码也给了{names}", "向两家核实；确是共用的分别照用")
    if len(slot) > 1 and len({rank for rank in slot.values() if rank}) < len(slot):
        many = f"同一栏有 {len(slot)} 个不同的号码，没有写次序"
        yield "several", (many, "写明次序后照用，或改用其中一个")


def _same_person(entry: Entry, holder: str, name: str) -> bool:
    """Whether the other is the account of the very person who stands in a unit's list, or the other way about."""
    of_an_account = ":" not in holder or ":" not in entry.holder
    return of_an_account and bool(name) and name == entry.line.name


def corrected(held: Line, *, value: str = "", who: str = "", account: str = "") -> Line:
    """A held line with what a person has put right."""
    line = replace(held, error="" if value else held.error, written=value or held.written)
    return replace(line, who=who or line.who, account=account, holder="") if who or account else line
