"""What becomes of a command given to the duty room: the events it causes, or the reason why it may not be done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from zhishou.acts import Actor, Command, Event
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import Pack
from zhishou.watch import commands as c
from zhishou.watch.authority import acting_post
from zhishou.watch.deciding import keeping, leaves, posts, shifts
from zhishou.watch.deciding.asking import Asked
from zhishou.watch.state import State

Decider = Callable[[Asked, Any], tuple[Event, ...]]


def decide(
    state: State,
    command: Command,
    actor: Actor,
    at: datetime,
    packs: Mapping[str, Pack],
    lexicon: Lexicon,
    *,
    reporters: Collection[str] = (),
) -> tuple[Event, ...]:
    """The events that a command causes.

    Args:
        state: the duty room as it stands.
        command: what is wanted.
        actor: who wants it; `holding.actor` gives him his posts at the moment.
        at: the moment, in Asia/Shanghai.
        packs: the plans of the duty room's area, by id.
        lexicon: areas and organisations.
        reporters: ids of those who send returns to the room's area; none where it has no supply system.

    Raises:
        RefusedError: he has no authority, or things do not stand so; it says what to do instead.
    """
    acting_post(state, command, actor, at, packs)
    return _DECIDERS[type(command)](Asked(state, actor, at, packs, lexicon, reporters), command)


_DECIDERS: Mapping[type[Command], Decider] = {
    c.OpenDutyRoom: posts.opened,
    c.AppointToPost: posts.appointed,
    c.RelieveFromPost: posts.relieved,
    c.DelegatePosts: posts.delegated,
    c.ConfirmDelegation: posts.confirmed,
    c.RevokeDelegation: posts.revoked,
    c.RecordLeave: leaves.away,
    c.TakeBackLeave: leaves.back,
    c.PlanShifts: shifts.planned,
    c.CancelShift: shifts.cancelled,
    c.ProposeReplacement: shifts.requested,
    c.AgreeReplacement: shifts.agreed,
    c.DeclineReplacement: shifts.declined,
    c.BeginShift: shifts.begun,
    c.OfferShiftHandover: shifts.offered,
    c.ReturnShiftHandover: shifts.returned,
    c.AcceptShiftHandover: shifts.accepted,
    c.WriteLog: keeping.written,
    c.RecordDrill: keeping.drilled,
    c.RecordUpkeep: keeping.kept,
    c.StrikeRecord: keeping.struck,
}
