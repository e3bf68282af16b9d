"""Receiving a file and deciding what is held: the two ways in which the register grows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from zhishou.errors import NotFoundError, ZhishouError
from zhishou.supply.returns.checking import Checked, Expected, check
from zhishou.supply.returns.held import ACTIONS, Action, Decision, Held, Key, key
from zhishou.supply.returns.level import KEPT
from zhishou.supply.returns.model import Return, Value
from zhishou.supply.returns.reading.draft import Draft, Reading
from zhishou.supply.returns.register import Entry, Register
from zhishou.supply.returns.roster import Roster

Outcome = Literal["accepted", "held", "whole", "unread", "known"]
"""`accepted`: every figure may be used; `held`: some wait; `whole`: all of it waits; `unread`: the file could not be read;
`known`: received before and still what counts, nothing added."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one file, or of one of the returns in it."""

    name: str
    outcome: Outcome
    entry: Entry | None
    """The entry it made; the one that it repeats for `known`."""


def receive(
    register: Register, reading: Reading, roster: Roster, expected: Expected
) -> tuple[Register, tuple[Received, ...]]:
    """Enter a file into the register. The same file again, or the same content in another file, adds nothing while it counts.

    Args:
        register: as it stands.
        reading: the file as read.
        roster: the system's reporters and objects.
        expected: when it came and which day is due.
    """
    drafts = reading.drafts
    stated = any(draft.reporter and draft.gas_day for draft in drafts)
    again = (stated and _to_be_placed(register, reading)) or _overtaken(register, reading)
    if register.knows(reading.digest) and not again:
        entry = next(one for one in reversed(register.entries) if one.digest == reading.digest)
        return register, (Received(reading.name, "known", entry),)
    if not drafts:
        held = reading.problems
        entry = _numbered(Entry(register.next, expected.at, reading.name, reading.digest, None, held))
        return register.extended((entry,)), (Received(reading.name, "unread", entry),)
    received = []
    for draft in drafts:
        register, one = _draft(register, reading, draft, roster, expected)
        received.append(one)
    return register, tuple(received)


def _to_be_placed(register: Register, reading: Reading) -> bool:
    """Whether a file was received before without its reporter or day being known, or waits whole under others than now."""
    before = [entry for entry in register.entries if entry.digest == reading.digest]
    if all(entry.returned is None for entry in before):
        return True
    there = {(one.returned.reporter, one.returned.gas_day) for one in before if one.returned is not None}
    elsewhere = all((draft.reporter, draft.gas_day) not in there for draft in reading.drafts)
    return elsewhere and all(any(held.whole for held in entry.held) for entry in before)


def _overtaken(register: Register, reading: Reading) -> bool:
    """Whether a file was received before and another came after it: sent again, it is the correction of that one."""
    placed = (register.versions(one.reporter, one.gas_day) for one in reading.drafts if one.reporter and one.gas_day)
    return any(
        versions[-1].digest != reading.digest and any(one.digest == reading.digest for one in versions)
        for versions in placed if versions
    )  # fmt: skip


def _draft(
    register: Register, reading: Reading, draft: Draft, roster: Roster, expected: Expected
) -> tuple[Register, Received]:
    content = _content(draft)
    if draft.reporter and draft.gas_day is not None:
        versions = register.versions(draft.reporter, draft.gas_day)
        sent = [one for one in versions if one.decision is None]
        if sent and sent[-1].content == content:
            return register, Received(reading.name, "known", sent[-1])
        recent = register.recent(draft.reporter, draft.gas_day, KEPT)
        checked = check(draft, roster, recent, expected)
        if versions:
            message = f"该气日已有第 {len(versions)} 版，这一份登记为第 {len(versions) + 1} 版，原版保留"
            if (same := next((index for index, one in enumerate(versions, 1) if one.content == content), 0)) != 0:
                message += f"；内容与第 {same} 版相同，按改回第 {same} 版处理"
            told = Held(
                "new_version", message + ("；报送性质没有写更正" if draft.correction is False else ""), severity="noted"
            )
            checked = replace(checked, noted=(*checked.noted, told))
        returned = Return(
            draft.reporter, draft.gas_day, len(versions) + 1, checked.accepted, expected.at,
            f"{reading.name}（{reading.digest[:12]}）", draft.note,
        )  # fmt: skip
    else:
        checked, returned = check(draft, roster, {}, expected), None
    entry = Entry(
        register.next, expected.at, reading.name, reading.digest, returned, checked.held, checked.noted, content
    )
    entry = _numbered(entry)
    return register.extended((entry,)), Received(reading.name, _outcome(checked), entry)


def _outcome(checked: Checked) -> Outcome:
    if any(one.whole for one in checked.held):
        return "whole"
    return "held" if checked.held else "accepted"


