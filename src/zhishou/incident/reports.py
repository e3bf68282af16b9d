"""Reports received, checked, passed on; and the questions of superiors with their answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from zhishou.acts import Command, Event, Happened
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, organisation, staff, units
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import meets, void
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.duties import of_call, of_query, of_report
from zhishou.incident.late_reports import looked_at, to_be_looked_at
from zhishou.incident.named_duty import known_duty, said_by_the_desk
from zhishou.incident.sides import parties
from zhishou.incident.state import Incident, Query, Report, untrue
from zhishou.incident.suppliers import answered_by

Kind = Literal["first", "follow_up", "final", "return"]
How = Literal["phone", "written", "console"]
Sm3 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PHOTOS = 6
"""Photos of one report."""


class ReportGiven(Command):
    """A report as it came in. Part of `open_incident` and `receive_report`."""

    kind: Kind = "first"
    how: How = "phone"
    sender: str
    """Who reports, by any name."""
    text: str = ""
    items: dict[str, str] = Field(default_factory=dict)
    """What the plan demands of a report → what this one says of it."""
    duty: str = ""
    """The duty that this meets, where the desk says so; empty: every duty of the kind that the sender owes."""
    photos: dict[str, Sm3] = Field(default_factory=dict, max_length=PHOTOS)
    """Name of a photo → the SM3 under which its bytes are kept."""


class ReceiveReport(ReportGiven):
    """A report comes in."""

    name = "receive_report"
    label = "接报"


class VerifyReport(Command):
    """A report was checked and is true."""

    name = "verify_report"
    label = "核实属实"
    report: str
    how: str = ""
    """How it was checked."""


class RefuteReport(Command):
    """A report was checked and is not true."""

    name = "refute_report"
    label = "核实不属实"
    report: str
    reason: str


class ForwardReport(Command):
    """Report upward or to others what is known."""

    name = "forward_report"
    label = "上报"
    kind: Kind = "first"
    how: How = "written"
    to: tuple[str, ...]
    """Whom, by the names that the plan uses."""
    text: str = ""
    duty: str = ""
    """The duty that this meets; empty: every open duty of the kind that is owed to those told. One that the text addresses
    to nobody (to reach the families) is met only when it is named."""
    report: str = ""
    """The report passed on, where it is one."""


class ReceiveQuery(Command):
    """A superior presses for news or wants something checked."""

    name = "receive_query"
    label = "接催报核实"
    by: str
    text: str


class AnswerQuery(Command):
    """Answer a superior's question."""

    name = "answer_query"
    label = "答复催报核实"
    query: str
    text: str


class ReportReceived(Event):
    """A report came in."""

    type = "report_received"
    label = "已接报"
    report: str
    kind: str
    how: str
    sender: str
    text: str = ""
    items: dict[str, str] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    photos: dict[str, Sm3] = Field(default_factory=dict)
    """Name of a photo → the SM3 under which its bytes are kept."""


class ReportVerified(Event):
    """A report is true."""

    type = "report_verified"
    label = "报告属实"
    report: str
    how: str = ""


class ReportRefuted(Event):
    """A report is not true."""

    type = "report_refuted"
    label = "报告不属实"
    report: str
    reason: str


class ReportForwarded(Event):
    """It was reported upward."""

    type = "report_forwarded"
    label = "已上报"
    forwarding: str
    kind: str
    how: str
    to: tuple[str, ...]
    text: str = ""
    report: str = ""


class QueryReceived(Event):
    """A superior asked."""

    type = "query_received"
    label = "上级催报核实"
    query: str
    by: str
    text: str
    incident: str = ""
    """The incident of the duty room above that asked; empty where the question came by telephone or on paper."""
    enquiry: str = ""
    """Its number there."""


class QueryAnswered(Event):
    """A superior's question was answered."""

    type = "query_answered"
    label = "已答复"
    query: str
    text: str


def photos(command: Command) -> dict[str, str]:
    """The photos that a command names, in its report or as one."""
    report = command if isinstance(command, ReportGiven) else getattr(command, "report", None)
    return report.photos if isinstance(report, ReportGiven) else {}


