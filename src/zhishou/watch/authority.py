"""Who may give which command to the duty room, and in which post; it stands alone as the one table of that authority.

Posts are appointed by the administrator; the watch is kept by duty officers; what concerns a person's own posts and
shifts he does himself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhishou.acts import SYSTEM, Actor, Command
from zhishou.errors import RefusedError
from zhishou.plan.pack import Pack
from zhishou.plan.posts import answering, duty_post
from zhishou.watch import commands as c
from zhishou.watch.holding import delegated_to, posts_of
from zhishou.watch.state import Delegation, Done, Leave, Offer, Replacement, Shift, State
from zhishou.watch.upkeep import demands

HIMSELF = ""
"""The post in which somebody acts who acts for himself alone."""


Packs = Mapping[str, Pack]


def acting_post(state: State, command: Command, actor: Actor, at: datetime, packs: Packs) -> str:
    """The key of the post in which an actor gives a command; empty where he acts for himself, `system` for the desk.

    Args:
        state: the duty room.
        command: what is wanted.
        actor: who wants it, with his posts at the moment.
        at: the moment.
        packs: the plans, by id.

    Raises:
        RefusedError: he may not give it; or what it is about does not exist.
    """
    rule = _RULES.get(type(command))
    if rule is None:
        raise RefusedError(f"值班室不办理“{command.label or command.name}”", code="unknown")
    if not state.area and not isinstance(command, c.OpenDutyRoom):
        raise RefusedError("值班室还没有设立", mend="先在服务器上设立值班室和第一名系统管理员", code="state")
    return rule(Given(state, command, actor, at, packs))


@dataclass(frozen=True, slots=True)
class Given:
    """A command as it comes in."""

    state: State
    command: Any
    actor: Actor
    at: datetime
    packs: Packs

    @property
    def duty(self) -> str:
        """The post of the room's duty officers."""
        return duty_post(self.state.area)

    @property
    def as_duty_officer(self) -> str:
        """The duty officer's post where the actor holds it; who signs for himself alone needs none."""
        return self.duty if self.duty in self.actor.posts else HIMSELF

    def himself(self, persons: set[str], rule: str) -> str:
        """Refuses everybody but the persons whom the matter concerns."""
        if self.actor.person not in persons:
            raise RefusedError(f"{rule}，{self.actor.name}不能代办", mend="请本人登录办理", code="post")
        return HIMSELF


NAMES = {"duty": "值班员", "admin": "系统管理员"}


def _holding(given: Given, *kinds: str) -> str:
    for kind in kinds:
        if (post := f"{kind}:{given.state.area}") in given.actor.posts:
            return post
    who = "、".join(NAMES[kind] for kind in kinds)
    raise RefusedError(
        f"{given.actor.name}现在不是本值班室的{who}，不能“{given.command.label}”",
        mend=f"请由{who}办理，或请系统管理员先任职",
        code="post",
    )


def _administrator(given: Given) -> str:
    return _holding(given, "admin")


def _duty_officer(given: Given) -> str:
    return _holding(given, "duty")


def _roster_keeper(given: Given) -> str:
    return _holding(given, "duty", "admin")


def _desk(given: Given) -> str:
    if given.actor.person != SYSTEM.person:
        raise RefusedError("设立值班室只能在服务器上办理", mend="请系统管理员在服务器上执行", code="post")
    return SYSTEM.person


def _log_writer(given: Given) -> str:
    return SYSTEM.person if given.actor.person == SYSTEM.person else _holding(given, "duty")


def _confirming(given: Given) -> str:
    one = delegation(given.state, given.command.delegation)
    return given.himself({one.holder}, f"委托由委托人{one.holder_name}本人确认")


def _revoking(given: Given) -> str:
    one = delegation(given.state, given.command.delegation)
    return given.himself({one.holder, one.person}, f"委托由委托人{one.holder_name}撤销，或者由受托人{one.name}辞去")


def _delegating(given: Given) -> str:
    command: c.DelegatePosts = given.command
    actor = given.actor
    if not command.holder or command.holder == actor.person:
        own = posts_of(given.state, actor.person, given.at)
        return next((post for post in command.posts if post in own), HIMSELF)  # what is not his is told when deciding
    if given.duty not in actor.posts:
        raise RefusedError(
            f"委托由职务持有人本人作出，{actor.name}不能代为委托",
            mend="请本人登录办理，或请值班员凭书面委托登记，再由本人确认",
            code="post",
        )
    return given.duty


def _away(given: Given) -> str:
    if given.command.person and given.command.person != given.actor.person:
        return _roster_keeper(given)
    person = given.actor.person
    if not posts_of(given.state, person, given.at) and not delegated_to(given.state, person, given.at):
        raise RefusedError(
            f"{given.actor.name}在本值班室没有职务，不需要请假登记", mend="有任职的人员才会被呼叫", code="post"
        )
    return HIMSELF


def _back(given: Given) -> str:
    one = leave(given.state, given.command.leave)
    return HIMSELF if one.person == given.actor.person else _roster_keeper(given)


def _whose_shift(given: Given) -> str:
    return given.himself({shift(given.state, given.command.shift).person}, "换班由本班值班人本人申请")


def _asked_to_stand(given: Given) -> str:
    asked = replacement(given.state, given.command.replacement)
    return given.himself({asked.person}, "换班由被请的人本人同意")


