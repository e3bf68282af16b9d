"""Decisions about shifts: the roster, replacements, and the watch that passes only when both have signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from zhishou.acts import Event
from zhishou.errors import RefusedError
from zhishou.watch import commands as c
from zhishou.watch import events as e
from zhishou.watch.authority import offer, replacement, shift
from zhishou.watch.deciding.asking import Asked, needed, spoken
from zhishou.watch.roster import shift_of
from zhishou.watch.signing import memo_digest
from zhishou.watch.state import Shift
from zhishou.watch.words import SHIFT_ROLES

INSTANT = timedelta(microseconds=1)


def planned(asked: Asked, command: c.PlanShifts) -> tuple[Event, ...]:
    """Shifts stand on the roster: all of them or none."""
    if not command.shifts:
        raise RefusedError("值班表是空的", mend="至少排一班", code="missing")
    earliest = min(wish.since for wish in command.shifts)
    before = [one for one in asked.state.shifts.values() if one.until > earliest]
    new: list[Shift] = []
    for number, wish in enumerate(command.shifts, start=1):
        needed(账号=wish.person, 姓名=wish.person_name)
        one = Shift(f"{asked.next_id('S')}-{number}", wish.person, wish.person_name, wish.role, wish.since, wish.until)
        _fits(asked, one, [*before, *new])
        new.append(one)
    return (
        e.ShiftsPlanned(
            shifts=tuple(
                e.PlannedShift(
                    shift=one.id, person=one.person, person_name=one.name, role=one.role, since=one.since,
                    until=one.until,
                )
                for one in new
            )
        ),
    )  # fmt: skip


def _fits(asked: Asked, one: Shift, roster: Iterable[Shift]) -> None:
    """Refuses a shift that cannot be, that somebody else has, or whose person could not keep it."""
    said = f"{SHIFT_ROLES[one.role]} {one.name} {spoken(one.since)} 至 {spoken(one.until)}"
    if one.until <= one.since:
        raise RefusedError(f"{said}：结束不晚于开始", mend="请核对起止时间", code="time")
    if one.until <= asked.at:
        raise RefusedError(f"{said}：已经过去", mend="只排今后的班；已值的班记在值班日志里", code="time")
    for other in roster:
        if other.id == one.id or other.until <= one.since or one.until <= other.since:
            continue
        if other.role == one.role:
            raise RefusedError(
                f"{said}：与{other.name}的{SHIFT_ROLES[other.role]}（{spoken(other.since)} 起）重叠",
                mend="先撤销原来的一班，或改时间",
                code="conflict",
            )
        if other.person == one.person:
            raise RefusedError(f"{said}：同一时间已排{SHIFT_ROLES[other.role]}", mend="请改人或改时间", code="conflict")
    if one.role != "leader":
        _could_keep(asked, one.person, one, said)


def _could_keep(asked: Asked, person: str, one: Shift, said: str) -> None:
    for moment in (max(one.since, asked.at), one.until - INSTANT):
        if not asked.keeps_watch(person, moment):
            raise RefusedError(
                f"{said}：此人 {spoken(moment)} 不是本值班室的值班员", mend="先任职，再排班", code="post"
            )


def cancelled(asked: Asked, command: c.CancelShift) -> tuple[Event, ...]:
    """A shift is off the roster; who keeps the watch stays on it."""
    needed(撤销理由=command.reason)
    one = shift(asked.state, command.shift)
    _not_over(one, asked.at)
    return (e.ShiftCancelled(shift=one.id, reason=command.reason),)


def _not_over(one: Shift, at: datetime) -> None:
    if one.until <= at:
        raise RefusedError(
            f"{one.name} {spoken(one.since)} 的班已经结束", mend="已值的班不改，有出入记入值班日志", code="time"
        )


def _not_begun(one: Shift, at: datetime) -> None:
    if one.since <= at:
        raise RefusedError(
            f"{one.name} {spoken(one.since)} 的班已经开始", mend="已开始的班不换，用交接班交给他人", code="time"
        )


def requested(asked: Asked, command: c.ProposeReplacement) -> tuple[Event, ...]:
    """A colleague is asked to stand a shift."""
    needed(换班人账号=command.person, 换班人姓名=command.person_name, 换班理由=command.reason)
    actor = asked.actor
    _exchangeable(asked, command.shift, command.person, command.person_name, actor.person, command.in_return)
    return (
        e.ReplacementProposed(
            replacement=asked.next_id("R"), shift=command.shift, asked_by=actor.person, asked_by_name=actor.name,
            person=command.person, person_name=command.person_name, in_return=command.in_return, reason=command.reason,
        ),
    )  # fmt: skip


def _exchangeable(asked: Asked, shift_id: str, person: str, name: str, asked_by: str, in_return: str) -> None:
    state = asked.state
    mine = shift(state, shift_id)
    if person == asked_by:
        raise RefusedError("不能与本人换班", mend="请改选换班人", code="conflict")
    if mine.person != asked_by:
        raise RefusedError("这一班已不是申请人的", mend="请刷新值班表后重新申请", code="conflict")
    _not_begun(mine, asked.at)
    theirs = shift(state, in_return) if in_return else None
    if theirs is not None:
        if theirs.person != person:
            raise RefusedError(f"{spoken(theirs.since)} 的班不是{name}的", mend="请改选还班", code="conflict")
        _not_begun(theirs, asked.at)
    for taken, given, by in ((mine, theirs, person), (theirs, mine, asked_by)):
        if taken is None:
            continue
        left = [one for one in state.shifts.values() if one.person == by and one not in {given, taken}]
        new = Shift(taken.id, by, name if by == person else mine.name, taken.role, taken.since, taken.until)
        _fits(asked, new, left)


def agreed(asked: Asked, command: c.AgreeReplacement) -> tuple[Event, ...]:
    """The roster changes, where it still stands as when it was asked."""
    one = replacement(asked.state, command.replacement)
    _exchangeable(asked, one.shift, one.person, one.name, one.asked_by, one.in_return)
    return (e.ReplacementAgreed(replacement=one.id),)


def declined(_asked: Asked, command: c.DeclineReplacement) -> tuple[Event, ...]:
    """The roster stays."""
    needed(理由=command.reason)
    return (e.ReplacementDeclined(replacement=command.replacement, reason=command.reason),)


def begun(asked: Asked, command: c.BeginShift) -> tuple[Event, ...]:
    """The watch is taken without a hand-over: it is the room's first, or the predecessor is absent and it is said why."""
    state, actor = asked.state, asked.actor
    last = state.watch
    if last is not None:
        if last.person == actor.person:
            raise RefusedError(f"{actor.name}已经在当班", mend="不必再开始；要交给他人，请交班签字", code="state")
        if state.offer is not None and state.offer.incoming == actor.person:
            raise RefusedError(
                f"{last.name}已写好交接班记录，正等{actor.name}签字",
                mend="请阅后接班签字；记录有缺漏的，退回",
                code="state",
            )
        if not command.absence:
            raise RefusedError(
                f"{last.name}正在当班，还没有交班",
                mend=f"请{last.name}交班；他不能交班的，写明理由再开始",
                code="missing",
            )
    return (
        e.ShiftBegun(
            person=actor.person, person_name=actor.name, shift=shift_of(state, actor.person, asked.at),
            predecessor=last.person if last else "", predecessor_name=last.name if last else "",
            absence=command.absence if last else "",
        ),
    )  # fmt: skip