def received(report: ReportGiven, state: Incident, by: By) -> tuple[Event, ...]:
    """What a report that comes in brings about: the report, the duties it meets, the duties it leaves owed."""
    context = by.context
    sender = organisation(report.sender, context, state)
    if not report.sender.strip():
        raise RefusedError("没有写由谁报告", where="报告单位", mend="写明报告单位", code="missing")
    known_duty(report.duty, state, incoming=True)
    id_ = state.next_id("r", state.reports)
    packs = [context.packs[plan] for plan in state.plans if plan in context.packs]
    demanded = dict.fromkeys(item for pack in packs for one in pack.reporting.contents for item in one.items)
    missing = tuple(item for item in demanded if not report.items.get(item, "").strip())
    events: list[Event] = [
        ReportReceived(
            report=id_, kind=report.kind, how=report.how, sender=sender, text=report.text, items=report.items,
            missing=missing, photos=report.photos,
        )
    ]  # fmt: skip
    if state.status == "closed":
        return (*events, to_be_looked_at(id_, sender, context))
    kinds = {report.kind} | ({"written"} if report.how != "phone" else set())
    for key, duty in state.duties.items():
        wanted = key == report.duty if report.duty else duty.kind in kinds
        if wanted and duty.incoming and duty.plan in context.packs:
            pack = context.packs[duty.plan]
            owes = sender in parties(pack, duty.by, state)
            if report.duty and not owes:
                said_by_the_desk(key, duty, pack, state, by)
            if owes or report.duty:
                events += meets(state, key, context.at)
    for pack in packs:
        events += of_report(state, pack, context, anew=state.status == "refuted")
        if report.how == "phone" and report.kind == "first":
            events += of_call(state, pack, context, id_, sender=sender)
    return tuple(events)


