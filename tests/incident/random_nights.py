"""A night of commands at random, judged by the texts (levels.yaml) and not by the code that let them pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from incident_room import AREAS, BIOGAS, CBM, ENERGY, GAS, HAZCHEM, HEATING, MINE, OIL, TRADE, Room, post
from saying import ARGUMENTS, Saying

from zhishou.acts import Actor, Command, Event, Happened
from zhishou.errors import FactsError, RefusedError
from zhishou.incident.cutting import CutListDrafted, CutListSigned
from zhishou.incident.deadlines import DutyMet, DutyMissed, due
from zhishou.incident.index import COMMANDS, EVENTS, decide, fold, permitted
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.incident.proposals import LevelProposed, ProposalApproved
from zhishou.incident.state import Active, Incident, dumped, loaded
from zhishou.plan import marks

TEXT: dict[str, Any] = marks.read((Path(__file__).parent / "levels.yaml").read_text("utf-8"), "levels.yaml").data
ADJUST = {
    # 供热 5.3.5 市指挥部或办公室；沼气响应 4.3.1(三)(8) 市指挥部、3.3.2 办公室；其余没有写
    (HEATING, "response"): {"commander", "headquarters", "office", "office_director"},
    (BIOGAS, "response"): {"commander", "headquarters", "office", "office_director"},
}
CONDITIONS = {
    # 结束前须确认的条件，各条出处见预案的响应结束、预警解除
    (GAS, "response"): 3, (GAS, "warning"): 1, (ENERGY, "response"): 4, (ENERGY, "warning"): 1,
    (HEATING, "response"): 2, (MINE, "response"): 4, (TRADE, "response"): 4, (BIOGAS, "response"): 1,
    (BIOGAS, "warning"): 1, (HAZCHEM, "response"): 3, (CBM, "response"): 3, (OIL, "response"): 3,
}  # fmt: skip
SHELVES = (
    (GAS,),
    (ENERGY, HAZCHEM),
    (HEATING,),
    (MINE,),
    (TRADE, GAS),
    (BIOGAS, CBM),
    (HAZCHEM, OIL),
    (CBM, TRADE, MINE),
)
MINUTES = (0, 0, 0, 1, 10, 31, 61, 200, 1500, -20)
RARE = {"close_incident", "merge_incident", "refute_report"}
NAMES = [
    *sorted(set(ARGUMENTS) - RARE) * 3, *sorted(RARE), *["tick"] * 12, *["propose_level", "decide_proposal"] * 18, *["decide_level", "approve_proposal", "end_level"] * 9,
    *["record_decision", "record_approval", "lend_resource", "return_resource", "receive_report", "forward_report"] * 6,
]  # fmt: skip
"""Levels come and go more often than anything else, and a night is seldom cut short."""
PROVINCE_ALONE = {(plan, "warning") for plan in (HAZCHEM, CBM, OIL)}


def keys(plan: str, name: str) -> set[str]:
    return {post(plan, one) for one in TEXT[plan]["names"][name]} if name else set()


def _filled(posts: set[str], state: Incident) -> set[str]:
    """The posts, and those of the units that were authorised in writing to fill a role."""
    return posts | {f"unit:{one}" for key in posts for one in state.roles.get(key.removeprefix("unit:"), ())}


class Night:
    """One incident, the people around it, and what they do."""

    def __init__(self, plans: tuple[str, ...], choose: Callable[[Sequence[Any]], Any]) -> None:
        area = AREAS[plans[0]]
        self.plans, self.choose = plans, choose
        self.room = Room(area)
        place = "qinshui" if area == "jincheng" else area
        self.room.open(*plans, place=place, occurred="19:40", report={"sender": "群众", "how": "phone"})
        names = (
            "office",
            "office_director",
            "commander",
            "deputy_commander",
            "headquarters",
            "on_scene_commander",
            "general_commander",
        )
        posts = [post(plan, one) for plan in plans for one in names]
        units = ("jincheng_government", "jincheng_emergency", "shanxi_government", "chengqu_beishidian")
        posts += [f"duty:{area}", f"admin:{area}", *(f"unit:{one}" for one in units)]
        self.people = [self.room.actor({one}, f"person {one}") for one in posts]
        for number in range(3):
            both = frozenset((choose(posts), choose(posts)))
            self.people.append(Actor(f"both {number}", "兼职", both, {choose(posts): "委托1号"}))
        self.people.append(self.room.actor((), "nobody"))

    def step(self) -> None:
        """Somebody gives a command, or time passes and the desk records what was missed."""
        self.room.later(self.choose(MINUTES))
        name = self.choose(NAMES)
        if name == "tick":
            self.room.tick()
            assert due(self.room.state, self.room.now) == ()
            return
        command = COMMANDS[name](**ARGUMENTS[name](Saying(self.choose, self.room, self.plans)))
        self._given(command, self.choose(self._able(command) + self.people))
        self._holds()

    def _able(self, command: Command) -> list[Actor]:
        """Those who may give it, several times over, so that the night gets somewhere; what they do is judged all the same."""
        try:
            may = permitted(command, self.room.state, self.room.context)
        except RefusedError:
            return []
        return [one for one in self.people if one.posts & set(may.posts)] * 6

    def _given(self, command: Command, actor: Actor) -> None:
        before = self.room.state
        try:
            decision = decide(before, command, actor, self.room.context)
        except (RefusedError, FactsError):
            return
        assert decide(before, command, actor, self.room.context) == decision
        assert decision.post in actor.posts | set(actor.delegated)
        self.room.give(command, actor)
        for event in decision.events:
            self._judged(event, before, actor, decision.post)

    def _judged(self, event: Event, before: Incident, actor: Actor, acting: str) -> None:
        assert EVENTS.decode(event.type, event.schema_version, event.model_dump(mode="json")) == event
        assert (
            EVENTS.decode(event.type, event.schema_version, event.model_dump(mode="json", exclude_defaults=True))
            == event
        )
        cited = event.model_dump().get("clause") or ()
        assert len(cited) == len(set(cited)), event
        if isinstance(event, LevelDecided):
            self._decided(event, before, actor, acting)
        if isinstance(event, LevelEnded):
            self._ended(event, before, acting)
        if isinstance(event, CutListDrafted | CutListSigned):
            self._cut(event, before, actor, acting)

    def _decided(self, event: LevelDecided, before: Incident, actor: Actor, acting: str) -> None:
        if event.document:
            assert event.authority
            return
        assert event.plan not in before.commanded_by
        assert AREAS[event.plan] == self.room.area  # a district decides no level of the city's
        assert before.status == "open"
        said = TEXT[event.plan][event.ladder]
        active = before.ladder(event.plan, event.ladder)
        adjusters = {post(event.plan, one) for one in ADJUST.get((event.plan, event.ladder), ())} if active else set()
        if event.change == "raise" and (event.plan, event.ladder) in {(MINE, "warning"), (TRADE, "warning")}:
            adjusters |= {"unit:shanxi_government"}  # 3.3 上级人民政府提升预警级别
        if active and (event.plan, event.ladder) == (BIOGAS, "warning") and not active.authority:
            adjusters.add(active.decided.post)  # 预警发布部门及时发布升降级
        asked = said[active.level if active and event.change == "lower" else event.level]
        starters = _filled(keys(event.plan, asked["decides"]), before)
        if event.change == "lower" and (event.plan, event.ladder) in {*ADJUST, (BIOGAS, "warning")}:
            starters = set()
        if self._crossing(before) and (event.plan, event.ladder) in PROVINCE_ALONE:
            starters = {"unit:shanxi_government", "unit:shanxi_departments"}
        assert acting in adjusters | starters
        if acting not in adjusters:
            wants = asked.get("proposes") or asked.get("approves") or asked.get("approved_in")
            assert event.proposal or not wants
        if event.proposal:
            proposal = before.proposals[event.proposal]
            assert proposal.approvals or proposal.proposed.person != actor.person
            assert all(
                one.person != proposal.proposed.person or self._recorded(event.proposal) for one in proposal.approvals
            )

    def _cut(self, event: CutListDrafted | CutListSigned, before: Incident, actor: Actor, acting: str) -> None:
        plan = event.plan if isinstance(event, CutListDrafted) else before.cut_lists[event.list].plan
        active = before.ladder(plan, "response")
        assert active is not None, "nothing is cut where no response is in force"
        assert plan == HEATING or (plan == GAS and active.level in {"I", "II"})  # the two plans that say whose is cut
        if isinstance(event, CutListSigned):
            one = before.cut_lists[event.list]
            assert one.level == active.level
            assert actor.person not in {one.drawn_up.person, *(change.signed.person for change in one.adjustments)}
            assert acting in {post(plan, "commander"), post(plan, "headquarters")}

    def _crossing(self, state: Incident) -> bool:
        """Whether it is known that it crosses the city's border; what was observed more than a day ago is not known."""
        seen = state.facts.get("crosses_city")
        fresh = seen is not None and timedelta(0) <= self.room.now - seen.at <= timedelta(hours=24)
        return fresh and seen is not None and seen.given.get("value") is True

    def _recorded(self, proposal: str) -> bool:
        return any(
            isinstance(one.event, ProposalApproved) and one.event.proposal == proposal and one.event.document
            for one in self.room.story
        )

    def _ended(self, event: LevelEnded, before: Incident, acting: str) -> None:
        assert before.ladder(event.plan, event.ladder) is not None
        if event.document:
            assert event.authority
            return
        assert event.plan not in before.commanded_by
        assert len(event.confirmed) >= CONDITIONS.get((event.plan, event.ladder), 0)
        assert all(how.strip() for how in event.confirmed.values())
        active: Active = before.active[f"{event.plan}|{event.ladder}"]
        said = TEXT[event.plan][event.ladder][event.level]
        if said.get("ends") == "starter":
            own = {active.decided.post} if not active.authority else set()
            assert acting in own | keys(event.plan, said.get("ends_too", ""))
        elif "ends" in said:
            assert acting in _filled(keys(event.plan, said["ends"]), before)

    def _holds(self) -> None:
        state = self.room.state
        if state.status in {"closed", "merged"}:
            assert state.active == {}
            owed = {one.kind for one in state.duties.values() if one.status in {"open", "missed"}}
            # What came after closing is to be looked at; a question is answered where it was asked.
            assert owed <= ({"late_report"} if state.status == "closed" else {"answer", "late_report"})
            assert not [one for one in state.tasks.values() if one.status in {"issued", "accepted", "refused"}]
        for cuts in state.cut_lists.values():
            for line in cuts.lines:
                assert line.customer_class != "residential"
                assert all(0 <= cut <= most + 1e-6 for cut, most in zip(line.hours, line.most, strict=True))
            assert set(cuts.restored) <= {str(number) for number in range(1, len(cuts.lines) + 1)}
        for one in state.resources.values():
            assert 0 <= one.returned <= one.lent + 1e-9 <= one.quantity + 2e-9
        waiting = [(one.plan, one.ladder, one.level) for one in state.proposals.values() if one.status == "open"]
        assert len(waiting) == len(set(waiting))
        for key, active in state.active.items():
            assert (*key.split("|"), active.level) not in waiting

    def over(self) -> None:
        """Told again from zero, and from a snapshot halfway, it is the same night."""
        story = self.room.story
        seen = [
            (
                type(one.event),
                one.event.duty,
                one.event.round,
                one.event.due if isinstance(one.event, DutyMissed) else None,
            )
            for one in story
            if isinstance(one.event, DutyMet | DutyMissed)
        ]
        assert len(seen) == len(set(seen))
        assert len({one.event.proposal for one in story if isinstance(one.event, LevelProposed)}) == len(
            self.room.state.proposals
        )
        again = Incident("x")
        for one in story:
            event = EVENTS.decode(one.event.type, one.event.schema_version, one.event.model_dump(mode="json"))
            again = fold(
                again,
                Happened(
                    event, one.at, one.stream, one.version, one.position, one.recorded, one.person, one.name, one.post
                ),
            )
            if one.version == len(story) // 2:
                again = loaded(dumped(again))
        assert again == self.room.state
        assert loaded(dumped(again)) == again
        last = self.room.now + timedelta(days=3)
        self.room.at(last).tick()
        assert due(self.room.state, last) == ()
