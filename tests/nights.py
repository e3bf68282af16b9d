"""Made-up nights: streams of commands by random people, each decided in advance by a desk that nothing disturbs.

The night as that desk took it is the oracle: whatever is killed, stopped or raced afterwards must end with the same record.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zhishou.acts import Actor, Command
from zhishou.clock import moment
from zhishou.desk import Desk
from zhishou.errors import FactsError, RefusedError
from zhishou.incident.casualties import UpdateCasualties
from zhishou.incident.context import HouseRules
from zhishou.incident.directives import IssueDirective
from zhishou.incident.facts import CorrectFact, FactGiven, StateFacts
from zhishou.incident.levels import DecideProposal, EndLevel
from zhishou.incident.merging import MergeIncident
from zhishou.incident.opening import AddNote, OpenIncident
from zhishou.incident.proposals import ProposeLevel, RefuseProposal, WithdrawProposal
from zhishou.incident.reports import (
    AnswerQuery,
    ForwardReport,
    ReceiveQuery,
    ReceiveReport,
    RefuteReport,
    ReportGiven,
    VerifyReport,
)
from zhishou.incident.resources import LendResource, RequestResource, ReturnResource
from zhishou.incident.state import Incident
from zhishou.incident.tasks import AcceptTask, CancelTask, FinishTask, IssueTask, RefuseTask
from zhishou.journal import Journal, MemoryJournal
from zhishou.plan.load import Library

EVENING = moment("2026-12-31T20:00")
"""The last evening of a year: a night runs into the next, whose incidents are numbered anew."""
RULES = HouseRules(immediately="15 min", promptly="1 h")
MACHINE = "值班机"


@dataclass(frozen=True)
class Lane:
    """What one duty room has to do with: its area, the plan of its incidents, who acts."""

    area: str
    plan: str
    subject: str
    sender: str
    levels: tuple[str, ...]
    facts: Mapping[str, tuple[object, ...]]
    unit: str

    @property
    def people(self) -> Mapping[str, Actor]:
        own = f"{self.plan}:"
        return {
            "officer": Actor("li", "李值班", frozenset({f"duty:{self.area}"})),
            "office": Actor("wang", "王主任", frozenset({f"{own}office"})),
            "boss": Actor("zhao", "赵指挥", frozenset({f"{own}commander", f"{own}deputy_commander"})),
            "unit": Actor(
                "sun", "孙队长", frozenset({"unit:jincheng_public_security", f"{own}office", f"{own}task_force"})
            ),
            "stranger": Actor("qian", "钱某", frozenset({"unit:jincheng_finance"})),
        }


_GRADED = {"deaths": (0, 1, 3, 10), "serious_injuries": (0, 5, 12), "crosses_county": (True, False)}
_ENERGY = {
    "district_grid_load_shed_pct": (10, 30, 65), "energy_event_possible": (True, False),
    "town_capacity_exceeded": (True, False), "district_capacity_exceeded": (True, False),
}  # fmt: skip


def chemical(area: str) -> Lane:
    """A county under the city's plan for hazardous chemicals: calls that leave a written report owed within 30 minutes."""
    plan = "jincheng/hazchem-2020"
    return Lane(area, plan, "hazchem_accident", f"{area}_government", ("I", "II", "III"), _GRADED, "市公安局")


def energy() -> Lane:
    """The district under its energy plan: reports every one, two or three hours, and a level that is a fact for others."""
    plan = "jincheng/chengqu/energy-2025"
    return Lane("chengqu", plan, "power_supply_shortage", "区供电公司", ("I", "II", "III"), _ENERGY, "office")


LANES = (energy(), chemical("zezhou"), chemical("gaoping"), chemical("yangcheng"), chemical("lingchuan"))


@dataclass(frozen=True)
class Step:
    """One command of a night."""

    key: str
    area: str
    incident: str
    """Empty where it opens one."""
    command: Command
    actor: Actor
    at: datetime | None = None
    """When it is said to have happened; None: now."""


@dataclass(frozen=True)
class Phase:
    """What is given at one moment, lane by lane; then the deadlines of that moment are recorded."""

    at: datetime
    lanes: tuple[tuple[Step, ...], ...]


@dataclass
class Night:
    """A night, and how it went at a desk that nothing disturbed."""

    phases: list[Phase] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    """Key → `done`, or `refused` with the code."""
    journal: Journal = field(default_factory=lambda: MemoryJournal("night", EVENING, exercise=False))


def carry(desk: Desk, step: Step) -> str:
    """Carry a step out: `done`, `repeated`, or `refused` with the code."""
    try:
        if step.incident:
            given = desk.give(step.incident, step.command, step.actor, key=step.key, at=step.at)
        else:
            given = desk.open(step.command, step.actor, area=step.area, key=step.key, at=step.at)
    except RefusedError as error:
        return f"refused {error.code}"
    except FactsError:
        return "refused facts"
    return "repeated" if given.repeated else "done"


def open_files(desk: Desk, lanes: tuple[Lane, ...]) -> None:
    """What a server does when it begins: the standing files are there before anything happens."""
    for lane in lanes:
        desk.reassess(lane.area, "begin")


