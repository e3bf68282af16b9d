"""Every version stays, the same file twice is one, decisions make versions, and the register survives being written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from supply.returns import made

from zhishou.errors import NotFoundError, ProblemsError, ZhishouError
from zhishou.supply.returns import reading, records
from zhishou.supply.returns.checking import Expected
from zhishou.supply.returns.held import Action, key
from zhishou.supply.returns.receiving import Received, decide, receive
from zhishou.supply.returns.register import Register

LATER = made.EVENING + timedelta(hours=1)


def add(register: Register, content: bytes, *, name: str = "a.xlsx", **stated: Any) -> tuple[Register, Received]:
    found = reading.read(name, content, made.ROSTER, made.DAY, **stated)
    register, (one, *_) = receive(register, found, made.ROSTER, Expected(made.EVENING))
    return register, one


def used(register: Register, reporter: str = "grid") -> dict[tuple[str, str], Any]:
    entry = register.current(reporter, made.DAY)
    assert entry is not None
    assert entry.returned is not None
    return {(one.item, one.of): one.amount for one in entry.returned.values if one.hour is None}


def test_the_same_file_twice_is_one():
    content = made.filled("grid")
    register, first = add(Register(), content)
    again, second = add(register, content, name="b.xlsx")
    assert (first.outcome, second.outcome) == ("accepted", "known")
    assert again is register
    assert second.entry is first.entry


def test_the_same_content_in_another_file_is_one():
    register, _ = add(Register(), made.filled("grid"))

    def touch(book: Any) -> None:
        book["报表"].row_dimensions[8].height = 30

    again, second = add(register, made.filled("grid", change=touch))
    assert second.outcome == "known"
    assert again is register


def test_the_first_file_again_after_a_wrong_correction_is_what_counts():
    first = made.filled("grid")
    register, _ = add(Register(), first)
    before = used(register)
    wrong = made.filled("grid", {"use:works@1": 46})
    register, _ = add(register, wrong)
    register, third = add(register, first)
    assert third.outcome == "accepted"
    assert third.entry is not None
    assert any("内容与第 1 版相同" in one.message for one in third.entry.noted)
    assert used(register) == before
    assert len(register.versions("grid", made.DAY)) == 3
    assert add(register, first)[1].outcome == "known"
    assert add(register, wrong)[1].outcome != "known"


def test_a_correction_is_a_new_version_and_the_old_one_stays():
    first = made.filled("grid")
    register, _ = add(Register(), first)
    register, second = add(register, made.filled("grid", {"use:works@1": 46}))
    versions = [entry.returned for entry in register.versions("grid", made.DAY)]
    assert [one.version for one in versions if one] == [1, 2]
    assert second.outcome == "accepted"
    assert used(register)["demand", "works"] == 46
    assert second.entry is not None
    (told,) = [one for one in second.entry.noted if one.code == "new_version"]
    assert "登记为第 2 版，原版保留；报送性质没有写更正" in told.message
    assert versions[0] is not None
    assert {(v.item, v.of): v.amount for v in versions[0].values}["demand", "works"] == 45.5
    assert add(register, made.filled("grid", {"use:works@1": 46}))[1].outcome == "known"
    assert [one.reporter for one in register.latest(made.DAY)] == ["grid"]


def test_a_correction_overtakes_what_was_held():
    register, first = add(Register(), made.filled("grid", {"use:works@1": -3}))
    assert first.outcome == "held"
    assert [one.id for _, one in register.open(made.DAY)] == ["1-1"]
    register, _ = add(register, made.filled("grid"))
    assert register.open() == ()
    assert register.versions("grid", made.DAY)[0].held[0].code == "negative"


def settle(register: Register, held: str, action: Action, **more: Any) -> Register:
    return decide(register, held, action, post="值班负责人", reason="电话核实", at=LATER, **more)


def test_a_held_figure_may_be_released_replaced_or_rejected():
    register, _ = add(Register(), made.filled("grid", {"use:works@1": 455000}))
    about = ("demand", "works", made.DAY + timedelta(days=1), None)
    assert ("demand", "works") not in used(register)
    assert used(settle(register, "1-1", "release"))["demand", "works"] == 455000
    assert used(settle(register, "1-1", "replace", amounts={about: 45.5}))["demand", "works"] == 45.5
    assert ("demand", "works") not in used(settle(register, "1-1", "reject"))
    after = settle(register, "1-1", "replace", amounts={about: 45.5})
    assert after.open() == ()
    entry = after.entries[-1]
    assert entry.decision is not None
    assert (entry.decision.post, entry.decision.reason) == ("值班负责人", "电话核实")
    assert entry.returned is not None
    assert entry.returned.version == 2
    assert "值班负责人核定 1-1：改用" in entry.returned.source
    assert len(after.versions("grid", made.DAY)) == 2


def test_a_figure_held_twice_waits_for_both():
    register, _ = add(Register(), made.filled("grid", {"total_use@1": 90, "total_use@0": 90}))
    assert [one.code for _, one in register.open()] == ["total_differs", "total_differs"]
    register = settle(register, "1-1", "release")
    assert len(register.open()) == 1
    (left,) = register.open()
    register = settle(register, left[1].id, "reject")
    assert register.open() == ()
    assert ("demand", "homes") in used(register) or ("taken", "homes") in used(register)


def test_a_missing_figure_may_be_given_and_not_released():
    register, _ = add(Register(), made.filled("grid", {"use:works@1": None}))
    about = ("demand", "works", made.DAY + timedelta(days=1), None)
    with pytest.raises(ZhishouError, match="没有可以照用的数"):
        settle(register, "1-1", "release")
    assert used(settle(register, "1-1", "replace", amounts={about: 45.5}))["demand", "works"] == 45.5


def test_a_whole_return_may_be_released():
    late = made.filled("grid", day=made.DAY - timedelta(days=20))
    register, one = add(Register(), late)
    assert one.outcome == "whole"
    register = settle(register, "1-1", "release")
    returned = register.entries[-1].returned
    assert returned is not None
    assert len(returned.values) == len(made.FIGURES["grid"])


@pytest.mark.parametrize(
    ("action", "more", "said"),
    [
        ("replace", {}, "没有给出"),
        ("release", {"amounts": {("demand", "works", made.DAY + timedelta(days=1), None): 1.0}}, "只有 replace"),
        ("replace", {"amounts": {("demand", "homes", made.DAY, None): 1.0}}, "这一事项里没有"),
        ("replace", {"amounts": {("demand", "works", made.DAY + timedelta(days=1), None): -1.0}}, "不能为负"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(action: Action, more: Any, said: str):
    register, _ = add(Register(), made.filled("grid", {"use:works@1": -3}))
    with pytest.raises(ZhishouError, match=said):
        settle(register, "1-1", action, **more)
    with pytest.raises(NotFoundError, match="没有编号为“9-9”"):
        settle(register, "9-9", "reject")
    with pytest.raises(ZhishouError, match="职务"):
        decide(register, "1-1", "reject", post=" ", reason="", at=LATER)


def test_an_unplaced_file_waits_until_it_is_placed_or_put_aside():
    def erase(book: Any) -> None:
        book["报表"]["C3"] = "？"

    content = made.filled("grid", change=erase)
    register, first = add(Register(), content)
    assert first.outcome == "whole"
    assert [one.code for _, one in register.open()] == ["unknown_reporter"]
    aside = settle(register, "1-1", "reject")
    assert aside.open() == ()
    placed, second = add(register, content, reporter="grid", gas_day=made.DAY)
    assert second.outcome == "accepted"
    assert placed.open() == ()


def test_a_file_that_cannot_be_read_waits_too():
    register, one = add(Register(), b"%PDF-1.7", name="扫描件.pdf")
    assert one.outcome == "unread"
    assert register.open()[0][1].id == "1-1"
    assert add(register, b"%PDF-1.7")[1].outcome == "known"


def test_levels_come_from_what_was_accepted_before():
    register = Register()
    for back in range(5, 0, -1):
        day = made.DAY - timedelta(days=back)
        found = reading.read("a", made.filled("grid", {"use:homes@1": 33 + back / 10}, day), made.ROSTER, day)
        register, _ = receive(register, found, made.ROSTER, Expected(made.evening(day)))
    register, one = add(register, made.filled("grid", {"use:homes@1": 330}))
    assert one.entry is not None
    (held,) = one.entry.held
    assert held.code == "spike"
    assert "近日水平 33.3" in held.message


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_written_down_and_read_back_is_the_same(data: st.DataObject):
    register = Register()
    for reporter in data.draw(st.lists(st.sampled_from(list(made.FIGURES)), min_size=1, max_size=3)):
        code = data.draw(st.sampled_from([one for one in made.FIGURES[reporter] if "level" not in one]))
        amount = data.draw(st.sampled_from([1.5, -1, 0, 9e9, "约", None]))
        register, _ = add(register, made.filled(reporter, {code: amount}))
    for _, one in register.open():
        register = settle(register, one.id, "reject")
    again, problems = records.read(records.written(register.entries), "returns.jsonl")
    assert again.entries == register.entries
    assert problems == ()
    assert again.latest(made.DAY) == register.latest(made.DAY)


def test_a_broken_line_is_named_and_the_rest_is_told():
    register, _ = add(Register(), made.filled("grid"))
    register, _ = add(register, made.filled("tank"))
    first, second, _ = records.written(register.entries).split("\n")
    again, problems = records.read(f"{first[:40]}\n{second}\n", "returns.jsonl")
    assert [one.reporter for one in again.latest(made.DAY)] == ["tank"]
    assert problems[0].where == "returns.jsonl:1"
    for bad in ("[]", "{}", '{"v":1}', "1", second.replace('"stock"', '"nothing"')):
        assert len(records.read(bad, "x")[1]) == 1


def test_a_line_of_another_version_is_refused():
    register, _ = add(Register(), made.filled("grid"))
    line = records.written(register.entries).replace('{"v":1', '{"v":2')
    with pytest.raises(ProblemsError, match=r"returns\.jsonl:1：是第 2 版的记录"):
        records.read(line, "returns.jsonl")


WRITTEN = st.one_of(
    st.none(), st.integers(-5, 10**7), st.floats(-1e3, 1e7, allow_nan=False), st.booleans(),
    st.sampled_from(["—", "无", "约5", "1,5", "12.5万", "3吨", "５", "#REF!", "1/2", "3%", "=1+1", "2026-12-15"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_figure_vanishes(data: st.DataObject):
    reporter = data.draw(st.sampled_from(["field", "grid", "power", "upper"]))
    codes = list(made.FIGURES[reporter]) + (["total_use@1", "use:works@h3"] if reporter == "grid" else [])
    figures = {code: data.draw(WRITTEN) for code in data.draw(st.lists(st.sampled_from(codes), unique=True))}
    content = made.filled(reporter, figures)
    _, one = add(Register(), content)
    assert one.entry is not None
    entry = one.entry
    told = {cell for held in (*entry.held, *entry.noted) for cell in held.cell.replace(":", "、").split("、")}
    kept = {value.place.split("!")[-1] for held in entry.held for value in held.values}
    accepted = {value.place.split("!")[-1] for value in entry.returned.values} if entry.returned else set()
    for code, amount in figures.items():
        if amount is not None and "@h" not in code:
            assert made.where(reporter, code) in told | kept | accepted, code
    values = reading.read("a", content, made.ROSTER, made.DAY).drafts[0].values
    held = {key(value) for one in entry.held for value in one.values}
    used_ = {key(value) for value in entry.returned.values} if entry.returned else set()
    assert {key(value) for value in values} == held | used_


def test_a_file_held_whole_for_its_day_is_placed_by_the_day_that_a_person_states():
    content = made.filled("grid", day=made.DAY.replace(year=made.DAY.year - 1))
    register, first = add(Register(), content)
    assert first.outcome == "whole"
    assert first.entry is not None
    assert first.entry.held[0].written == f"{made.DAY.replace(year=made.DAY.year - 1)}"
    assert f"--day {made.DAY}" in first.entry.held[0].mend
    assert add(register, content)[1].outcome == "known"
    found = reading.read("a.xlsx", content, made.ROSTER, made.DAY, gas_day=made.DAY)
    register, (second,) = receive(register, found, made.ROSTER, Expected(LATER))
    assert (second.outcome, register.open()) == ("accepted", ())
    assert used(register)["demand", "works"] > 0
