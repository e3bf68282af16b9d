"""Every command of the duty room against everybody who might give it, and the purity of the room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from duty_room import (
    ADMIN,
    AREA,
    COMMANDER,
    DAY,
    DUTY,
    GAS,
    HOUR,
    MINE,
    NAMES,
    OFFICE,
    PACKS,
    START,
    Room,
    delegation_to,
    handover_to,
    staffed,
)

from zhishou.acts import Actor, Command, Event
from zhishou.errors import RefusedError
from zhishou.watch import commands as c
from zhishou.watch import events as e
from zhishou.watch.authority import acting_post

HIMSELF = ""


def busy() -> Room:
    """A room in which every command has something to be about.

    赵 is on watch and has signed a memo for 钱; 钱 asks 孙 to stand his shift; 李 is commander and has delegated to 周,
    once himself and once by a paper not yet confirmed; the office of the gas plan is filled by wang.
    """
    room = staffed()
    room.give("admin", c.AppointToPost(post=OFFICE, person="wang", person_name="王某", basis="市发展改革委科室"))
    shift = c.ShiftWish(person="qian", person_name="钱某", since=START + DAY, until=START + DAY + 8 * HOUR)
    room.give("admin", c.PlanShifts(shifts=(shift,)))
    (id_,) = room.state.shifts
    room.give("qian", c.ProposeReplacement(shift=id_, person="sun", person_name="孙某", reason="请假"))
    room.give("li", delegation_to("zhou", COMMANDER, until=START + DAY))
    room.give("zhao", delegation_to("zhou", COMMANDER, until=START + DAY, holder="li"))
    room.give(
        "zhao", c.RecordUpkeep(plan=GAS, obligations=("contacts:6.1:1",), done=START.date(), by="办公室", note="核对")
    )
    room.give("zhou", c.RecordLeave(until=START + DAY, reason="外出"))
    room.give("zhao", handover_to("qian"))
    return room


ROOM = busy()
EVERYBODY = ("system", "admin", "zhao", "qian", "sun", "li", "zhou", "wang", "nobody")
(FIRST, PAPER) = ROOM.state.delegations
(SHIFT,) = ROOM.state.shifts
(ASKED,) = ROOM.state.replacements
(RECORD,) = ROOM.state.records
(AWAY,) = ROOM.state.leaves
HOLDERS = ("admin", "zhao", "qian", "sun", "li", "zhou", "wang")
OFFICERS = {"zhao": DUTY, "qian": DUTY, "sun": DUTY}
ROSTER = {**OFFICERS, "admin": ADMIN}
KEEPERS = {**OFFICERS, "wang": OFFICE}

# Who may give the command, and in which post it is then recorded.
TABLE: list[tuple[Command, dict[str, str]]] = [
    (c.OpenDutyRoom(area=AREA, person="x", person_name="某"), {"system": "system"}),
    (c.AppointToPost(post=COMMANDER, person="sun", person_name="孙某", basis="分工"), {"admin": ADMIN}),
    (c.RelieveFromPost(appointment="A2", reason="调离"), {"admin": ADMIN}),
    (delegation_to("sun", COMMANDER, until=START + DAY, holder="li"), {"li": COMMANDER, **OFFICERS}),
    (c.ConfirmDelegation(delegation=PAPER), {"li": HIMSELF}),
    (c.RevokeDelegation(delegation=FIRST, reason="返回"), {"li": HIMSELF, "zhou": HIMSELF}),
    (c.RecordLeave(until=START + DAY, reason="培训"), dict.fromkeys(HOLDERS, HIMSELF)),
    (c.RecordLeave(person="li", person_name="李某", until=START + DAY, reason="病假"), {"li": HIMSELF, **ROSTER}),
    (c.TakeBackLeave(leave=AWAY), {"zhou": HIMSELF, **ROSTER}),
    (c.PlanShifts(shifts=()), ROSTER),
    (c.CancelShift(shift=SHIFT, reason="停"), ROSTER),
    (c.ProposeReplacement(shift=SHIFT, person="sun", person_name="孙某", reason="请假"), {"qian": HIMSELF}),
    (c.AgreeReplacement(replacement=ASKED), {"sun": HIMSELF}),
    (c.DeclineReplacement(replacement=ASKED, reason="没空"), {"sun": HIMSELF, "qian": HIMSELF}),
    (c.BeginShift(absence="病"), OFFICERS),
    (handover_to("qian"), {"zhao": DUTY}),
    (c.ReturnShiftHandover(reason="缺"), {"zhao": DUTY, "qian": DUTY}),
    (c.AcceptShiftHandover(digest="x"), {"qian": DUTY}),
    (c.WriteLog(occurred=START, category="call", text="来电"), {**OFFICERS, "system": "system"}),
    (
        c.RecordDrill(plan=GAS, obligations=("drill:6.5:1",), form="tabletop", held=START.date(), by="指挥部", summary="好"),
        {**KEEPERS, "li": COMMANDER, "zhou": COMMANDER},  # the headquarters owes it, and acts through its commander
    ),
    (c.RecordUpkeep(plan=GAS, obligations=("contacts:6.1:1",), done=START.date(), by="办公室", note="好"), KEEPERS),
    (c.StrikeRecord(record=RECORD, reason="记错"), KEEPERS),
]  # fmt: skip


def test_the_table_has_every_command():
    assert {type(command) for command, _ in TABLE} == set(c.COMMANDS)


@pytest.mark.parametrize(("command", "may"), TABLE, ids=lambda one: getattr(one, "name", ""))
def test_every_command_against_everybody(command: Command, may: dict[str, str]):
    found: dict[str, str] = {}
    refusals: list[RefusedError] = []
    for person in EVERYBODY:
        try:
            found[person] = acting_post(ROOM.state, command, ROOM.actor(person), ROOM.now, PACKS)
        except RefusedError as refusal:
            refusals.append(refusal)
    assert all(refusal.code == "post" and refusal.mend for refusal in refusals)
    if isinstance(command, c.DelegatePosts):
        found = {person: post for person, post in found.items() if post != HIMSELF}
    assert found == may


@pytest.mark.parametrize(("command", "may"), TABLE, ids=lambda one: getattr(one, "name", ""))
def test_posts_of_another_area_or_another_plan_open_nothing(command: Command, may: dict[str, str]):
    assert may
    stranger = Actor("stranger", "外人", frozenset({"duty:yuncheng", "admin:yuncheng", f"{MINE}:office"}))
    with pytest.raises(RefusedError) as refusal:
        acting_post(ROOM.state, command, stranger, ROOM.now, PACKS)
    assert refusal.value.code == "post"


@pytest.mark.parametrize("kind", [kind for kind in c.COMMANDS if kind is not c.OpenDutyRoom])
def test_nothing_is_done_in_a_room_that_is_not_open(kind: type[Command]):
    command = next(command for command, _ in TABLE if type(command) is kind)
    assert Room().refused("admin", command).code == "state"


def test_who_owes_a_duty_may_record_it():
    room = staffed()
    room.give(
        "admin",
        c.AppointToPost(post="unit:jincheng_emergency", person="zhou", person_name="周某", basis="市应急管理局"),
    )
    plan = "jincheng/cbm-surface-2020"
    review = c.RecordUpkeep(plan=plan, obligations=("duty:7.4:1",), done=START.date(), by="市应急管理局", note="评审")
    assert "市应急管理局" in str(PACKS[plan].support.duties[-1].by)
    room.give("zhou", review)
    other = review.model_copy(update={"obligations": ("contacts:6.1:1",)})
    assert room.refused("zhou", other).code == "post", "the contact base is the office's"


def test_commands_and_events_are_named_once_and_in_chinese():
    commands = [(kind.name, kind.label) for kind in c.COMMANDS]
    events = [(kind.type, kind.label) for kind in e.CATALOGUE]
    for named in (commands, events):
        assert len({name for name, _ in named}) == len({label for _, label in named}) == len(named)
        assert all(name.isascii() and name.islower() and not label.isascii() for name, label in named)
    kinds = {
        kind for kind in vars(e).values() if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
    }
    assert kinds == set(e.CATALOGUE)


def test_the_room_never_asks_for_the_time(repository: Path):
    asked = [
        f"{file.name}:{node.lineno}"
        for file in (repository / "src/zhishou/watch").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow", "time_ns", "monotonic"}
    ]
    assert asked == []


def test_the_names_of_the_tests_people_are_nobodys():
    assert all(name.endswith("某") for name in NAMES.values())