def offered(asked: Asked, command: c.OfferShiftHandover) -> tuple[Event, ...]:
    """The watch-keeper signs the memo and stays on watch."""
    state, actor = asked.state, asked.actor
    needed(接班人账号=command.person, 接班人姓名=command.person_name, 交接班记录=command.memo)
    if command.person == actor.person:
        raise RefusedError("不能交班给本人", mend="请改选接班人", code="conflict")
    if state.offer is not None:
        raise RefusedError(
            f"已有一份交接班在等{state.offer.incoming_name}签字", mend="要改内容或改人，先收回原来的", code="state"
        )
    if not asked.keeps_watch(command.person, asked.at):
        raise RefusedError(
            f"{command.person_name}现在不是本值班室的值班员", mend="请系统管理员先任职，或改选接班人", code="post"
        )
    digest = memo_digest(
        state.area, actor.person, command.person, command.memo, command.open_matters, command.due_items
    )
    return (
        e.ShiftHandoverOffered(
            handover=asked.next_id("H"), outgoing=actor.person, outgoing_name=actor.name, incoming=command.person,
            incoming_name=command.person_name, memo=command.memo, open_matters=command.open_matters,
            due_items=command.due_items, digest=digest,
        ),
    )  # fmt: skip


def returned(asked: Asked, command: c.ReturnShiftHandover) -> tuple[Event, ...]:
    """The memo goes back to its writer, who is on watch as before."""
    needed(退回或收回的理由=command.reason)
    one = offer(asked.state)
    by_incoming = asked.actor.person == one.incoming
    return (e.ShiftHandoverReturned(handover=one.id, by_incoming=by_incoming, reason=command.reason),)


def accepted(asked: Asked, command: c.AcceptShiftHandover) -> tuple[Event, ...]:
    """The watch passes."""
    one = offer(asked.state)
    if command.digest != one.digest:
        raise RefusedError("所签的不是现在这份交接班记录", mend="请重新打开，阅后再签", code="conflict")
    return (
        e.ShiftHandoverAccepted(
            handover=one.id, outgoing=one.outgoing, outgoing_name=one.outgoing_name, incoming=one.incoming,
            incoming_name=one.incoming_name, shift=shift_of(asked.state, one.incoming, asked.at), digest=one.digest,
            signed_out=one.signed,
        ),
    )  # fmt: skip
