"""The notice of a warning: what the plan wants in it, by which channels it goes out."""

from __future__ import annotations

from pydantic import Field

from zhishou.acts import Command, Event, Happened
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, named, office, pack_of
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import DutySet, meets
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.level_rules import level_of
from zhishou.incident.state import Active, Incident, Notice
from zhishou.plan.pack import LadderKind, Pack


class PublishNotice(Command):
    """Make the notice of the warning in force public."""

    name = "publish_notice"
    label = "发布预警公告"
    plan: str
    items: dict[str, str] = Field(default_factory=dict)
    """What the plan wants in a notice → what this one says. Level, start and publisher are filled in where left out."""
    channels: tuple[str, ...]
    """By what it goes out: 广播、电视、微信."""


class NoticePublished(Event):
    """The notice of a warning is public."""

    type = "notice_published"
    label = "预警公告已发布"
    plan: str
    level: str
    level_label: str
    items: dict[str, str]
    channels: tuple[str, ...]
    clause: tuple[str, ...] = ()


def of_notice(state: Incident, pack: Pack, kind: LadderKind, context: Context) -> tuple[Event, ...]:
    """The notice that a warning leaves owed, where the plan says what must stand in it."""
    ladder = pack.ladders[kind]
    if kind != "warning" or not ladder.contents or pack.plan.area != context.area:
        return ()
    number = state.levels_had.get(f"{pack.id}|{kind}", 0) + 1
    return (
        DutySet(
            duty=f"{pack.id}/notice/{number}", kind="notice", what=f"发布预警公告，写明{'、'.join(ladder.contents)}",
            plan=pack.id, digest=pack.digest, clause=ladder.contents_clause, by=("office",), since=context.at,
            note="原文没有写明多久",
        ),
    )  # fmt: skip


def _may_publish(command: PublishNotice, state: Incident, context: Context) -> Permitted:
    pack, active = _warning(command, state, context)
    level = level_of(pack, "warning", active.level)
    return office(pack) | named(pack, level.decided_by or ("headquarters",), state, level.decision_clause)


def _warning(command: PublishNotice, state: Incident, context: Context) -> tuple[Pack, Active]:
    pack = pack_of(state, context, command.plan)
    active = state.ladder(pack.id, "warning")
    if active is None:
        raise RefusedError("没有正在生效的预警", where=pack.plan.short, mend="预警决定后再发布公告")
    return pack, active


def _publish(command: PublishNotice, state: Incident, by: By) -> tuple[Event, ...]:
    pack, active = _warning(command, state, by.context)
    ladder = pack.ladders["warning"]
    items = {**_known(pack, active, by.context), **{key: text for key, text in command.items.items() if text.strip()}}
    if missing := [item for item in ladder.contents if item not in items]:
        raise RefusedError(
            f"公告内容还缺：{'、'.join(missing)}", clause=ladder.contents_clause, where=pack.plan.short,
            mend="补齐后发布", code="missing",
        )  # fmt: skip
    if not any(one.strip() for one in command.channels):
        offered = f"，如{'、'.join(ladder.channels)}" if ladder.channels else ""
        raise RefusedError(
            "没有写发布渠道", clause=ladder.contents_clause, where=pack.plan.short, mend=f"写明渠道{offered}",
            code="missing",
        )  # fmt: skip
    published = NoticePublished(
        plan=pack.id, level=active.level, level_label=active.label, items=items, channels=command.channels,
        clause=ladder.contents_clause,
    )  # fmt: skip
    duty = f"{pack.id}/notice/{active.number}"
    return (published, *(meets(state, duty, by.context.at) if duty in state.duties else ()))


def _known(pack: Pack, active: Active, context: Context) -> dict[str, str]:
    """What the record already says: the level, since when it holds, who published it."""
    lexicon, authority = context.lexicon, active.authority
    level = level_of(pack, "warning", active.level)
    publisher = pack.actor((*level.decided_by, "headquarters")[0]).label
    if authority:
        publisher = lexicon.organisations[authority].label if authority in lexicon.organisations else authority
    said = {"预警级别": active.label, "起始时间": f"{active.since:%Y-%m-%d %H:%M}", "发布机关": publisher}
    return {
        item: text for item in pack.ladders["warning"].contents for word, text in said.items() if item.endswith(word)
    }


HANDLERS: Handlers = {PublishNotice: Handler(_may_publish, _publish)}


def _published(state: Incident, event: NoticePublished, happened: Happened) -> Incident:
    notice = Notice(event.plan, event.level, event.items, event.channels, signed(happened))
    return replace(state, notices=(*state.notices, notice))


FOLDS: Folds = {NoticePublished: _published}
