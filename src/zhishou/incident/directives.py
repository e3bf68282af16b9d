"""Directives: orders in writing that each of those addressed must acknowledge."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from zhishou.acts import Command, Event, Happened, Moment
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, check_clauses, check_names, leading, named, pack_of, staff
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import DutySet, meets
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.state import Directive, Incident
from zhishou.plan.pack import Pack


class IssueDirective(Command):
    """Give an order in writing."""

    name = "issue_directive"
    label = "下达指令"
    plan: str
    text: str
    to: tuple[str, ...]
    clause: tuple[str, ...] = ()
    acknowledge_by: Moment | None = None


class AcknowledgeDirective(Command):
    """Acknowledge a directive for one of those it is addressed to."""

    name = "acknowledge_directive"
    label = "签收指令"
    directive: str
    unit: str
    """As the directive addresses it."""
    note: str = ""


class DirectiveIssued(Event):
    """An order in writing was given."""

    type = "directive_issued"
    label = "指令已下达"
    directive: str
    plan: str
    text: str
    to: tuple[str, ...]
    clause: tuple[str, ...] = ()
    posts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Addressee → the posts that answer for it, where the plan does not know it."""


class DirectiveAcknowledged(Event):
    """One of those addressed has acknowledged."""

    type = "directive_acknowledged"
    label = "指令已签收"
    directive: str
    unit: str
    note: str = ""


def _may_lead(command: IssueDirective, state: Incident, context: Context) -> Permitted:
    return leading(pack_of(state, context, command.plan), state)


def _direct(command: IssueDirective, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    pack = pack_of(state, context, command.plan)
    if not command.text.strip() or not command.to:
        raise RefusedError("没有写指令内容或收件单位", where="指令", mend="写明内容和单位", code="missing")
    if command.acknowledge_by is not None and command.acknowledge_by <= context.at:
        raise RefusedError("签收时限已经过去", where="指令", mend="改正时限", code="missing")
    check_names(pack, command.to)
    check_clauses(pack, command.clause)
    id_ = state.next_id("d", state.directives)
    issued = DirectiveIssued(
        directive=id_, plan=pack.id, text=command.text, to=tuple(dict.fromkeys(command.to)), clause=command.clause
    )
    if command.acknowledge_by is None:
        return (issued,)
    duty = DutySet(
        duty=f"directive/{id_}", kind="directive", what=f"签收指令：{command.text}", plan=pack.id, digest=pack.digest,
        clause=command.clause, by=issued.to, since=context.at, due=command.acknowledge_by, incoming=True,
    )  # fmt: skip
    return (issued, duty)


def _directive(state: Incident, id_: str) -> Directive:
    found = state.directives.get(id_)
    if found is None:
        raise RefusedError(
            f"没有“{id_}”这份指令", where="指令", mend=f"现有：{'、'.join(state.directives) or '无'}", code="missing"
        )
    return found


def _may_acknowledge(command: AcknowledgeDirective, state: Incident, context: Context) -> Permitted:
    directive = _directive(state, command.directive)
    pack = pack_of(state, context, directive.plan)
    addressed = [name for name in directive.to if name == command.unit]
    return answering_for(directive, addressed, pack, state) | staff(state, context)


def answering_for(directive: Directive, names: Iterable[str], pack: Pack, state: Incident) -> Permitted:
    """Who may acknowledge for some of those whom a directive addresses."""
    names = tuple(names)
    own = tuple(post for name in names for post in directive.posts.get(name, ()))
    known = named(pack, (name for name in names if name not in directive.posts), state, directive.clause)
    return Permitted(own, (), directive.clause, pack.id) | known


def _acknowledge(command: AcknowledgeDirective, state: Incident, by: By) -> tuple[Event, ...]:
    directive = _directive(state, command.directive)
    if command.unit not in directive.to:
        raise RefusedError(
            f"这份指令没有发给“{command.unit}”",
            where=command.directive,
            mend=f"发给了：{'、'.join(directive.to)}",
            code="missing",
        )
    if command.unit in directive.acknowledged:
        raise RefusedError("这个单位已经签收", where=command.directive, mend="不需要重复签收")
    pack = pack_of(state, by.context, directive.plan)
    if by.post not in answering_for(directive, (command.unit,), pack, state).posts and not command.note.strip():
        raise RefusedError(
            "代单位登记须写明是谁、怎样签收的", where="指令", mend="如：23:40 电话，值班员张三", code="missing"
        )
    acknowledged = DirectiveAcknowledged(directive=command.directive, unit=command.unit, note=command.note)
    last = set(directive.to) - set(directive.acknowledged) == {command.unit}
    duty = f"directive/{command.directive}"
    return (acknowledged, *(meets(state, duty, by.context.at) if last and duty in state.duties else ()))


HANDLERS: Handlers = {
    IssueDirective: Handler(_may_lead, _direct),
    AcknowledgeDirective: Handler(_may_acknowledge, _acknowledge),
}


def _acknowledged(state: Incident, event: DirectiveAcknowledged, happened: Happened) -> Incident:
    if (directive := state.directives.get(event.directive)) is None:
        return state
    changed = replace(directive, acknowledged={**directive.acknowledged, event.unit: signed(happened)})
    return replace(state, directives={**state.directives, event.directive: changed})


FOLDS: Folds = {
    DirectiveIssued: lambda state, event, happened: replace(
        state,
        directives={
            **state.directives,
            event.directive: Directive(
                event.text, event.plan, event.to, event.clause, signed(happened), posts=dict(event.posts)
            ),
        },
    ),
    DirectiveAcknowledged: _acknowledged,
}
