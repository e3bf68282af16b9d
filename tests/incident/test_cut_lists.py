"""Cut lists on the record: the plan's order holds whatever is changed by hand, residents are never cut, each step by its post."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_room import GAS, START, Room, post

from zhishou.errors import RefusedError
from zhishou.incident.cut_list import ListedCut, OrderStep, breach, spread
from zhishou.incident.cut_orders import powers_of

OFFICE, COMMANDER, DEPUTY, DUTY = (
    post(GAS, "office"),
    post(GAS, "commander"),
    post(GAS, "deputy_commander"),
    "duty:jincheng",
)


def night(level: str = "II") -> Room:
    room = Room().open(GAS, place="qinshui")
    room.give("propose_level", OFFICE, "科长", plan=GAS, level=level, reason="缺口扩大")
    room.give("decide_proposal", COMMANDER, "总指挥", proposal="p1")
    return room


def line(customer: str, kind: str, most: tuple[float, ...], hours: tuple[float, ...], **more: Any) -> dict[str, Any]:
    told = {
        "customer": customer, "called": customer, "customer_class": kind, "supplier": "gas_city",
        "supplier_label": "示例市区燃气公司", "notice": 1.0, "most": most, "hours": hours,
    }  # fmt: skip
    return told | more


FOUNDRY = line("铸造厂", "industry", (3.0, 3.0), (3.0, 3.0))
KILN = line("陶瓷厂", "industry", (2.0, 2.0), (2.0, 2.0), supplier="county_zezhou", supplier_label="泽州县人民政府")
SHOPS = line("商业", "commerce", (2.0, 2.0), (1.0, 0.5), batch=2)


def drafted(*lines: dict[str, Any], level: str = "II", **more: Any) -> Room:
    room = night(level)
    given_ = {
        "plan": GAS,
        "level": level,
        "since": START + timedelta(hours=2),
        "lines": lines or (FOUNDRY, KILN, SHOPS),
    }
    room.give("draft_cut_list", OFFICE, "科长", **given_ | more)
    return room


def refused(room: Room, name: str, by: str = OFFICE, person: str = "科长", /, **said: Any) -> RefusedError:
    with pytest.raises(RefusedError) as error:
        room.give(name, by, person, **said)
    return error.value


def change(number: int, amount: float, **more: Any) -> dict[str, Any]:
    return {"line": number, "amount": amount, **more}


def test_nothing_is_cut_where_no_response_is_in_force():
    room = Room().open(GAS, place="qinshui")
    error = refused(room, "draft_cut_list", plan=GAS, level="II", since=START, lines=(FOUNDRY,))
    assert "没有正在生效的应急响应" in error.message
    assert error.clause == ("4.2.2.2(2)", "4.2.1.2(1)")


def test_level_three_opens_no_cut():
    """4.2.3.2 has no word of cutting; 4.2.2.2(2) and 4.2.1.2(1) have."""
    room = night("III")
    error = refused(room, "draft_cut_list", plan=GAS, level="III", since=START, lines=(FOUNDRY,))
    assert "Ⅲ级响应没有授权" in error.message
    assert "Ⅱ级响应" in error.mend


@pytest.mark.parametrize("level", ["I", "II"])
def test_residents_are_in_no_list(level: str):
    """7.1(2) 压非民生、保民生."""
    room = night(level)
    homes = line("城区居民", "residential", (5.0,), (1.0,))
    error = refused(room, "draft_cut_list", plan=GAS, level=level, since=START, lines=(homes,))
    assert (error.code, error.clause) == ("order", ("7.1(2)",))


def test_a_class_outside_the_levels_order_is_refused():
    """公共服务 and 车用 are in the order of level I alone."""
    room = night("II")
    error = refused(
        room,
        "draft_cut_list",
        plan=GAS,
        level="II",
        since=START,
        lines=(line("学校", "public_service", (1.0,), (1.0,)),),
    )
    assert error.clause
    assert "工业、商业" in error.mend
    drafted(line("学校", "public_service", (1.0,), (1.0,)), level="I")


def test_a_later_class_before_an_earlier_one_wants_its_reason():
    half = FOUNDRY | {"hours": (1.0, 1.0)}
    room = night()
    error = refused(room, "draft_cut_list", plan=GAS, level="II", since=START, lines=(half, SHOPS))
    assert (error.code, "次序在前" in error.message) == ("order", True)
    drafted(half, SHOPS, apart={"commerce": "泽州—城区输气能力已用尽"})


def test_the_earlier_class_is_not_spared_while_a_later_one_is_cut():
    room = drafted()
    error = refused(room, "adjust_cut_list", list="k1", changes=(change(1, 4.0),), reason="铸造厂来电求情")
    assert error.code == "order"
    assert error.clause == ("4.2.2.2(2)",)
    assert "工业还有可压的，就要压商业" in error.message
    assert room.state.cut_lists["k1"].cut == pytest.approx(11.5)


def test_a_later_class_is_not_cut_more_while_an_earlier_one_has_room():
    room = drafted(FOUNDRY | {"hours": (1.0, 1.0)}, SHOPS, apart={"commerce": "管道已满"})
    assert refused(room, "adjust_cut_list", list="k1", changes=(change(2, 2.5),), reason="多压一点").code == "order"
    room.give("adjust_cut_list", OFFICE, list="k1", changes=(change(2, 1.0),), reason="少压一点")


def test_within_a_class_shares_may_be_exchanged_in_one_step():
    room = drafted(FOUNDRY | {"hours": (2.0, 2.0)}, KILN | {"hours": (1.0, 1.0)})
    room.give(
        "adjust_cut_list",
        OFFICE,
        "科长",
        list="k1",
        changes=(change(1, 5.0), change(2, 1.0)),
        reason="陶瓷厂窑炉不能停",
    )
    one = room.state.cut_lists["k1"]
    assert [line.cut for line in one.lines] == pytest.approx([5.0, 1.0])
    assert one.short == (0, 0)
    assert [(a.line, a.was, a.now, a.reason) for a in one.adjustments] == [
        (1, 4.0, 5.0, "陶瓷厂窑炉不能停"), (2, 2.0, 1.0, "陶瓷厂窑炉不能停"),
    ]  # fmt: skip


def test_what_a_change_leaves_uncovered_is_told_hour_by_hour():
    room = drafted(FOUNDRY, KILN)
    late = {"since": START + timedelta(hours=3)}
    room.give("adjust_cut_list", OFFICE, "科长", list="k1", changes=(change(2, 2.0, **late),), reason="20时前在出窑")
    one = room.state.cut_lists["k1"]
    assert one.lines[1].hours == (0.0, 2.0)
    assert one.short == pytest.approx((2.0, 0.0))


def test_nobody_gives_more_than_may_be_cut():
    room = drafted(FOUNDRY, KILN)
    error = refused(room, "adjust_cut_list", list="k1", changes=(change(1, 6.1),), reason="多压")
    assert "超过可压的量" in error.message
    assert "保安负荷" in error.mend


@pytest.mark.parametrize("said", [{"reason": " "}, {"changes": (change(9, 1.0),)}, {"changes": (change(1, 6.0),)}])
def test_a_change_wants_a_reason_a_line_and_something_to_change(said: dict[str, Any]):
    room = drafted(FOUNDRY, KILN)
    refused(room, "adjust_cut_list", **({"list": "k1", "changes": (change(1, 5.0),), "reason": "检修"} | said))


def test_the_commander_signs_what_another_has_drawn_up():
    room = drafted()
    for other, person in ((DEPUTY, "副总指挥"), (OFFICE, "科长"), (DUTY, "值班员")):
        error = refused(room, "sign_cut_list", other, person, list="k1")
        assert (error.code, error.clause) == ("post", ("4.2.2.2(2)",))
    assert refused(room, "sign_cut_list", COMMANDER, "科长", list="k1").code == "own_proposal"
    room.give("sign_cut_list", COMMANDER, "总指挥", list="k1")
    one = room.state.cut_lists["k1"]
    assert (one.status, one.signed and one.signed.name) == ("signed", "总指挥")
    assert refused(room, "adjust_cut_list", list="k1", changes=(change(1, 5.0),), reason="改").code == "state"
    assert refused(room, "sign_cut_list", COMMANDER, "总指挥", list="k1").code == "state"


def test_whoever_changed_figures_does_not_sign_them():
    """Nobody approves his own proposal, and what he changed is his: another signs, or the office draws up anew."""
    room = drafted(FOUNDRY, KILN)
    room.give("adjust_cut_list", COMMANDER, "王丙", list="k1", changes=(change(1, 4.0),), reason="陶瓷厂窑炉不能停")
    error = refused(room, "sign_cut_list", COMMANDER, "王丙", list="k1")
    assert (error.code, "您调整过" in error.message, "重新起草" in error.mend) == ("own_proposal", True, True)
    room.give("adjust_cut_list", OFFICE, "科长", list="k1", changes=(change(1, 3.0),), reason="再少一点")
    assert refused(room, "sign_cut_list", COMMANDER, "王丙", list="k1").code == "own_proposal"
    room.give("sign_cut_list", COMMANDER, "另一位总指挥", list="k1")


def test_a_list_of_another_level_is_not_signed():
    room = drafted()
    room.give("propose_level", OFFICE, "科长", plan=GAS, level="I", reason="缺口过一成")
    room.give("decide_proposal", COMMANDER, "总指挥", proposal="p2")
    assert "按Ⅱ级响应算，正在生效的是Ⅰ级响应" in refused(room, "sign_cut_list", COMMANDER, "总指挥", list="k1").message


def test_a_list_goes_out_to_each_supplier_who_acknowledges():
    room = drafted()
    assert refused(room, "send_cut_list", list="k1").code == "state"
    room.give("sign_cut_list", COMMANDER, "总指挥", list="k1")
    room.give("send_cut_list", OFFICE, "科长", list="k1")
    assert {one.to[0] for one in room.state.directives.values()} == {"示例市区燃气公司", "泽州县人民政府"}
    first = next(id_ for id_, one in room.state.directives.items() if one.to == ("示例市区燃气公司",))
    assert "铸造厂压减6.00" in room.state.directives[first].text
    assert "商业压减1.50" in room.state.directives[first].text
    assert "陶瓷厂" not in room.state.directives[first].text
    assert room.state.duties[f"directive/{first}"].due == START + timedelta(hours=1)
    error = refused(
        room, "acknowledge_directive", "reporter:jincheng/pipe_main", "旁人", directive=first, unit="示例市区燃气公司"
    )
    assert error.code == "post"
    room.give("acknowledge_directive", "reporter:jincheng/gas_city", "报送员", directive=first, unit="示例市区燃气公司")
    assert room.state.duties[f"directive/{first}"].status == "met"
    other = next(id_ for id_ in room.state.directives if id_ != first)
    room.give("acknowledge_directive", "unit:zezhou_government", "县里", directive=other, unit="泽州县人民政府")


def test_what_was_cut_last_comes_back_first():
    room = drafted()
    room.give("sign_cut_list", COMMANDER, "总指挥", list="k1")
    room.give("send_cut_list", OFFICE, "科长", list="k1")
    error = refused(room, "restore_gas", COMMANDER, "总指挥", list="k1", lines=(1,), note="缺口已补")
    assert error.code == "order"
    assert "商业压减在后，应先恢复" in error.message
    room.give("restore_gas", COMMANDER, "总指挥", list="k1", lines=(3,), note="省网增供")
    assert refused(room, "restore_gas", COMMANDER, "总指挥", list="k1", lines=(3,), note="再").code == "state"
    room.give("restore_gas", COMMANDER, "总指挥", list="k1", lines=(1, 2), note="缺口已补")
    assert room.state.cut_lists["k1"].status == "ended"
    assert room.state.cut_lists["k1"].waiting == ()
    assert all(one.status in {"void", "met"} for one in room.duties("directive").values())


def test_a_new_list_takes_the_place_of_the_old_one():
    room = drafted()
    room.give(
        "draft_cut_list", OFFICE, "科长", plan=GAS, level="II", since=START + timedelta(hours=2), lines=(FOUNDRY,)
    )
    assert room.state.cut_lists["k1"].status == "replaced"
    room.give("sign_cut_list", COMMANDER, "总指挥", list="k2")
    room.give("draft_cut_list", OFFICE, "科长", plan=GAS, level="II", since=START + timedelta(hours=2), lines=(KILN,))
    assert room.state.cut_lists["k2"].status == "signed", "it holds until another one is signed"
    room.give("sign_cut_list", COMMANDER, "总指挥", list="k3")
    assert room.state.cut_lists["k2"].status == "replaced"


def test_an_incident_is_not_put_away_silently_while_gas_is_cut():
    room = drafted()
    room.give("sign_cut_list", COMMANDER, "总指挥", list="k1")
    room.give(
        "end_level", COMMANDER, "总指挥", plan=GAS,
        confirmed=dict.fromkeys(("供气紧张得到有效控制", "涉事地区群众生活和采暖得到保障", "衍生事件隐患消除"), "已核实"),
    )  # fmt: skip
    assert "第1号压减清单还没有全部恢复供气" in refused(room, "close_incident", DUTY, "值班员").message


def test_the_order_is_the_plans():
    room = Room()
    assert [step.customer_class for step in powers_of(room.shelf.packs[GAS], "I", room.context).steps] == [
        "liquefaction", "industry", "commerce", "public_service", "vehicle",
    ]  # fmt: skip
    assert [step.customer_class for step in powers_of(room.shelf.packs[GAS], "II", room.context).steps] == [
        "industry",
        "commerce",
    ]


AMOUNTS = st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), min_size=1, max_size=30)


@given(AMOUNTS, st.floats(0, 1))
def test_a_spread_amount_is_whole_and_fits(rows: list[tuple[float, float]], share: float):
    most, weights = [row[0] for row in rows], [row[1] for row in rows]
    amount = share * sum(most)
    laid = spread(amount, weights, most)
    assert sum(laid) == pytest.approx(amount, abs=1e-6)
    assert all(0 <= got <= room + 1e-9 for got, room in zip(laid, most, strict=True))


ORDER = (OrderStep("a", "甲", ("1",)), OrderStep("b", "乙", ("2",)), OrderStep("c", "丙", ("3",)))
ROWS = st.lists(
    st.tuples(st.integers(0, 2), *(st.tuples(*[st.integers(0, 3)] * 2) for _ in range(3))), min_size=1, max_size=5
)


@given(ROWS)
def test_a_breach_is_found_exactly_where_the_order_is_bent_further(rows: list[Any]):
    """Said once more by class and hour: e earlier, l later; spared more than drawn up while l is cut, or l cut more while e has room."""
    lines = []
    for step, room, then, now in rows:
        most = tuple(float(r + max(t, n)) for r, t, n in zip(room, then, now, strict=True))
        lines.append(
            ListedCut("x", "x", "a", step, 1, "shared", "", "s", "s", 0.0, most, tuple(map(float, now)),
                      tuple(map(float, then)), 0.0, ())
        )  # fmt: skip

    def total(step: int, what: str, hour: int) -> float:
        return sum(getattr(one, what)[hour] for one in lines if one.step == step)

    bent = any(
        total(e, "most", h) > total(e, "hours", h)
        and (
            (total(late, "hours", h) > 0 and total(e, "hours", h) < total(e, "drafted", h))
            or total(late, "hours", h) > total(late, "drafted", h)
        )
        for h in range(2)
        for late in range(3)
        for e in range(late)
    )
    assert (breach(ORDER, lines) is not None) == bent
