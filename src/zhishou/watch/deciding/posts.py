"""Decisions about posts: appointed, relieved, delegated in writing. Nobody gives away what is not his."""

from __future__ import annotations

from datetime import datetime

from zhishou.acts import Event
from zhishou.errors import NotFoundError, RefusedError
from zhishou.plan.posts import admin_post, duty_post, reporter_post
from zhishou.watch import commands as c
from zhishou.watch import events as e
from zhishou.watch.authority import delegation
from zhishou.watch.deciding.asking import Asked, needed, spoken
from zhishou.watch.holding import delegated_to, holders, posts_of
from zhishou.watch.state import Appointment, State


def opened(asked: Asked, command: c.OpenDutyRoom) -> tuple[Event, ...]:
    """The room's first administrator, or the next where it has none left."""
    state = asked.state
    needed(地区=command.area, 账号=command.person, 姓名=command.person_name)
    if command.area not in asked.lexicon.areas:
        raise RefusedError(f"没有“{command.area}”这个地区", mend="地区用词库里的编号，例如 jincheng", code="unknown")
    if state.area and command.area != state.area:
        raise RefusedError(
            f"这里是{asked.lexicon.areas[state.area].label}的值班室", mend="另设一个值班室", code="conflict"
        )
    post = admin_post(command.area)
    if kept := [one for one in state.appointments.values() if one.post == post and _to_come(one, asked.at)]:
        names = "、".join(one.name for one in kept)
        raise RefusedError(f"值班室已经设立，系统管理员是{names}", mend="请现任系统管理员任职", code="state")
    room = () if state.area else (e.DutyRoomOpened(area=command.area),)
    number = state.version + len(room) + 1
    return (
        *room,
        e.PostAppointed(
            appointment=f"A{number}", post=post, person=command.person, person_name=command.person_name,
            basis="设立值班室", since=asked.at, until=None,
        ),
    )  # fmt: skip


def _to_come(one: Appointment, at: datetime) -> bool:
    """Whether an appointment holds at a moment or will."""
    return one.until is None or (at < one.until and one.since < one.until)


def appointed(asked: Asked, command: c.AppointToPost) -> tuple[Event, ...]:
    """A person holds a post from now or later."""
    needed(职务=command.post, 账号=command.person, 姓名=command.person_name, 任职依据=command.basis)
    _known(asked, command.post)
    since = _from(command.since, asked.at, "任职")
    if command.until is not None and command.until <= since:
        raise RefusedError(
            f"任职到 {spoken(command.until)} 止，不晚于开始的 {spoken(since)}", mend="请核对起止时间", code="time"
        )
    for one in asked.state.appointments.values():
        apart = (one.until is not None and one.until <= since) or (
            command.until is not None and command.until <= one.since
        )
        if one.person == command.person and one.post == command.post and _to_come(one, asked.at) and not apart:
            end = f"至 {spoken(one.until)}" if one.until else "，未定期限"
            raise RefusedError(
                f"{command.person_name}已任{asked.label(command.post)}（{spoken(one.since)} 起{end}）",
                mend="起止时间不要重叠；要改期限，先免职再任职",
                code="conflict",
            )
    return (
        e.PostAppointed(
            appointment=asked.next_id("A"), post=command.post, person=command.person, person_name=command.person_name,
            basis=command.basis, since=since, until=command.until,
        ),
    )  # fmt: skip


def _from(since: datetime | None, at: datetime, what: str) -> datetime:
    if since is not None and since < at:
        raise RefusedError(
            f"{what}不能从过去的 {spoken(since)} 算起", mend="留空即从现在起；文件上的日期写在依据里", code="time"
        )
    return since or at


def _known(asked: Asked, post: str) -> None:
    """Refuses a key that names no post of this duty room, its area's units and reporters, or a unit of an area below."""
    kind, _, rest = post.partition(":")
    area = asked.state.area
    if kind == "unit" and rest in asked.lexicon.organisations:
        _own_unit(asked, rest)
        return
    if post in {duty_post(area), admin_post(area)} or post in {reporter_post(area, one) for one in asked.reporters}:
        return
    if kind == "reporter" and asked.reporters:
        raise RefusedError(
            f"本地区没有“{post}”这个报送单位",
            mend=f"现有：{'、'.join(reporter_post(area, one) for one in asked.reporters)}",
            code="unknown",
        )
    pack = asked.packs.get(kind)
    if pack is not None and pack.plan.area == area:
        try:
            named = pack.actor(rest)
        except NotFoundError:
            named = None
        if named is not None and named.kind != "unit" and named.id == rest:
            return
    raise RefusedError(
        f"本值班室没有“{post}”这个职务",
        mend="职务写成 预案编号:职务编号、unit:单位编号、duty:本地区、admin:本地区 或 reporter:本地区/报送单位编号",
        code="unknown",
    )