def night(library: Library, seed: int, lanes: tuple[Lane, ...], phases: int, steps: int = 3) -> Night:
    """A night of so many phases with up to `steps` commands in each lane and phase."""
    rng = random.Random(seed)  # noqa: S311 - chance, not secrets
    made = Night()
    now = EVENING
    desk = Desk(made.journal, library, machine=MACHINE, now=lambda: now, rules=RULES)
    open_files(desk, lanes)
    incidents: dict[str, list[str]] = {lane.area: [] for lane in lanes}
    for number in range(phases):
        now += timedelta(minutes=rng.choice((0, 1, 3, 7, 12, 20)))
        found: list[tuple[Step, ...]] = []
        for lane in lanes:
            own: list[Step] = []
            for _ in range(rng.randint(1, steps)):
                key = f"{seed}/{lane.area}/{number}/{len(own)}"
                step = chosen(rng, desk, lane, incidents[lane.area], key)
                own.append(step)
                made.outcomes[key] = carry(desk, step)
                if not step.incident and made.outcomes[key] == "done":
                    incidents[lane.area].append(desk.journal.of_command(key)[0].stream.removeprefix("incident/"))
            found.append(tuple(own))
        desk.tick()
        made.phases.append(Phase(now, tuple(found)))
    return made


def chosen(rng: random.Random, desk: Desk, lane: Lane, incidents: list[str], key: str) -> Step:
    """Something that somebody might do now."""
    if not incidents or rng.random() < 0.02:
        return Step(key, lane.area, "", _opening(rng, lane), lane.people["officer"])
    id_ = rng.choice(incidents)
    who, command = _command(rng, desk, desk.incident(id_), lane, incidents)
    if rng.random() < 0.05:
        who = rng.choice(tuple(lane.people))
    return Step(key, lane.area, id_, command, lane.people[who])


def _opening(rng: random.Random, lane: Lane) -> OpenIncident:
    report = ReportGiven(how=rng.choice(("phone", "written")), sender=lane.sender, text="来电报告，详情待核")
    return OpenIncident(title="夜间来电", subject=lane.subject, place=lane.area, report=report)


def _command(rng: random.Random, desk: Desk, state: Incident, lane: Lane, incidents: list[str]) -> tuple[str, Command]:
    plan, level = lane.plan, rng.choice(lane.levels)

    def one(things: Mapping[str, object], letter: str) -> str:
        return f"{letter}{len(things) + 1}" if not things or rng.random() < 0.05 else rng.choice([*things])

    def facts() -> StateFacts:
        id_ = rng.choice(tuple(lane.facts))
        return StateFacts(facts={id_: FactGiven(value=rng.choice(lane.facts[id_]))})  # type: ignore[arg-type]

    def ending() -> EndLevel:
        rules = desk.library.packs[plan].ladders["response"].ending
        return EndLevel(plan=plan, confirmed={text: "现场确认" for rule in rules for text in rule.when})

    due = desk.now() + timedelta(minutes=rng.randint(2, 40))
    choices: list[tuple[int, str, Callable[[], Command]]] = [
        (4, "officer", lambda: AddNote(text=f"记事 {rng.randint(0, 999)}")),
        (5, "officer", lambda: ReceiveReport(
            kind=rng.choice(("first", "follow_up")), how=rng.choice(("phone", "written")), sender=lane.sender,
            text="续报情况", items={"时间": "夜间"},
        )),
        (5, "officer", facts),
        (1 * bool(state.facts), "officer", lambda: CorrectFact(
            fact=one(state.facts, "x"), given=None, reason="误报"
        )),
        (2, "officer", lambda: UpdateCasualties(counts={"deaths": rng.randint(0, 4), "missing": rng.randint(0, 2)})),
        (1, "officer", lambda: VerifyReport(report=one(state.reports, "r"))),
        (1, "officer", lambda: RefuteReport(report=one(state.reports, "r"), reason="现场查看无此事")),
        (3, "officer", lambda: ForwardReport(
            kind=rng.choice(("first", "follow_up")), how=rng.choice(("phone", "written")),
            to=rng.choice((("市委", "市政府"), ("office",), ("区委", "区政府"))),
        )),
        (2, "officer", lambda: ReceiveQuery(by="市政府", text="伤亡多少")),
        (2 * bool(state.queries), "officer", lambda: AnswerQuery(query=one(state.queries, "q"), text="正在核实")),
        (5, "office", lambda: ProposeLevel(plan=plan, level=level, reason="研判会商")),
        (1 * bool(state.proposals), "office", lambda: WithdrawProposal(proposal=one(state.proposals, "p"), reason="情况有变")),
        (5 * bool(state.proposals), "boss", lambda: DecideProposal(proposal=one(state.proposals, "p"))),
        (1 * bool(state.proposals), "boss", lambda: RefuseProposal(proposal=one(state.proposals, "p"), reason="再观察")),
        (4, "boss", lambda: IssueTask(plan=plan, text="现场警戒", by=(lane.unit,), due=due)),
        (1, "boss", lambda: IssueDirective(plan=plan, text="保持联络", to=(lane.unit,), acknowledge_by=due)),
        (2 * bool(state.tasks), "unit", lambda: AcceptTask(task=one(state.tasks, "t"))),
        (3 * bool(state.tasks), "unit", lambda: FinishTask(task=one(state.tasks, "t"), note="办结")),
        (1 * bool(state.tasks), "unit", lambda: RefuseTask(task=one(state.tasks, "t"), reason="力量不足")),
        (1 * bool(state.tasks), "boss", lambda: CancelTask(task=one(state.tasks, "t"), reason="不再需要")),
        (2 * bool(state.active), "boss", ending),
        (1, "office", lambda: RequestResource(plan=plan, what="照明车", quantity=2, owner="市应急局")),
        (1 * bool(state.resources), "office", lambda: LendResource(resource=one(state.resources, "x"), quantity=1)),
        (1 * bool(state.resources), "office", lambda: ReturnResource(resource=one(state.resources, "x"), quantity=1)),
        (int(len(incidents) > 2), "officer", lambda: MergeIncident(into=rng.choice(incidents), reason="同一起事件", left="另行下达")),
    ]  # fmt: skip
    _, who, make = rng.choices(choices, [weight for weight, _, _ in choices])[0]
    return who, make()