def _either_of_the_exchange(given: Given) -> str:
    asked = replacement(given.state, given.command.replacement)
    return given.himself({asked.person, asked.asked_by}, "换班申请由申请人撤回或者由被请的人回绝")


def _on_watch(given: Given) -> str:
    watch, actor = given.state.watch, given.actor
    if watch is None or watch.person != actor.person:
        now = f"现在当班的是{watch.name}" if watch else "现在没有人当班"
        raise RefusedError(f"{now}，{actor.name}不能交班", mend="交班由当班人本人签字", code="post")
    # Whose appointment ran out during his watch still has to hand it over; he then signs for himself.
    return given.as_duty_officer


def _incoming(given: Given) -> str:
    waiting, actor = offer(given.state), given.actor
    if actor.person != waiting.incoming:
        raise RefusedError(
            f"这份交接班是{waiting.outgoing_name}交给{waiting.incoming_name}的，{actor.name}不能签字",
            mend=f"请{waiting.incoming_name}本人签字，或请{waiting.outgoing_name}收回后重新交班",
            code="post",
        )
    return _holding(given, "duty")


def _either_side(given: Given) -> str:
    waiting = offer(given.state)
    given.himself(
        {waiting.incoming, waiting.outgoing},
        f"交班由接班人{waiting.incoming_name}退回，或者由交班人{waiting.outgoing_name}收回",
    )
    return given.as_duty_officer


def _keeping(given: Given) -> str:
    return _keeper(given, given.command.plan, given.command.obligations)


def _striking(given: Given) -> str:
    return _keeper(given, record(given.state, given.command.record).plan, ())


def _keeper(given: Given, plan: str, obligations: tuple[str, ...]) -> str:
    """Upkeep is recorded by the duty officer, by the plan's office, or by whoever owes it under the plan."""
    pack, actor = known_plan(given.packs, plan), given.actor
    owed = [name for demand in demands(pack) if demand.id in obligations for name in demand.by]
    for post in (given.duty, *answering(pack, ["office", *owed]).posts):
        if post in actor.posts or post in actor.delegated:
            return post
    raise RefusedError(
        f"{actor.name}没有登记《{pack.plan.short}》日常工作的职务",
        mend="请值班员、指挥部办公室或者承担这项工作的单位登记",
        code="post",
    )


_RULES: Mapping[type[Command], Callable[[Given], str]] = {
    c.OpenDutyRoom: _desk,
    c.AppointToPost: _administrator,
    c.RelieveFromPost: _administrator,
    c.DelegatePosts: _delegating,
    c.ConfirmDelegation: _confirming,
    c.RevokeDelegation: _revoking,
    c.RecordLeave: _away,
    c.TakeBackLeave: _back,
    c.PlanShifts: _roster_keeper,
    c.CancelShift: _roster_keeper,
    c.ProposeReplacement: _whose_shift,
    c.AgreeReplacement: _asked_to_stand,
    c.DeclineReplacement: _either_of_the_exchange,
    c.BeginShift: _duty_officer,
    c.OfferShiftHandover: _on_watch,
    c.ReturnShiftHandover: _either_side,
    c.AcceptShiftHandover: _incoming,
    c.WriteLog: _log_writer,
    c.RecordDrill: _keeping,
    c.RecordUpkeep: _keeping,
    c.StrikeRecord: _striking,
}
"""Every command and whose it is."""


def known_plan(packs: Packs, plan: str) -> Pack:
    """A plan by id.

    Raises:
        RefusedError: there is none.
    """
    if plan not in packs:
        raise RefusedError(f"没有“{plan}”这个预案", mend=f"现有：{'、'.join(packs) or '无'}", code="unknown")
    return packs[plan]


def shift(state: State, id_: str) -> Shift:
    """A planned shift by id. Raises RefusedError where there is none."""
    if id_ not in state.shifts:
        raise RefusedError(f"值班表上没有“{id_}”这一班", mend="请刷新值班表后再选", code="unknown")
    return state.shifts[id_]


def replacement(state: State, id_: str) -> Replacement:
    """A request for replacement by id. Raises RefusedError where none is open."""
    if id_ not in state.replacements:
        raise RefusedError(f"没有待答复的换班申请“{id_}”", mend="它可能已经答复，或所换的班已撤销", code="unknown")
    return state.replacements[id_]


def delegation(state: State, id_: str) -> Delegation:
    """A delegation by id. Raises RefusedError where there is none."""
    if id_ not in state.delegations:
        raise RefusedError(f"没有编号“{id_}”的委托", mend="请刷新委托清单后再选", code="unknown")
    return state.delegations[id_]


def leave(state: State, id_: str) -> Leave:
    """A leave by id. Raises RefusedError where there is none."""
    if id_ not in state.leaves:
        raise RefusedError(f"没有编号“{id_}”的请假", mend="请刷新请假清单后再选", code="unknown")
    return state.leaves[id_]


def record(state: State, id_: str) -> Done:
    """A record of upkeep by id. Raises RefusedError where there is none."""
    if id_ not in state.records:
        raise RefusedError(f"没有编号“{id_}”的日常工作记录", mend="请刷新后再选", code="unknown")
    return state.records[id_]


def offer(state: State) -> Offer:
    """The hand-over that waits for its second signature. Raises RefusedError where none waits."""
    if state.offer is None:
        raise RefusedError("没有等待签字的交接班", mend="请当班人先写交接班记录并签字", code="state")
    return state.offer
