"""Commands given to incidents: decided, recorded, passed up where they are reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zhishou.acts import Actor, Command
from zhishou.desk.keeping import Change, Given, Keeping
from zhishou.desk.kinds import INCIDENT_STREAMS, incident_stream
from zhishou.desk.moments import not_ahead, not_long_past
from zhishou.desk.passing import answered_up, merged, parted, passed_up, pressed_down
from zhishou.desk.streams import Signature, append, digest
from zhishou.desk.turns import Turn
from zhishou.errors import NotFoundError, RefusedError, StaleError
from zhishou.incident.authority import post_of
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Decision
from zhishou.incident.enquiries import EnquireBelow
from zhishou.incident.facts import CorrectFact, StateFacts
from zhishou.incident.filing import FileAssessment
from zhishou.incident.index import decide, permitted
from zhishou.incident.merging import MergeIncident, UnmergeIncident
from zhishou.incident.moments import DECISIONS, held_then, not_before
from zhishou.incident.opening import ActedByDelegation, AddNote, AttachPlan, OpenIncident
from zhishou.incident.reports import AnswerQuery, ForwardReport
from zhishou.incident.state import Incident
from zhishou.plan.posts import post_label
from zhishou.projections import STANDING

_STANDING_COMMANDS = (StateFacts, CorrectFact, AddNote, FileAssessment, AttachPlan)


@dataclass(frozen=True, slots=True)
class Order:
    """A command on its way."""

    command: Command
    actor: Actor
    key: str
    at: datetime
    recorded: datetime
    machine: str
    incident: str = ""
    """Empty for one that opens an incident."""
    area: str = ""
    """The duty room's area, where it opens one."""
    expected: int | None = None
    """The version that the giver has seen; None where it does not matter to him."""

    then: Actor | None = None
    """Its giver with the posts he held at `at`, where that is dated back."""

    @property
    def signature(self) -> Signature:
        """Its key, and what it says as a digest."""
        said = digest(self.command, self.incident or f"new/{self.area}", self.actor)
        return Signature(self.key, self.machine, said, self.recorded)


def give(keeping: Keeping, one: Order) -> Given:
    """Carry a command out, once.

    Raises:
        RefusedError, FactsError: it may not be carried out.
        StaleError: somebody else wrote after `expected`.
        RepeatedKeyError: the key was used for another command.
    """
    if not one.incident:  # the next takes the next number, once this one is on record
        return keeping.turns.take(f"new/{one.area}", lambda: _done_before(keeping, one) or _once(keeping, one, Turn()))

    def once(turn: Turn[Incident]) -> Given:
        return _once(keeping, one, turn)

    return keeping.turns.follow(
        incident_stream(one.incident),
        once,
        done=lambda: _done_before(keeping, one),
        tied=one.expected is not None,
    )


def _done_before(keeping: Keeping, one: Order) -> Given | None:
    if not keeping.journal.of_command(one.key):
        return None
    # The record tells whether the content is the same.
    found = append(keeping.journal, (), one.signature, one.actor, "")
    entries = [entry for entry in found.entries if entry.stream.startswith(INCIDENT_STREAMS)]
    id_ = one.incident or entries[0].stream.removeprefix(INCIDENT_STREAMS)
    return Given(id_, keeping.get(id_).version, tuple(map(keeping.states.happened, entries)), repeated=True)


def _once(keeping: Keeping, one: Order, turn: Turn[Incident]) -> Given:
    opening = isinstance(one.command, OpenIncident)
    id_ = new_id(keeping, one.area, one.at) if opening else one.incident
    area = one.area if opening else area_of(keeping, id_)
    state, context = keeping.seen(id_, area, one.at, turn.ahead)
    if not opening and not state.version:
        raise NotFoundError(f"没有“{id_}”这个事件", mend="核对事件编号")
    if one.expected is not None and state.version != one.expected:
        _permitted(one, state, context)
        raise StaleError(incident_stream(id_), one.expected, state.version)
    if id_.startswith(STANDING) and not isinstance(one.command, _STANDING_COMMANDS):
        raise RefusedError("常态要素不能这样办理", where=id_, mend="先登记事件")
    not_ahead(one.at, one.recorded)
    decision = decide(state, one.command, one.actor, context)
    if one.at < one.recorded:  # dated back by whoever gives it
        if opening or id_.startswith(STANDING):
            not_long_past(one.at, one.recorded, keeping.rules.back)
        else:
            not_before(one.command, state, one.at)
            if one.then is not None:
                decision = _held_then(one, one.then, decision, state, context)
    events = decision.events
    if decision.delegation:
        events = (*events, ActedByDelegation(post=decision.post, delegation=decision.delegation))
    change = Change(state, events, By(one.actor, decision.post, context))
    if isinstance(one.command, ForwardReport):
        changes = passed_up(one.command, change, keeping, lambda above, at: new_id(keeping, above, at))
    else:
        changes = _together(one.command, change, keeping)
    given = keeping.record(changes, one.signature, turn)
    # Another server was first with the same key: what it opened has a number of its own.
    return (_done_before(keeping, one) or given) if given.repeated else given


def _held_then(one: Order, then: Actor, decision: Decision, state: Incident, context: Context) -> Decision:
    """A decision dated back, in the post that its giver held then and as he held it: a deputy who is commander since decided as deputy.

    Raises:
        RefusedError: it was not his to decide then.
    """
    if not isinstance(one.command, DECISIONS):
        return decision
    try:
        return decide(state, one.command, then, context)
    except RefusedError:
        label = post_label(decision.post, context.packs, context.lexicon)
        held_then(one.command, decision.post, then, label, one.at)
        return decision


def _permitted(one: Order, state: Incident, context: Context) -> None:
    """Who may not is told so before he is told that others wrote; what is gone meanwhile was overtaken.

    Raises:
        RefusedError: it is not within his posts.
    """
    try:
        post_of(one.actor, permitted(one.command, state, context), one.command.label, context)
    except RefusedError as error:
        if error.code == "post":
            raise


def _together(command: Command, change: Change, keeping: Keeping) -> tuple[Change, ...]:
    """The change, and what it brings about on another incident in the same transaction."""
    match command:
        case MergeIncident():
            return merged(command, change, keeping)
        case UnmergeIncident():
            return parted(change, keeping)
        case EnquireBelow():
            return pressed_down(command, change, keeping)
        case AnswerQuery():
            return answered_up(command, change, keeping)
        case _:
            return (change,)


def area_of(keeping: Keeping, id_: str) -> str:
    """The area of the duty room that has an incident, or whose standing file it is.

    Raises:
        NotFoundError: there is no such incident.
    """
    area = id_.removeprefix(STANDING) if id_.startswith(STANDING) else id_.rsplit("-", 2)[0]
    if area not in keeping.library.lexicon.areas:
        raise NotFoundError(f"没有“{id_}”这个事件", mend="核对事件编号")
    return area


def new_id(keeping: Keeping, area: str, at: datetime) -> str:
    """The next number of the year; whoever loses a race for it is decided anew and takes the next.

    Numbers have no holes, so the last one is found by doubling and halving from one that is known to be taken.
    """
    prefix = f"{area}-{at.year}-"

    def taken(number: int) -> bool:
        return bool(keeping.journal.version(incident_stream(f"{prefix}{number:04d}")))

    number, step = keeping.numbers.get(prefix, 0), 1
    while taken(number + step):
        number, step = number + step, step * 2
    while step > 1:
        step //= 2
        if taken(number + step):
            number += step
    keeping.numbers[prefix] = number
    return f"{prefix}{number + 1:04d}"