def _own_unit(asked: Asked, id_: str) -> None:
    """Refuses a unit of another area or of one above; a role (事发地……) is of no area and counts where it was given."""
    unit, areas = asked.lexicon.organisations[id_], asked.lexicon.areas
    if unit.area and asked.state.area not in asked.lexicon.upward(unit.area):
        raise RefusedError(
            f"{unit.label}是{areas[unit.area].label}的单位，不由{areas[asked.state.area].label}值班室任职",
            mend=f"请{areas[unit.area].label}或其上级的系统管理员任职",
            code="post",
        )


def relieved(asked: Asked, command: c.RelieveFromPost) -> tuple[Event, ...]:
    """An appointment ends now or later."""
    needed(免职理由=command.reason)
    state, at = asked.state, asked.at
    one = state.appointments.get(command.appointment)
    if one is None:
        raise RefusedError(f"没有编号“{command.appointment}”的任职", mend="请刷新任职清单后再选", code="unknown")
    if not _to_come(one, at):
        raise RefusedError(f"{one.name}的这项任职已经结束", mend="不必再免职", code="state")
    since = _from(command.since, at, "免职")
    if one.until is not None and one.until <= since:
        raise RefusedError(f"这项任职到 {spoken(one.until)} 自行结束", mend="免职时间须早于它", code="time")
    if one.post == duty_post(state.area) and since <= at and one.holds(at) and state.on_watch(one.person):
        raise RefusedError(
            f"{one.name}正在当班，值班不能空岗",
            mend="先交接班；他不能交班的，由接班人写明理由直接开始值班",
            code="state",
        )
    if one.post == admin_post(state.area) and not _others(state, one, since):
        raise RefusedError(f"{one.name}是最后一名系统管理员", mend="先任命另一名系统管理员", code="state")
    return (
        e.PostRelieved(
            appointment=one.id, post=one.post, person=one.person, person_name=one.name, since=since,
            reason=command.reason,
        ),
    )  # fmt: skip


def _others(state: State, one: Appointment, at: datetime) -> bool:
    return any(other.id != one.id and other.until is None for other in holders(state, one.post, at))


def delegated(asked: Asked, command: c.DelegatePosts) -> tuple[Event, ...]:
    """Somebody may act in another's posts for a time."""
    state, at, actor = asked.state, asked.at, asked.actor
    needed(受托人账号=command.person, 受托人姓名=command.person_name, 文号=command.document, 委托理由=command.reason)
    holder = command.holder or actor.person
    since = _from(command.since, at, "委托")
    if command.until <= since:
        raise RefusedError(
            f"委托到 {spoken(command.until)} 止，不晚于开始的 {spoken(since)}", mend="请核对起止时间", code="time"
        )
    if holder == command.person:
        raise RefusedError("不能委托给本人", mend="请改选受托人", code="conflict")
    if not command.posts:
        raise RefusedError("没有写明委托哪些职务", mend="逐项选定职务", code="missing")
    for post in command.posts:
        _delegable(asked, holder, post, since)
    mine = [one for one in state.appointments.values() if one.person == holder]
    return (
        e.PostsDelegated(
            delegation=asked.next_id("D"), holder=holder, holder_name=mine[-1].name, person=command.person,
            person_name=command.person_name, posts=tuple(dict.fromkeys(command.posts)), since=since,
            until=command.until, document=command.document, reason=command.reason, confirmed=holder == actor.person,
            on_shift=asked.on_shift,
        ),
    )  # fmt: skip


def _delegable(asked: Asked, holder: str, post: str, since: datetime) -> None:
    """Refuses a post that its holder may not delegate, or that is not his."""
    state, label = asked.state, asked.label(post)
    if post in {duty_post(state.area), admin_post(state.area)}:
        raise RefusedError(f"{label}不能书面委托", mend="值班用换班或交接班；系统管理员由现任管理员任命", code="post")
    for moment in (asked.at, since):
        if post in posts_of(state, holder, moment):
            continue
        if post in delegated_to(state, holder, moment):
            raise RefusedError(f"{label}是受他人委托的，不能再转委托", mend="请原职务持有人另行委托", code="post")
        raise RefusedError(
            f"委托人在 {spoken(moment)} 不担任{label}，不能委托", mend="请核对职务和起止时间", code="post"
        )


def confirmed(asked: Asked, command: c.ConfirmDelegation) -> tuple[Event, ...]:
    """What the duty officer recorded counts from now on."""
    one = delegation(asked.state, command.delegation)
    if one.confirmed is not None:
        raise RefusedError("这项委托已经确认", mend="不必再确认", code="state")
    if one.revoked is not None or asked.at >= one.until:
        raise RefusedError("这项委托已经撤销或者到期", mend="仍需委托的，另行委托", code="state")
    for post in one.posts:
        _delegable(asked, one.holder, post, max(asked.at, one.since))
    return (e.DelegationConfirmed(delegation=one.id),)


def revoked(asked: Asked, command: c.RevokeDelegation) -> tuple[Event, ...]:
    """A delegation ends now."""
    needed(撤销理由=command.reason)
    one = delegation(asked.state, command.delegation)
    if one.revoked is not None or asked.at >= one.until:
        raise RefusedError("这项委托已经撤销或者到期", mend="不必再撤销", code="state")
    return (e.DelegationRevoked(delegation=one.id, reason=command.reason),)
