"""What follows: information released, costs and claims settled, the review filed, lessons drawn, the incident closed."""

from __future__ import annotations

from typing import Literal, get_args

from zhishou.acts import Amount, Command, Event
from zhishou.errors import RefusedError
from zhishou.incident.authority import EVERYBODY, Permitted, named, office, pack_of, staff
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import meets, void
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.state import Incident, Lesson, Release, Settled
from zhishou.incident.tasks import fallen
from zhishou.incident.unsettled import CLOSED, in_hand
from zhishou.plan.aftermath import AftermathDuty

AftermathKind = Literal[
    "settlement", "requisition", "compensation", "insurance", "relief", "inquiry", "recovery", "pollution", "comfort"
]
"""Kinds of `plan.aftermath.AftermathDuty` that are settled by an entry; the assessment is a report of its own."""


class ReleaseInformation(Command):
    """Tell the public."""

    name = "release_information"
    label = "发布信息"
    plan: str
    text: str
    channel: str
    """By what: 新闻发布会、官方微博、电视."""


class SettleAftermath(Command):
    """Enter a cost, an insurance claim, relief, an inquiry; with `duty` it meets what the plan demands."""

    name = "settle_aftermath"
    label = "善后登记"
    plan: str
    kind: AftermathKind
    what: str
    amount: Amount = 0
    """万元."""
    who: str = ""
    duty: str = ""


class FileReview(Command):
    """File the assessment report under a plan."""

    name = "file_review"
    label = "提交评估报告"
    plan: str
    text: str
    """What happened, what worked, what did not."""


class ProposePlanChange(Command):
    """Propose a change of the plan: a lesson of the event."""

    name = "propose_plan_change"
    label = "提出预案修订建议"
    plan: str
    clause: str
    text: str


class CloseIncident(Command):
    """Close the incident."""

    name = "close_incident"
    label = "归档"
    reason: str = ""
    """Needed where something is still owed."""


class InformationReleased(Event):
    """The public was told."""

    type = "information_released"
    label = "信息已发布"
    plan: str
    text: str
    channel: str
    clause: tuple[str, ...] = ()


class AftermathSettled(Event):
    """Something of the aftermath was settled."""

    type = "aftermath_settled"
    label = "善后已登记"
    plan: str
    kind: str
    what: str
    amount: float = 0
    who: str = ""
    clause: tuple[str, ...] = ()


class ReviewFiled(Event):
    """The assessment report was filed."""

    type = "review_filed"
    label = "评估报告已提交"
    plan: str
    text: str
    clause: tuple[str, ...] = ()


class PlanChangeProposed(Event):
    """A change of the plan was proposed."""

    type = "plan_change_proposed"
    label = "预案修订建议已提出"
    plan: str
    clause: str
    text: str


class IncidentClosed(Event):
    """The incident is closed."""

    type = "incident_closed"
    label = "事件已归档"
    reason: str = ""
    left: tuple[str, ...] = ()
    """What was still owed."""


def _may_release(command: ReleaseInformation, state: Incident, context: Context) -> Permitted:
    pack = pack_of(state, context, command.plan)
    rules = pack.aftermath.release
    if not rules:
        return named(pack, ("headquarters",), state)
    return named(
        pack, (who for rule in rules for who in rule.by), state, (one for rule in rules for one in rule.clause)
    )