def _content(draft: Draft) -> str:
    said = [
        draft.reporter or draft.reporter_written, str(draft.gas_day or draft.day_written), draft.note,
        sorted((one.item, one.of, str(one.day), str(one.hour), str(one.amount)) for one in draft.values),
        sorted((one.code, one.sheet, one.cell, one.written) for one in draft.problems if one.severity == "held"),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _numbered(entry: Entry) -> Entry:
    """The entry with an id for everything held in it."""
    held = tuple(replace(one, id=f"{entry.number}-{index}") for index, one in enumerate(entry.held, start=1))
    return replace(entry, held=held)


def decide(
    register: Register,
    held: str,
    action: Action,
    *,
    post: str,
    reason: str,
    at: datetime,
    amounts: Mapping[Key, float] | None = None,
) -> Register:
    """Decide one held thing; what follows is a new version of the return, and the old one stays.

    Args:
        register: as it stands.
        held: the id, `17-2`.
        action: `release` uses the figures as written; `replace` uses `amounts` for the figures they name and the rest as
            written; `reject` uses none.
        post: the post that decides, no person's name.
        reason: why.
        at: when.
        amounts: of `replace`, in the items' units.

    Raises:
        NotFoundError: nothing of this id waits.
        ZhishouError: the post or reason is missing, or the action does not fit.
    """
    found = register.find(held)
    if found is None:
        raise NotFoundError(f"没有编号为“{held}”的待核定事项", mend="用 zhishou supply held 查看待核定事项")
    entry, one = found
    if not post.strip() or not reason.strip():
        raise ZhishouError("没有写明决定人的职务或理由", where=held, mend="职务和理由都要记录在案")
    given = dict(amounts or {})
    _fits(one, action, given)
    decision = Decision(held, action, post.strip(), reason.strip(), at, tuple(given.items()))
    source = f"{post}核定 {held}：{ACTIONS[action]}（{reason}）"
    if entry.returned is None:  # a file that could not be placed can only be put aside
        aside = Entry(register.next, at, "", entry.digest, None, decision=decision, content=entry.content)
        return register.extended((aside,))
    rest = tuple(other for other in entry.held if other.id != held)
    waiting = {about for other in rest for about in (*other.about, *map(key, other.values))}
    values = {key(value): value for value in entry.returned.values}
    replaced = {
        about: replace(_value(about, one), amount=amount, place=f"核定 {held}") for about, amount in given.items()
    }
    used = {key(value): value for value in one.values} | replaced if action != "reject" else {}
    if action == "reject":
        rest = tuple(_without(other, one) for other in rest)
        rest = tuple(other for other in rest if other.values or other.about or not _had(other, entry))
    rest = tuple(_with(other, replaced) for other in rest)
    values |= {about: value for about, value in used.items() if about not in waiting}
    version = Return(
        entry.returned.reporter, entry.returned.gas_day, entry.returned.version + 1, tuple(values.values()), at, source,
        entry.returned.note,
    )  # fmt: skip
    decided = Entry(register.next, at, "", entry.digest, version, rest, entry.noted, entry.content, decision)
    return register.extended((decided,))


def _fits(one: Held, action: Action, given: Mapping[Key, float]) -> None:
    """Refuse an action that cannot be carried out."""
    known = {*one.about, *map(key, one.values)}
    if action == "release" and not one.values:
        mend = (
            "用 replace 给出核实后的数，或用 reject 不用"
            if one.about
            else "核实后用 --reporter、--day 重新导入，或用 reject"
        )
        raise ZhishouError("没有可以照用的数", where=one.id, mend=mend)
    if action == "release" and one.code == "twice":
        raise ZhishouError("同一项有两个数，不知照用哪一个", where=one.id, mend="用 replace 给出核实后的数")
    if action == "replace" and not given:
        raise ZhishouError("没有给出改用的数", where=one.id, mend="写出核实后的数")
    if action != "replace" and given:
        raise ZhishouError("只有 replace 才能给数", where=one.id, mend="改用 replace，或不写数")
    if unknown := set(given) - known:
        raise ZhishouError(f"这一事项里没有 {unknown}", where=one.id, mend="只能改这一事项里的数")
    if any(amount < 0 or amount != amount for amount in given.values()):  # noqa: PLR0124 - nan is not itself
        raise ZhishouError("改用的数不能为负", where=one.id, mend="填不小于 0 的数")


def _value(about: Key, one: Held) -> Value:
    """The figure of a key, as read or newly made."""
    found = next((value for value in one.values if key(value) == about), None)
    if found is not None:
        return found
    item, of, day, hour = about
    assert day is not None  # noqa: S101 - what a return is about always has a day
    return Value(item, of, day, 0.0, hour)


def _without(other: Held, rejected: Held) -> Held:
    """Another held thing without the figures that were rejected: they wait no more."""
    gone = {*rejected.about, *map(key, rejected.values)}
    return replace(
        other,
        about=tuple(about for about in other.about if about not in gone),
        values=tuple(value for value in other.values if key(value) not in gone),
    )


def _had(other: Held, entry: Entry) -> bool:
    """Whether a held thing named figures before some were rejected; one that never did still waits."""
    before = next(one for one in entry.held if one.id == other.id)
    return bool(before.values or before.about)


def _with(other: Held, replaced: Mapping[Key, Value]) -> Held:
    """Another held thing with the figures that replace its own."""
    return replace(other, values=tuple(replaced.get(key(value), value) for value in other.values))
