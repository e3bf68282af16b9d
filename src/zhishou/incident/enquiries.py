"""Questions between duty rooms: a superior's is pressed downward, and the answer comes back up.

They stand apart from `reports.py`, where a question that comes in by telephone is written down, because each is one thing on two
incidents: the desk records both ends in one transaction, and gives the commands of the other end by itself.
"""

from __future__ import annotations

from zhishou.acts import Command, Event, Happened
from zhishou.errors import RefusedError
from zhishou.incident.authority import SYSTEM_ALONE, Permitted, staff
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import meets
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.duties import of_enquiry
from zhishou.incident.reports import asked
from zhishou.incident.state import Enquiry, Incident
from zhishou.plan.posts import own_government


class EnquireBelow(Command):
    """Press a duty room below for news, or want something checked by it."""

    name = "enquire_below"
    label = "向下催报核实"
    text: str
    incident: str = ""
    """The incident of the duty room below; empty: the one that was reported from below."""


class TakeQuery(Command):
    """Take in a superior's question as it was asked there. Given by the desk alone."""

    name = "take_query"
    label = "收到上级催报"
    by: str
    text: str
    incident: str
    enquiry: str


class TakeAnswer(Command):
    """Take in the answer of a duty room below. Given by the desk alone."""

    name = "take_answer"
    label = "收到下级答复"
    enquiry: str
    text: str


class EnquirySent(Event):
    """A duty room below was asked."""

    type = "enquiry_sent"
    label = "已向下催报核实"
    enquiry: str
    incident: str
    to: str
    text: str


class EnquiryAnswered(Event):
    """The duty room below has answered."""

    type = "enquiry_answered"
    label = "下级已答复"
    enquiry: str
    by: str
    text: str


def _enquire(command: EnquireBelow, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    if not command.text.strip():
        raise RefusedError("没有写问什么", where="催报核实", mend="写明要报告或核实的内容", code="missing")
    below = command.incident or state.origin
    if not below:
        raise RefusedError(
            "这个事件不是下级报来的，没有写向哪一起下级事件催报",
            where="incident",
            mend="写明下级事件编号",
            code="missing",
        )
    area = below.rsplit("-", 2)[0]
    if area not in context.lexicon.areas or state.area not in context.lexicon.upward(area)[1:]:
        here = context.lexicon.areas[state.area].label
        raise RefusedError(
            f"“{below}”不是{here}以下值班室的事件", where="incident", mend="核对下级事件编号", code="missing"
        )
    id_ = state.next_id("k", state.enquiries)
    to = own_government(context.lexicon, area) or context.lexicon.areas[area].label
    packs = (context.packs[plan] for plan in state.plans if plan in context.packs)
    owed = next(filter(None, (of_enquiry(pack, context, id_, to) for pack in packs)), ())
    return (EnquirySent(enquiry=id_, incident=below, to=to, text=command.text), *owed)


def _take(command: TakeQuery, state: Incident, by: By) -> tuple[Event, ...]:
    return asked(state, by.context, command.by, command.text, incident=command.incident, enquiry=command.enquiry)


def _answered(command: TakeAnswer, state: Incident, by: By) -> tuple[Event, ...]:
    enquiry = state.enquiries.get(command.enquiry)
    if enquiry is None or enquiry.answered is not None:
        return ()
    events: list[Event] = [EnquiryAnswered(enquiry=command.enquiry, by=enquiry.to, text=command.text)]
    for key, duty in state.duties.items():
        if duty.kind == "answer" and duty.incoming and key.endswith(f"/{command.enquiry}/in"):
            events += meets(state, key, by.context.at)
    return tuple(events)


def _desk(_: Command, state: Incident, context: Context) -> Permitted:
    return staff(state, context)


HANDLERS: Handlers = {
    EnquireBelow: Handler(_desk, _enquire),
    TakeQuery: Handler(lambda *_: SYSTEM_ALONE, _take),
    TakeAnswer: Handler(lambda *_: SYSTEM_ALONE, _answered, closed=True),
}


def _sent(state: Incident, event: EnquirySent, happened: Happened) -> Incident:
    enquiry = Enquiry(event.incident, event.to, event.text, happened.at)
    return replace(state, enquiries={**state.enquiries, event.enquiry: enquiry})


def _known(state: Incident, event: EnquiryAnswered, happened: Happened) -> Incident:
    if (enquiry := state.enquiries.get(event.enquiry)) is None:
        return state
    changed = replace(enquiry, answer=event.text, answered=signed(happened))
    return replace(state, enquiries={**state.enquiries, event.enquiry: changed})


FOLDS: Folds = {EnquirySent: _sent, EnquiryAnswered: _known}