def _forward(command: ForwardReport, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    if not command.to:
        raise RefusedError("没有写报给谁", where="报送对象", mend="写明报送对象", code="missing")
    if command.report and command.report not in state.reports:
        raise RefusedError(
            f"没有“{command.report}”这份报告",
            where="报告",
            mend=f"现有：{'、'.join(state.reports) or '无'}",
            code="missing",
        )
    known_duty(command.duty, state, incoming=False)
    id_ = f"f{state.version + 1}"
    events: list[Event] = [
        ReportForwarded(
            forwarding=id_, kind=command.kind, how=command.how, to=command.to, text=command.text, report=command.report
        )
    ]
    kinds = {command.kind} | ({"written"} if command.how != "phone" else set())
    for key, duty in state.duties.items():
        wanted = key == command.duty if command.duty else duty.kind in kinds | {"inform", "notification"}
        if wanted and not duty.incoming and duty.plan in context.packs:
            pack = context.packs[duty.plan]
            told = parties(pack, command.to, state)
            reached = tuple(name for name in duty.to if parties(pack, (name,), state) & told)
            if reached or command.duty or (not duty.to and duty.kind in kinds):
                events += meets(state, key, context.at, reached)
    if command.how == "phone" and command.kind == "first":
        for plan in state.plans:
            if plan in context.packs:
                events += of_call(state, context.packs[plan], context, id_, called=command.to)
    return tuple(events)


def _verify(command: VerifyReport, state: Incident, by: By) -> tuple[Event, ...]:
    _unchecked(state, command.report)
    looked = looked_at(state, by.context.at, command.report)
    return (ReportVerified(report=command.report, how=command.how), *looked)


def _refute(command: RefuteReport, state: Incident, by: By) -> tuple[Event, ...]:
    _unchecked(state, command.report)
    if not command.reason.strip():
        raise RefusedError("没有写不属实的依据", where="核实", mend="写明怎样核实、事实如何", code="missing")
    others = (one for id_, one in state.reports.items() if id_ != command.report)
    nothing_left = all(one.status == "refuted" for one in others) and not state.active
    looked = looked_at(state, by.context.at, command.report)
    voided = void(state, state.duties, "核实不属实", by.context.at) if nothing_left and not looked else ()
    return (ReportRefuted(report=command.report, reason=command.reason), *looked, *voided)


def _unchecked(state: Incident, report: str) -> None:
    found = state.reports.get(report)
    if found is None:
        raise RefusedError(
            f"没有“{report}”这份报告", where="报告", mend=f"现有：{'、'.join(state.reports) or '无'}", code="missing"
        )
    if found.status == "refuted":
        raise RefusedError("这份报告已核实为不属实", where=report, mend="有新情况请按新的报告登记")


def _asked(command: ReceiveQuery, state: Incident, by: By) -> tuple[Event, ...]:
    if not command.by.strip() or not command.text.strip():
        raise RefusedError("没有写谁催问或问什么", where="催报核实", mend="写明来源和内容", code="missing")
    return asked(state, by.context, command.by, command.text)


def asked(
    state: Incident, context: Context, by: str, text: str, *, incident: str = "", enquiry: str = ""
) -> tuple[Event, ...]:
    """What a superior's question brings about: the question, and the answer owed.

    Args:
        state: the incident.
        context: the moment.
        by: who asks, by any name.
        text: what.
        incident: the incident of the duty room above from which it comes, where it does.
        enquiry: the question's number there.
    """
    id_ = state.next_id("q", state.queries)
    packs = [context.packs[plan] for plan in state.plans if plan in context.packs]
    asker = organisation(by, context, state)
    owed = next(filter(None, (of_query(state, pack, context, id_, asker) for pack in packs)), ())
    return (QueryReceived(query=id_, by=asker, text=text, incident=incident, enquiry=enquiry), *owed)


def _answer(command: AnswerQuery, state: Incident, by: By) -> tuple[Event, ...]:
    query = state.queries.get(command.query)
    if query is None:
        raise RefusedError(
            f"没有“{command.query}”这项催问", where="催报核实", mend=f"现有：{'、'.join(state.queries) or '无'}",
            code="missing",
        )  # fmt: skip
    if query.answered is not None:
        raise RefusedError("这项催问已经答复", where=command.query, mend="有新情况请用续报")
    if not command.text.strip():
        raise RefusedError("没有写答复内容", where=command.query, mend="写明答复内容", code="missing")
    events: list[Event] = [QueryAnswered(query=command.query, text=command.text)]
    for key, duty in state.duties.items():
        if duty.kind == "answer" and not duty.incoming and key.endswith(f"/{command.query}"):
            events += meets(state, key, by.context.at)
    return tuple(events)


def _may_report(command: ReceiveReport, state: Incident, context: Context) -> Permitted:
    """The desk writes down what it is told; whoever holds the sender's post, or answers for it, may send it himself."""
    sender = organisation(command.sender, context, state)
    own = [
        post for name, posts in answered_by(state).items() if organisation(name, context, state) == sender
        for post in sorted(posts)
    ]  # fmt: skip
    return staff(state, context) | units(state, (sender,)) | Permitted(tuple(own))


def _desk(_: Command, state: Incident, context: Context) -> Permitted:
    return staff(state, context)


HANDLERS: Handlers = {
    ReceiveReport: Handler(_may_report, received, closed=True, merged=False),
    VerifyReport: Handler(_desk, _verify, closed=True, merged=False),
    RefuteReport: Handler(_desk, _refute, closed=True, merged=False),
    ForwardReport: Handler(_desk, _forward),
    ReceiveQuery: Handler(_desk, _asked),
    AnswerQuery: Handler(_desk, _answer, closed=True),
}


def _kept(state: Incident, event: ReportReceived, happened: Happened) -> Incident:
    report = Report(
        event.kind, event.how, event.sender, happened.at, event.text, event.items, event.missing, photos=event.photos,
        post=happened.post if happened.post.startswith(("unit:", "reporter:")) else "",
    )  # fmt: skip
    status = "open" if state.status == "refuted" else state.status
    return replace(state, status=status, reports={**state.reports, event.report: report})


def _checked(state: Incident, id_: str, status: str, reason: str, happened: Happened) -> Incident:
    if (report := state.reports.get(id_)) is None:
        return state
    changed = replace(report, status=status, checked=signed(happened), reason=reason)
    return replace(state, reports={**state.reports, id_: changed})


def _refuted(state: Incident, event: ReportRefuted, happened: Happened) -> Incident:
    found = _checked(state, event.report, "refuted", event.reason, happened)
    alone = untrue(found) and not found.active and found.status == "open"
    return replace(found, status="refuted") if alone else found


def _forwarded(state: Incident, event: ReportForwarded, _: Happened) -> Incident:
    if (report := state.reports.get(event.report)) is None:
        return state
    changed = replace(report, forwarded=(*report.forwarded, *event.to))
    return replace(state, reports={**state.reports, event.report: changed})


def _questioned(state: Incident, event: QueryReceived, happened: Happened) -> Incident:
    query = Query(event.by, event.text, happened.at, incident=event.incident, enquiry=event.enquiry)
    return replace(state, queries={**state.queries, event.query: query})


def _answered(state: Incident, event: QueryAnswered, happened: Happened) -> Incident:
    if (query := state.queries.get(event.query)) is None:
        return state
    changed = replace(query, answer=event.text, answered=signed(happened))
    return replace(state, queries={**state.queries, event.query: changed})


FOLDS: Folds = {
    ReportReceived: _kept,
    ReportVerified: lambda state, event, happened: _checked(state, event.report, "verified", event.how, happened),
    ReportRefuted: _refuted,
    ReportForwarded: _forwarded,
    QueryReceived: _questioned,
    QueryAnswered: _answered,
}
