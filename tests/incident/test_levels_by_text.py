"""Who proposes, approves, decides, refuses and ends each level of each plan, as read off the official texts (levels.yaml)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from incident_room import AREAS, ENERGY, GAS, HEATING, PLANS, START, Room, post

from zhishou.errors import RefusedError
from zhishou.incident.index import COMMANDS, decide
from zhishou.plan import marks

TEXT: dict[str, Any] = marks.read((Path(__file__).parent / "levels.yaml").read_text("utf-8"), "levels.yaml").data
OTHERS = (
    "deputy_commander", "executive_deputy_commander", "office_director", "task_force_director", "commander", "office",
    "headquarters", "members", "experts", "groups", "on_scene", "coordination", "on_scene_commander",
    "general_commander", "office_deputy_director", "unit:shanxi_government", "unit:shanxi_departments",
    "unit:jincheng_government", "unit:qinshui_government", "unit:authorised_departments", "unit:incident_headquarters",
    "unit:jincheng_emergency", "unit:incident_duty_room", "duty:jincheng", "admin:jincheng",
)  # fmt: skip
LEVELS = [
    (plan, ladder, level)
    for plan, said in TEXT.items()
    for ladder in ("warning", "response")
    for level in said.get(ladder, {})
]


def test_the_table_has_every_level_of_every_plan():
    shelf = Room().shelf
    assert tuple(TEXT) == (GAS, ENERGY, HEATING, *PLANS[3:])
    assert {
        (plan, kind, one.level) for plan in PLANS for kind, of in shelf.packs[plan].ladders.items() for one in of.levels
    } == set(LEVELS)


def keys(plan: str, name: str) -> set[str]:
    return {post(plan, one) for one in TEXT[plan]["names"][name]} if name else set()


def everybody(plan: str) -> Iterator[str]:
    yield from dict.fromkeys(post(plan, one) for one in OTHERS)
    yield post(GAS if plan != GAS else PLANS[6], "commander")


def opened(plan: str) -> Room:
    place = "qinshui" if AREAS[plan] == "jincheng" else AREAS[plan]
    return Room(AREAS[plan]).open(plan, place=place)


def able(room: Room, of: str, what: str, **said: Any) -> set[str]:
    """The posts whose holders may give a command; everybody else is refused with a clause of the plan."""
    found: set[str] = set()
    refused: list[RefusedError] = []
    for one in everybody(of):
        try:
            decide(room.state, COMMANDS[what](**said), room.actor({one}), room.context)
        except RefusedError as error:
            if (what, error.code) == ("end_level", "missing"):
                found.add(one)  # the post may; its own way of ending has other conditions
                continue
            if error.code != "post":
                raise
            refused.append(error)
        else:
            found.add(one)
    assert [error for error in refused if not (error.mend and error.clause)] == []
    assert {clause for error in refused for clause in error.clause} <= set(room.shelf.packs[of].ledger.clauses)
    return found


@pytest.mark.parametrize(("plan", "ladder", "level"), LEVELS)
def test_who_proposes_approves_decides_and_ends(plan: str, ladder: str, level: str):
    said = TEXT[plan][ladder][level]
    office, deciders = _office(plan), keys(plan, said["decides"])
    room = opened(plan)
    proposing = {"plan": plan, "ladder": ladder, "level": level, "reason": "情况紧急"}
    may_propose = keys(plan, said.get("proposes", "")) or office | deciders
    assert able(room, plan, "propose_level", **proposing) == may_propose & set(everybody(plan))

    if said.get("proposes") or said.get("approves") or said.get("approved_in"):
        with pytest.raises(RefusedError, match="须先提出建议再决定") as refused:
            room.give("decide_level", max(deciders), **proposing)
        assert refused.value.clause == (said["clause"],)
    else:
        assert able(room, plan, "decide_level", **proposing) == deciders & set(everybody(plan))

    (proposed,) = room.give("propose_level", max(may_propose), "甲", **proposing)
    assert proposed.model_dump()["clause"] == (said["clause"],)
    given = {"proposal": "p1"}
    approvers = keys(plan, said.get("approves", ""))
    assert able(room, plan, "refuse_proposal", **given, reason="暂不需要") >= deciders & set(everybody(plan))
    if approvers:
        with pytest.raises(RefusedError, match="还没有经过审批"):
            room.give("decide_proposal", max(deciders), **given)
        assert able(room, plan, "approve_proposal", **given) == approvers
        room.give("approve_proposal", max(approvers), "乙", **given)
    elif where := said.get("approved_in"):
        with pytest.raises(RefusedError, match="还没有经过审批"):
            room.give("decide_proposal", max(deciders), **given)
        with pytest.raises(RefusedError, match="没有写决定的文号"):
            room.give("record_approval", **given, by=where, document=" ")
        with pytest.raises(RefusedError, match="预案没有把"):
            room.give("record_approval", **given, by="市应急局", document="晋市应急函1号")
        room.give("record_approval", **given, by=where, document="晋政办函〔2026〕1号")
    assert able(room, plan, "decide_proposal", **given) == deciders & set(everybody(plan))
    for decider in sorted(deciders):
        _decided_and_ended(room, plan, ladder, level, decider)


def _office(plan: str) -> set[str]:
    own = {"office", "office_director"} | ({"office_deputy_director"} if plan == ENERGY else set())
    return {post(plan, one) for one in own}


def _decided_and_ended(before: Room, plan: str, ladder: str, level: str, decider: str) -> None:
    said = TEXT[plan][ladder][level]
    room = Room(before.area)
    room.state = before.state
    room.give("decide_proposal", decider, "丙", proposal="p1")
    active = room.state.ladder(plan, ladder)
    assert active is not None
    assert active.level == level
    assert active.decided.post == decider
    if "ends" not in said:
        return
    enders = {decider} if said["ends"] == "starter" else keys(plan, said["ends"])
    enders |= keys(plan, said.get("ends_too", ""))
    ended = _ending(room, plan, ladder)
    assert able(room, plan, "end_level", plan=plan, ladder=ladder, **ended) == enders & set(everybody(plan))


def _ending(room: Room, plan: str, ladder: str) -> dict[str, Any]:
    """Conditions, taken from the pack: that they are the text's is the pack's own test."""
    rules = room.shelf.packs[plan].ladders[ladder].ending  # type: ignore[index]
    wanted = rules[0].when if rules else ()
    return {"confirmed": dict.fromkeys(wanted, "现场确认")}


@pytest.mark.parametrize(("plan", "ladder", "level"), [one for one in LEVELS if "also" in TEXT[one[0]][one[1]][one[2]]])
def test_what_another_authority_decides_is_recorded_with_its_document(plan: str, ladder: str, level: str):
    said = TEXT[plan][ladder][level]
    room = opened(plan)
    decision = {"plan": plan, "ladder": ladder, "level": level, "by": said["also"]}
    with pytest.raises(RefusedError, match="没有写决定的文号"):
        room.give("record_decision", **decision, document="")
    with pytest.raises(RefusedError, match="预案没有把") as refused:
        room.give("record_decision", **{**decision, "by": "市气象局"}, document="气象函1号")
    assert refused.value.clause
    assert able(room, plan, "record_decision", **decision, document="值班传真12号") == (
        {f"duty:{room.area}"} & set(everybody(plan)) | _office(plan)
    )
    room.give("record_decision", **decision, document="值班传真12号")
    active = room.state.ladder(plan, ladder)
    assert active is not None
    assert active.level == level
    assert active.authority
    # 谁发布谁解除: those who wrote it down have not published it.
    for writer in (f"duty:{room.area}", post(plan, "office_director")):
        if writer not in keys(plan, said.get("ends_too", "")) | (
            keys(plan, said["ends"]) if said["ends"] != "starter" else set()
        ):
            with pytest.raises(RefusedError, match="职权"):
                room.give("end_level", writer, plan=plan, ladder=ladder, **_ending(room, plan, ladder))


@pytest.mark.parametrize(("plan", "ladder", "level"), LEVELS)
def test_nobody_decides_what_he_proposed_himself(plan: str, ladder: str, level: str):
    said = TEXT[plan][ladder][level]
    room = opened(plan)
    every = set(everybody(plan))
    room.give("propose_level", every, "一人", plan=plan, ladder=ladder, level=level, reason="情况紧急")
    name = "approve_proposal" if said.get("approves") else "decide_proposal"
    if said.get("approved_in"):
        return  # the province approves; that it must is tested above
    with pytest.raises(RefusedError, match="不能由提出建议的本人") as refused:
        room.give(name, every, "一人", proposal="p1")
    assert refused.value.code == "own_proposal"
    assert refused.value.clause
    assert refused.value.mend
    with pytest.raises(RefusedError, match="不能由提出建议的本人"):
        room.give("refuse_proposal", every, "一人", proposal="p1", reason="不需要")
    assert room.now == START
