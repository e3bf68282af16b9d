"""Whether something can have happened when somebody says it did: not before its incident, no answer before its question.

It stands apart from the commands because all of them are asked alike, and only for a moment that somebody dated back himself: what
the clock dates is taken as the clock has it, so that nobody is locked out where it was set back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from zhishou.acts import Actor, Command
from zhishou.errors import RefusedError
from zhishou.incident.aftermath import CloseIncident, FileReview
from zhishou.incident.checklists import CheckStep
from zhishou.incident.command import AppointUnit, DissolveOnScene, HandOverCommand, TakeBackCommand
from zhishou.incident.cutting import AdjustCutList, RestoreGas, SendCutList, SignCutList
from zhishou.incident.directives import AcknowledgeDirective
from zhishou.incident.facts import GiveJudgement, WithdrawJudgement
from zhishou.incident.levels import DecideLevel, DecideProposal, EndLevel
from zhishou.incident.measures import IssueMeasure
from zhishou.incident.merging import MergeIncident
from zhishou.incident.notices import PublishNotice
from zhishou.incident.proposals import ApproveProposal, RefuseProposal, WithdrawProposal
from zhishou.incident.recording import RecordApproval, RecordDecision
from zhishou.incident.reports import AnswerQuery, ForwardReport, RefuteReport, VerifyReport
from zhishou.incident.state import Incident, Signed
from zhishou.incident.tasks import AcceptTask, CancelTask, FinishTask, RefuseTask

DECISIONS = (
    ApproveProposal, DecideProposal, RefuseProposal, DecideLevel, EndLevel, HandOverCommand, TakeBackCommand, AppointUnit,
    GiveJudgement, WithdrawJudgement, SignCutList,
)  # fmt: skip
"""Acts that are their giver's own decision, and nothing that is merely written down: for these he must have held the post then."""

Before = tuple[str, datetime]
"""What came first, and when."""


def not_before(command: Command, state: Incident, at: datetime) -> None:
    """Refuse a moment before the incident was opened, or before what the command is about had happened.

    Args:
        command: what is given.
        state: the incident, as it stands.
        at: when it is said to have happened.

    Raises:
        RefusedError: with what came first, and when.
    """
    came = [*_opened(state), *(of(command, state) if (of := _BEFORE.get(type(command))) is not None else ())]
    first = max((one for one in came if at < one[1]), key=lambda one: one[1], default=None)
    if first is not None:
        what, when = first
        raise RefusedError(
            f"“{command.label}”的时间 {at:%Y-%m-%d %H:%M} 在{what}（{when:%Y-%m-%d %H:%M}）之前", where="时间",
            mend="改正时间；刚刚发生的不用写", code="missing",
        )  # fmt: skip


def held_then(command: Command, post: str, then: Actor, label: str, at: datetime) -> None:
    """Refuse a decision dated back to before its giver held the post in which he gives it.

    Args:
        command: what is given.
        post: the post in which.
        then: the giver, with the posts he held when it is said to have happened.
        label: what the post is called.
        at: when that was.

    Raises:
        RefusedError: he did not hold it.
    """
    if isinstance(command, DECISIONS) and post not in then.posts and post not in then.delegated:
        raise RefusedError(
            f"“{command.label}”的时间 {at:%Y-%m-%d %H:%M} 您还不担任{label}", where="时间", code="post",
            mend="改正时间；那时作出的决定，由当时任职的人登记，或按有权机关决定登记",
        )  # fmt: skip


def _opened(state: Incident) -> Iterator[Before]:
    if state.opened is not None:
        yield "事件登记", state.opened


def _signed(what: str, *signed: Signed | None) -> Iterator[Before]:
    return ((what, one.at) for one in signed if one is not None)


def _proposal(command: Any, state: Incident) -> Iterator[Before]:
    if (one := state.proposals.get(command.proposal)) is None:
        return
    yield from _signed("提出建议", one.proposed)
    yield from _signed("审批", *one.approvals)
    yield from _signed("会同决定", *one.joined)
    if isinstance(command, DecideProposal):
        yield from _level(one, state)


def _level(of: Any, state: Incident) -> Iterator[Before]:
    """The level in force, or the end of the one that was, of a plan's ladder."""
    key = f"{of.plan}|{of.ladder}"
    if (active := state.active.get(key)) is not None:
        yield f"现行{active.label}的决定", active.since
    if (over := state.ended.get(key)) is not None:
        yield "上次结束、解除", over


def _warning(command: Any, state: Incident) -> Iterator[Before]:
    if (active := state.active.get(f"{command.plan}|warning")) is not None:
        yield f"{active.label}的决定", active.since


def _task(command: Any, state: Incident) -> Iterator[Before]:
    one = state.tasks.get(command.task)
    return _signed("下达任务", one.issued if one else None)


def _directive(command: Any, state: Incident) -> Iterator[Before]:
    one = state.directives.get(command.directive)
    return _signed("下达指令", one.issued if one else None)


def _list(command: Any, state: Incident) -> Iterator[Before]:
    if (one := state.cut_lists.get(command.list)) is None:
        return
    yield from _signed("起草", one.drawn_up)
    yield from _signed("调整", *(change.signed for change in one.adjustments))
    yield from _signed("签发", one.signed)


def _query(command: Any, state: Incident) -> Iterator[Before]:
    if (one := state.queries.get(command.query)) is not None:
        yield "催问", one.at


def _report(command: Any, state: Incident) -> Iterator[Before]:
    if (one := state.reports.get(command.report)) is not None:
        yield "接报", one.at


def _step(command: Any, state: Incident) -> Iterator[Before]:
    one = state.checklists.get(command.checklist)
    return _signed("启用处置要点", one.opened if one else None)


def _scene(_: Any, state: Incident) -> Iterator[Before]:
    if state.on_scene is not None:
        yield "成立现场指挥部", state.on_scene.since


def _judgement(command: Any, state: Incident) -> Iterator[Before]:
    about = (command.plan, command.ladder, command.level)
    return _signed("认定", *(one.signed for one in state.judgements if (one.plan, one.ladder, one.level) == about))


def _review(command: Any, state: Incident) -> Iterator[Before]:
    if (over := state.ended.get(f"{command.plan}|response")) is not None:
        yield "响应结束", over


def _all_over(_: Any, state: Incident) -> Iterator[Before]:
    return (("结束响应、解除预警", over) for over in state.ended.values())


_BEFORE: Mapping[type[Command], Callable[[Any, Incident], Iterable[Before]]] = {
    **dict.fromkeys((ApproveProposal, DecideProposal, RefuseProposal, WithdrawProposal, RecordApproval), _proposal),
    **dict.fromkeys((DecideLevel, RecordDecision, EndLevel, IssueMeasure), _level),
    **dict.fromkeys((AcceptTask, FinishTask, RefuseTask, CancelTask), _task),
    **dict.fromkeys((AdjustCutList, SignCutList, SendCutList, RestoreGas), _list),
    **dict.fromkeys((VerifyReport, RefuteReport, ForwardReport), _report),
    **dict.fromkeys((CloseIncident, MergeIncident), _all_over),
    PublishNotice: _warning,
    AcknowledgeDirective: _directive,
    AnswerQuery: _query,
    CheckStep: _step,
    DissolveOnScene: _scene,
    WithdrawJudgement: _judgement,
    FileReview: _review,
}
