"""What still stands: updates, cancels, duplicates, forgeries, whatever the order of arrival."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from cap_messages import AT, sample
from hypothesis import given
from hypothesis import strategies as st

from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.reading import Received, read
from zhishou.paper.cap.standing import Standing, standings
from zhishou.paper.cap.values import Alert, Info, MsgType, Reference, Status

INFO = Info(("Met",), "寒潮", "Expected", "Severe", "Likely", expires=AT + timedelta(hours=12))


def _message(
    name: str, kind: MsgType = "Alert", *follows: Received, sender: str = "weather", signer: str = "气象",
    status: Status = "Actual", hour: float = 0, info: Info = INFO,
) -> Received:  # fmt: skip
    references = tuple(one.alert.key for one in follows)
    sent = AT + timedelta(hours=hour)
    alert = Alert(name, sender, sent, status, kind, "Public", references=references, infos=(info,))
    return Received(alert, signer, f"{name}-{sender}-{signer}", AT)


def _states(messages: Sequence[Received], at: float = 1) -> dict[str, str]:
    return {one.message.alert.identifier: one.state for one in standings(messages, AT + timedelta(hours=at))}


FIRST = _message("A")
SECOND = _message("B", "Update", FIRST, hour=0.1)
THIRD = _message("C", "Update", FIRST, SECOND, hour=0.2)
END = _message("D", "Cancel", FIRST, SECOND, THIRD, hour=0.3)


@pytest.mark.parametrize(
    "text", ["【演练】寒潮橙色预警", "寒潮橙色预警（测试）", "应急演习", "Required Weekly TEST", "Exercise: cold wave"]
)
def test_a_real_message_whose_heading_says_exercise_stands_for_nothing_and_undoes_nothing(text: str):
    for info in (replace(INFO, headline=text), replace(INFO, event=text)):
        drill = _message("X", info=info)
        end = _message("Y", "Cancel", FIRST, hour=0.1, info=info)
        assert _states([FIRST, drill, end]) == {"A": "standing", "X": "doubtful", "Y": "doubtful"}
    told = _message("Z", info=replace(INFO, headline="寒潮预警", event="Latest forecast", description="演练照常"))
    assert _states([told]) == {"Z": "standing"}


@pytest.mark.parametrize("order", list(itertools.permutations([FIRST, SECOND, THIRD, END]))[::5])
def test_the_order_of_arrival_does_not_matter(order: tuple[Received, ...]):
    assert _states(order) == {"A": "cancelled", "B": "cancelled", "C": "cancelled", "D": "cancel"}


def test_an_update_takes_the_place_of_what_it_names():
    found = standings([THIRD, FIRST, SECOND], AT)
    assert [one.state for one in found] == ["superseded", "superseded", "standing"]
    assert found[1].by == THIRD


def test_a_cancel_of_what_never_came_is_kept_and_told():
    (found,) = standings([END], AT)
    assert found.state == "cancel"
    assert "没有收到" in found.note
    assert _states([END, FIRST])["A"] == "cancelled"


def test_what_ran_out_is_told_as_run_out():
    (found,) = standings([FIRST], AT + timedelta(hours=13))
    assert found.state == "expired"
    assert found.label == "已过有效期"
    assert "2026-12-16 08:30" in found.note
    endless = _message("E", info=replace(INFO, expires=None))
    assert _states([endless], 1000) == {"E": "standing"}


def test_a_message_stands_as_long_as_one_of_its_infos_does():
    two = replace(FIRST, alert=replace(FIRST.alert, infos=(INFO, replace(INFO, expires=None))))
    assert _states([two], 1000) == {"A": "standing"}


def test_at_the_very_moment_it_is_over():
    assert _states([FIRST], 11.999) == {"A": "standing"}
    assert _states([FIRST], 12) == {"A": "expired"}


def test_the_same_message_twice_is_one():
    (found,) = standings([FIRST, FIRST, replace(FIRST, digest="other bytes, same words")], AT)
    assert (found.copies, found.state) == (3, "standing")


def test_nobody_undoes_anothers_message():
    stranger = _message("X", "Cancel", FIRST, sender="stranger", signer="陌生人")
    unsigned = _message("Y", "Cancel", FIRST, signer="")
    other_key = _message("Z", "Cancel", FIRST, signer="陌生人")
    assert _states([FIRST, stranger, unsigned, other_key])["A"] == "standing"
    loose = _message("A", signer="")
    assert _states([loose, _message("X", "Cancel", loose, sender="stranger", signer="")])["A"] == "standing"


def test_a_signed_message_may_undo_an_unsigned_one_of_the_same_sender():
    loose = _message("A", signer="")
    assert _states([loose, END])["A"] == "cancelled"


@pytest.mark.parametrize("status", ["Exercise", "Test", "System", "Draft"])
def test_what_is_not_real_stands_for_nothing_and_undoes_nothing(status: Status):
    drill = _message("A2", status=status)
    assert _states([drill]) == {"A2": "not_real"}
    assert _states([FIRST, _message("D2", "Cancel", FIRST, status=status)])["A"] == "standing"
    assert _states([drill, _message("D3", "Cancel", drill)])["A2"] == "not_real"


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_receipts_change_nothing(kind: MsgType):
    assert _states([FIRST, _message("R", kind, FIRST)]) == {"A": "standing", "R": "receipt"}


def test_one_name_for_two_messages_is_believed_by_nobody():
    changed = replace(FIRST, alert=replace(FIRST.alert, infos=(replace(INFO, severity="Minor"),)), digest="x")
    (found,) = standings([FIRST, changed], AT)
    assert (found.state, found.copies) == ("conflict", 2)
    assert "核实" in found.note


def test_a_forgery_without_signature_does_not_shake_a_signed_message():
    forged = Received(replace(FIRST.alert, infos=(replace(INFO, severity="Minor"),)), "", "x", AT - timedelta(days=1))
    (found,) = standings([forged, FIRST], AT)
    assert (found.state, found.message) == ("standing", FIRST)


def test_two_forged_names_do_not_cancel():
    false_end = replace(END, alert=replace(END.alert, note="x"), digest="x")
    assert _states([FIRST, END, false_end])["A"] == "standing"


def _national(kind: str, second: int, first: str = "", colour: str = "Orange") -> Received:
    text = sample("cold_wave").decode().replace(">Alert<", f">{kind}<").replace(">Orange<", f">{colour}<")
    text = text.replace("20261215153000<", f"202612151530{second:02}<").replace(
        "15:30:00+08:00</sendTime>", f"15:30:{second:02}+08:00</sendTime>"
    )
    text = text.replace("<references/>", f"<references>{first}</references>")
    return Received(read(parsed(text.encode())), "", f"n{second}", AT)


def test_in_the_national_profile_the_latest_of_a_thread_stands():
    first = _national("Alert", 0)
    name = first.alert.identifier
    course = [first, _national("Update", 1, name, "Red"), _national("Update", 2, name, "Yellow")]
    assert [one.state for one in standings(course[::-1], AT)] == ["superseded", "superseded", "standing"]
    end = _national("Cancel", 3, name, "Yellow")
    assert [one.state for one in standings([end, *course], AT)] == ["cancelled", "cancelled", "cancelled", "cancel"]
    minute = [
        replace(one, alert=replace(one.alert, sent=first.alert.sent)) for one in course
    ]  # written without seconds
    for order in itertools.permutations(minute):
        states = {one.message.alert.infos[0].severity: one.state for one in standings(order, AT)}
        assert states == {"Severe": "superseded", "Extreme": "superseded", "Moderate": "standing"}
    other = _national("Alert", 9)
    assert standings([*course, other, end], AT)[-1].state == "standing"


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["Alert", "Update", "Cancel"]), st.integers(0, 5))),
    st.randoms(),
)
def test_any_heap_of_messages_gives_one_answer(drawn: list[tuple[int, MsgType, int]], random: object):
    messages = []
    for at, kind, of in drawn:
        alert = Alert(f"{at}", "weather", AT, "Actual", kind, "Public", references=(Reference(f"{of}", "weather", AT),))
        messages.append(Received(alert, "", str((at, kind, of)), AT))
    found = {one.message.alert.key: one.state for one in standings(messages, AT)}
    assert set(found) == {one.alert.key for one in messages}
    random.shuffle(messages)  # type: ignore[attr-defined]
    assert {one.message.alert.key: one.state for one in standings(messages, AT)} == found


def test_labels_are_chinese():
    assert {Standing(FIRST, one.state).label for one in standings([FIRST, END], AT)} == {"已解除", "解除通知"}