def _release(command: ReleaseInformation, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    if not command.text.strip() or not command.channel.strip():
        raise RefusedError("没有写发布内容或渠道", where="信息发布", mend="两项都要写明", code="missing")
    clause = tuple(dict.fromkeys(one for rule in pack.aftermath.release for one in rule.clause))
    above = state.commanded_by.get(pack.id)
    if above and all(pack.actor(who).kind == "body" for rule in pack.aftermath.release for who in rule.by):
        raise RefusedError(
            f"指挥权已移交{above}，由负责处置的指挥部发布信息", clause=clause, where=pack.plan.short,
            mend=f"把内容报{above}，由其发布",
        )  # fmt: skip
    return (InformationReleased(plan=pack.id, text=command.text, channel=command.channel, clause=clause),)


def _owed(
    command: SettleAftermath | FileReview, state: Incident, context: Context, kind: str
) -> tuple[AftermathDuty, ...]:
    pack = pack_of(state, context, command.plan)
    return tuple(duty for duty in pack.aftermath.duties if duty.kind == kind)


def _may_settle(command: SettleAftermath, state: Incident, context: Context) -> Permitted:
    pack = pack_of(state, context, command.plan)
    duties = _owed(command, state, context, command.kind)
    who = (one for duty in duties for one in duty.by)
    return named(pack, who, state, (one for duty in duties for one in duty.clause)) | staff(state, context)


def _settle(command: SettleAftermath, state: Incident, by: By) -> tuple[Event, ...]:
    if not command.what.strip() or command.amount < 0:
        raise RefusedError("没有写内容，或金额为负", where="善后", mend="写明内容，金额以万元计", code="missing")
    if command.duty and (command.duty not in state.duties or state.duties[command.duty].kind != command.kind):
        raise RefusedError(f"没有“{command.duty}”这项待办", where="善后", mend="核对待办编号", code="missing")
    duties = _owed(command, state, by.context, command.kind)
    settled = AftermathSettled(
        plan=command.plan, kind=command.kind, what=command.what, amount=command.amount, who=command.who,
        clause=tuple(dict.fromkeys(one for duty in duties for one in duty.clause)),
    )  # fmt: skip
    return (settled, *(meets(state, command.duty, by.context.at) if command.duty else ()))


def _may_review(command: FileReview, state: Incident, context: Context) -> Permitted:
    pack = pack_of(state, context, command.plan)
    duties = _owed(command, state, context, "assessment")
    who = tuple(one for duty in duties for one in duty.by) or ("office",)
    clause = (one for duty in duties for one in duty.clause)
    return named(pack, who, state, clause) | office(pack)


def _review(command: FileReview, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    if (active := state.ladder(pack.id, "response")) is not None:
        raise RefusedError(f"{active.label}还在生效", where=pack.plan.short, mend="响应结束后再提交评估报告")
    if not command.text.strip():
        raise RefusedError("没有写评估内容", where=pack.plan.short, mend="写明经过、做法和教训", code="missing")
    duties = _owed(command, state, by.context, "assessment")
    clause = tuple(dict.fromkeys(one for duty in duties for one in duty.clause))
    met = (
        event
        for key, duty in state.duties.items()
        if duty.kind == "assessment" and duty.plan == pack.id
        for event in meets(state, key, by.context.at)
    )
    return (ReviewFiled(plan=pack.id, text=command.text, clause=clause), *met)


def _lesson(command: ProposePlanChange, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    if command.clause not in pack.ledger.clauses:
        raise RefusedError(
            f"预案没有〔{command.clause}〕这一条", where=pack.plan.short, mend="核对条款号", code="missing"
        )
    if not command.text.strip():
        raise RefusedError("没有写怎样修改", where=pack.plan.short, mend="写明建议改成什么", code="missing")
    return (PlanChangeProposed(plan=pack.id, clause=command.clause, text=command.text),)


def _close(command: CloseIncident, state: Incident, by: By) -> tuple[Event, ...]:
    if state.active:
        labels = "、".join(one.label for one in state.active.values())
        raise RefusedError(f"{labels}还在生效", where="归档", mend="先结束响应、解除预警")
    owed = (
        duty.label for duty in state.duties.values() if duty.status in {"open", "missed"} and duty.kind != "follow_up"
    )
    left = tuple(dict.fromkeys((*in_hand(state), *owed)))
    if left and not command.reason.strip():
        shown = "；".join(left[:5]) + (f"等 {len(left)} 项" if len(left) > 5 else "")
        raise RefusedError(
            f"还有未办结的事项：{shown}", where="归档", mend="办结后归档，或写明带着未办事项归档的理由", code="missing"
        )
    return (
        IncidentClosed(reason=command.reason, left=left),
        *fallen(state, CLOSED),
        *void(state, state.duties, CLOSED, by.context.at),
    )


HANDLERS: Handlers = {
    ReleaseInformation: Handler(_may_release, _release),
    SettleAftermath: Handler(_may_settle, _settle, closed=True),
    FileReview: Handler(_may_review, _review, closed=True),
    ProposePlanChange: Handler(lambda *_: EVERYBODY, _lesson, closed=True),
    CloseIncident: Handler(lambda _, state, context: staff(state, context), _close),
}


FOLDS: Folds = {
    InformationReleased: lambda state, event, happened: replace(
        state, releases=(*state.releases, Release(event.text, event.channel, signed(happened), event.clause))
    ),
    AftermathSettled: lambda state, event, happened: replace(
        state,
        settled=(*state.settled, Settled(event.kind, event.what, event.amount, event.who, signed(happened))),
    ),
    ReviewFiled: lambda state, event, happened: replace(state, reviews={**state.reviews, event.plan: signed(happened)}),
    PlanChangeProposed: lambda state, event, happened: replace(
        state, lessons=(*state.lessons, Lesson(event.plan, event.clause, event.text, signed(happened)))
    ),
    IncidentClosed: lambda state, *_: replace(state, status="closed"),
}

KINDS = get_args(AftermathKind)
