"""Decisions about leave: who is away, until when, and who is called instead. It moves no authority and no shift."""

from __future__ import annotations

from zhishou.acts import Event
from zhishou.errors import RefusedError
from zhishou.watch import commands as c
from zhishou.watch import events as e
from zhishou.watch.authority import leave
from zhishou.watch.deciding.asking import Asked, needed, spoken


def away(asked: Asked, command: c.RecordLeave) -> tuple[Event, ...]:
    """Somebody will be away."""
    at, person = asked.at, command.person or asked.actor.person
    name = command.person_name if command.person else asked.actor.name
    needed(请假理由=command.reason, 姓名=name)
    since = command.since or at
    if command.until <= max(since, at):
        raise RefusedError(
            f"请假到 {spoken(command.until)} 止，已经过去或者不晚于开始", mend="请核对起止时间", code="time"
        )
    if command.stand_in == person:
        raise RefusedError("不能由请假的本人代为接听", mend="改选一位代接人，或留空", code="conflict")
    if bool(command.stand_in) != bool(command.stand_in_name):
        raise RefusedError("代接人要写账号和姓名", mend="两项都填，或都留空", code="missing")
    for one in asked.state.leaves.values():
        running = one.taken_back is None and one.until > at
        if running and one.person == person and since < one.until and one.since < command.until:
            raise RefusedError(
                f"{name}已登记 {spoken(one.since)} 至 {spoken(one.until)} 请假",
                mend="要改时间，先销假再登记", code="conflict",
            )  # fmt: skip
    return (
        e.LeaveRecorded(
            leave=asked.next_id("L"), person=person, person_name=name, since=since, until=command.until,
            stand_in=command.stand_in, stand_in_name=command.stand_in_name, reason=command.reason,
        ),
    )  # fmt: skip


def back(asked: Asked, command: c.TakeBackLeave) -> tuple[Event, ...]:
    """He is called again from now on."""
    one = leave(asked.state, command.leave)
    if one.taken_back is not None or asked.at >= one.until:
        raise RefusedError("这次请假已经销假或者到期", mend="不必再销假", code="state")
    return (e.LeaveTakenBack(leave=one.id, reason=command.reason),)
