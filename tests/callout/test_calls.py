"""Single calls on a simulated clock: cancels, use-by, silence after a restart, clocks set wrongly, exercises, what is told to whom."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from calling_rooms import GAS, NIGHT, City, jincheng, members, shortage, start
from soundness import all_entries

from zhishou.callout.calls import Call
from zhishou.callout.league import counted, course, league
from zhishou.incident.directives import AcknowledgeDirective, IssueDirective
from zhishou.incident.levels import EndLevel
from zhishou.incident.reports import ReceiveQuery
from zhishou.incident.tasks import AcceptTask, CancelTask, IssueTask
from zhishou.journal import MemoryJournal
from zhishou.plan.posts import plan_post, unit_post
from zhishou.watch.commands import OfferShiftHandover, RecordLeave

POLICE = unit_post("jincheng_public_security")
OFFICER = f"u{members().index(POLICE)}"
"""Who holds the police's post."""
MINUTE = timedelta(minutes=1)


@pytest.fixture
def city() -> City:
    """Every member unit has one person with a telephone; nobody but the desk answers by himself."""
    made = jincheng(City())
    for number, post in enumerate(members()):
        made.appoint("jincheng", post, f"u{number}", "voice", "sms")
    return made


def task(city: City, incident: str, by: str = "市公安局", text: str = "封路") -> str:
    city.give(incident, "zhihui", IssueTask(plan=GAS, text=text, by=(by,)))
    return list(city.desk.incident(incident).tasks)[-1]


def calls(city: City, incident: str, kind: str) -> list[Call]:
    return [call for call in city.out.of(incident) if call.matter is not None and call.matter.kind == kind]


def sent(city: City) -> int:
    return sum(len(gateway.given) for gateway in city.gateways.values())


def test_a_cancel_goes_to_those_who_were_told_and_names_what_it_cancels(city: City):
    incident = shortage(city)
    told = task(city, incident)
    city.pump()
    (call,) = calls(city, incident, "task")
    originals = {message.id: message for message in call.messages.values()}
    assert {message.status for message in originals.values()} == {"accepted"}
    city.give(incident, "zhihui", CancelTask(task=told, reason="已解除"))
    city.pump()
    (cancel,) = calls(city, incident, "cancel")
    assert {(one.references, one.address) for one in cancel.messages.values()} == {
        (id_, one.address) for id_, one in originals.items()
    }
    out = [one for gateway in city.gateways.values() for one in gateway.given if one.kind == "cancel"]
    assert {one.references for one in out} == set(originals)
    assert all("撤销" in one.text and one.references in one.text for one in out)
    assert (cancel.status, cancel.reason) == ("ended", "told")


def test_nobody_gets_a_cancel_of_what_he_never_got(city: City):
    incident = shortage(city)
    told = task(city, incident)  # no round comes between
    city.give(incident, "zhihui", CancelTask(task=told, reason="写错"))
    city.pump()
    assert sent(city) == 0
    (cancel,) = calls(city, incident, "cancel")
    assert (cancel.status, cancel.reason) == ("ended", "nobody_told")


def test_whoever_accepted_in_the_system_is_not_called_again_though_messages_wait(city: City):
    incident = shortage(city)
    told = task(city, incident)
    city.out.round(city.at)  # queued, not sent
    assert city.journal.rows("outbox")
    city.give(incident, OFFICER, AcceptTask(task=told))
    city.until(NIGHT + timedelta(hours=3))
    assert sent(city) == 0
    (call,) = calls(city, incident, "task")
    assert call.status == "answered"
    assert call.answered is not None
    assert (call.answered.person, call.answered.how) == (OFFICER, "command")


def test_what_another_unit_accepts_does_not_silence_the_second(city: City):
    incident = shortage(city)
    city.give(incident, "zhihui", IssueTask(plan=GAS, text="巡线", by=("市公安局", "市能源局")))
    told = list(city.desk.incident(incident).tasks)[-1]
    city.pump()
    city.give(incident, OFFICER, AcceptTask(task=told))
    city.pump()
    by_party = {call.matter.party.key: call.status for call in calls(city, incident, "task") if call.matter}
    assert by_party == {POLICE: "answered", unit_post("jincheng_energy"): "calling"}


def test_a_directive_acknowledged_for_one_unit_stays_open_for_the_others(city: City):
    incident = shortage(city)
    city.give(incident, "zhihui", IssueDirective(plan=GAS, text="到岗", to=("市公安局", "市能源局")))
    city.pump()
    city.give(incident, OFFICER, AcknowledgeDirective(directive="d1", unit="市公安局"))
    city.pump()
    by_party = {call.matter.party.key: call.status for call in calls(city, incident, "directive") if call.matter}
    assert by_party == {POLICE: "answered", unit_post("jincheng_energy"): "calling"}


def test_past_its_use_it_is_not_sent_but_reported(city: City):
    incident = shortage(city)
    task(city, incident)
    city.at += timedelta(days=2)  # nobody ran meanwhile
    city.pump()
    (call,) = calls(city, incident, "task")
    assert call.status == "lapsed"
    assert [one.kind for gateway in city.gateways.values() for one in gateway.given] == ["gap", "gap"]


def test_what_waits_in_the_outbox_past_its_use_is_not_sent(city: City):
    incident = shortage(city)
    task(city, incident)
    city.out.round(city.at)
    assert len(city.journal.rows("outbox")) > 0
    city.at += timedelta(days=2)
    city.send()
    assert sent(city) == 0
    (call,) = calls(city, incident, "task")
    assert call.status == "lapsed"
    assert calls(city, incident, "gap"), "nobody was told"


def test_what_fell_due_while_nobody_ran_goes_out_at_once(city: City):
    """The escalation that paused and stayed silent for five and a half hours after a restart."""
    incident = shortage(city)
    task(city, incident)
    city.pump()
    before = sent(city)
    city.at += timedelta(hours=5, minutes=30)
    city.restart()
    assert city.out.round(city.at) > 0
    city.send()
    assert sent(city) > before
    city.until(city.at + timedelta(hours=2))
    (call,) = calls(city, incident, "task")
    assert call.status == "unanswered" or call.round > 1
    assert calls(city, incident, "gap")


def test_a_clock_set_forward_and_back_again_silences_nobody(city: City):
    incident = shortage(city)
    task(city, incident)
    real = city.at
    city.at = real + timedelta(hours=20)  # the clock is wrong for a moment
    city.pump()
    before = sent(city)
    assert before > 0
    city.at = real + MINUTE  # and is set right
    assert city.out.lost(city.at) > 0
    city.send()
    assert sent(city) > before, "the next step would have waited for twenty hours"


def test_lost_leaves_alone_what_waits_as_it_should(city: City):
    incident = shortage(city)
    task(city, incident)
    city.pump()
    city.at += MINUTE
    assert city.out.lost(city.at) == 0


def test_nobody_at_all_is_reported_at_once(city: City):
    incident = shortage(city)
    city.give(incident, "zhihui", IssueTask(plan=GAS, text="联系", by=("市人民政府",)))
    city.pump()
    (call,) = calls(city, incident, "task")
    assert call.status == "unanswered"
    assert all(reason for _, _, reason in call.passed)
    assert len(call.passed) == 3
    (gap,) = calls(city, incident, "gap")
    assert gap.opened == city.at
    assert gap.messages


def test_a_refused_message_brings_the_next_step_at_once_and_an_unsure_one_soon(city: City):
    city.gateways["wecom"].refuses = city.gateways["sms"].refuses = 1
    incident = shortage(city)
    task(city, incident)
    city.pump()
    (call,) = calls(city, incident, "task")
    assert call.step > 1, "everything that the first step sent was refused"
    assert any(message.channel == "voice" and message.told for message in call.messages.values())
    city.gateways["sms"].refuses, city.gateways["sms"].unsure = 0, 1
    second = shortage(city, "第二起")
    task(city, second)
    city.pump()
    (call,) = calls(city, second, "task")
    assert {message.status for message in call.messages.values()} == {"unknown"}
    assert call.due is not None
    assert call.due - city.at <= MINUTE


def test_receipts_count_once_late_and_for_nobody(city: City):
    incident = shortage(city)
    task(city, incident)
    city.pump()
    (call,) = calls(city, incident, "task")
    message = next(iter(call.messages))
    assert city.out.received(message, "delivered", city.at)
    assert not city.out.received(message, "delivered", city.at)
    assert city.out.received(message, "read", city.at)
    assert not city.out.received(message, "failed", city.at), "what was read has arrived"
    assert not city.out.received("aaaaaaaaaaaa1", "delivered", city.at)
    found = city.out.answer(message, "link", city.at)
    assert found is not None
    assert found.call.status == "answered"
    assert not city.out.received(message, "delivered", city.at + MINUTE)
    again = city.out.answer(message, "code", city.at + MINUTE)
    assert again is not None
    assert again.call.answered == found.call.answered, "a second answer changes nothing"
    assert city.out.answer("aaaaaaaaaaaa1", "link", city.at) is None


def test_a_gateway_s_own_name_leads_to_the_message(city: City):
    incident = shortage(city)
    task(city, incident)
    city.pump()
    (call,) = calls(city, incident, "task")
    for message in call.messages.values():
        found = city.out.by_gateway(message.channel, message.ref)
        assert found is not None
        assert found.message.id == message.id
        assert message.id in {one.message.id for one in city.out.sent_to(message.address)}
    assert city.out.by_gateway("sms", "nobody's") is None


def test_a_level_is_told_to_its_units_and_ends_with_a_cancel(city: City):
    incident = shortage(city)
    start(city, incident, "III")
    city.pump()
    opened = {call.matter.party.key for call in calls(city, incident, "level") if call.matter}
    assert set(members()) <= opened
    assert plan_post(GAS, "office") in opened
    assert not any(call.matter and call.matter.urgent for call in calls(city, incident, "level"))
    ending = shelf_ending()
    city.give(incident, "zhihui", EndLevel(plan=GAS, confirmed=dict.fromkeys(ending, "已确认")))
    city.pump()
    told = {call.matter.of for call in calls(city, incident, "cancel") if call.matter and call.reason == "told"}
    assert told == {call.id for call in calls(city, incident, "level") if call.messages}


def shelf_ending() -> tuple[str, ...]:
    from calling_rooms import shelf  # noqa: PLC0415

    response = shelf().pack(GAS).response
    assert response is not None
    return tuple(text for rule in response.ending for text in rule.when)


def test_a_raised_level_calls_anew_and_cancels_only_where_it_does_not(city: City):
    incident = shortage(city)
    start(city, incident, "III")
    city.pump()
    start(city, incident, "I")
    city.pump()
    levels = calls(city, incident, "level")
    first = {call.matter.party.key for call in levels if call.matter and call.matter.level == "III"}
    second = {call.matter.party.key for call in levels if call.matter and call.matter.level == "I"}
    assert {call.status for call in levels if call.matter and call.matter.level == "III"} <= {"ended", "answered"}
    cancelled = {call.matter.party.key for call in calls(city, incident, "cancel") if call.matter}
    assert cancelled == first - second


def test_whoever_brought_it_about_is_not_called(city: City):
    incident = shortage(city)
    start(city, incident, "II")
    city.give(incident, "zhiban", ReceiveQuery(by="省政府", text="情况如何"))
    city.pump()
    called = {message.person for call in city.out.of(incident) for message in call.messages.values()}
    assert "zhihui" not in called
    (query,) = calls(city, incident, "query")
    assert {message.person for message in query.messages.values()} == {"bangong"}, "the duty officer took the question"


def test_a_hand_over_calls_the_successor_until_he_signs(city: City):
    city.appoint("jincheng", "duty:jincheng", "jieban", "sms")
    offer = OfferShiftHandover(person="jieban", person_name="jieban", memo="一切正常")
    city.desk.keep("jincheng", offer, city.actor("zhiban"), key=city.key())
    city.pump()
    (call,) = city.out.of("jincheng")
    assert {message.person for message in call.messages.values()} == {"jieban"}


def test_on_leave_the_stand_in_is_called(city: City):
    who = OFFICER
    city.book.add("daiban", "sms")
    leave = RecordLeave(until=NIGHT + timedelta(days=1), reason="病", stand_in="daiban", stand_in_name="代班")
    city.desk.keep("jincheng", leave, city.actor(who), key=city.key())
    incident = shortage(city)
    task(city, incident)
    city.pump()
    (call,) = calls(city, incident, "task")
    assert {(message.person, message.why) for message in call.messages.values()} == {("daiban", "stand_in")}


def test_an_exercise_uses_its_own_channels_and_says_so():
    city = City(journal=MemoryJournal("drill", NIGHT, exercise=True))
    city.gateways["voice"].exercise = False
    city.restart()
    jincheng(city)
    city.appoint("jincheng", POLICE, "u1", "voice", exercise=True)
    city.book.add("u1", "sms", exercise=True, real=False)
    city.book.add("u1", "sms")
    incident = shortage(city)
    task(city, incident)
    city.pump()
    given = [one for gateway in city.gateways.values() for one in gateway.given if one.kind == "task"]
    assert given
    assert not city.gateways["voice"].given
    assert all(one.text.startswith("【演练】") and one.exercise for one in given)
    (call,) = calls(city, incident, "task")
    allowed = {one.id for own in city.book.own.values() for one in own if one.exercise}
    assert {message.address for message in call.messages.values()} <= allowed


def test_a_real_call_never_uses_an_address_that_is_for_exercises_alone(city: City):
    only = city.book.add(OFFICER, "sms", exercise=True, real=False)
    incident = shortage(city)
    task(city, incident)
    city.pump()
    used = {message.address for call in city.out.of(incident) for message in call.messages.values()}
    assert used
    assert only.id not in used


def test_who_is_only_informed_is_told_neither_place_nor_casualties(city: City):
    incident = shortage(city, "沁水县端氏镇管线爆裂 3 人死亡")
    start(city, incident, "I")
    city.pump()
    by_need: dict[str, list[str]] = {}
    for call in calls(city, incident, "level"):
        assert call.matter is not None
        for gateway in city.gateways.values():
            by_need.setdefault(call.matter.need, []).extend(
                one.text for one in gateway.given if one.id in call.messages
            )
    assert by_need["bare"]
    assert not [text for text in by_need["bare"] if "死亡" in text or "沁水" in text or "管线" in text]
    assert all("死亡" in text for text in by_need["full"])
    short = [one.text for one in city.gateways["sms"].given if one.kind == "level"]
    assert all(len(text) <= 70 for text in short)


def test_no_number_stands_in_the_record_or_on_a_board(city: City):
    incident = shortage(city)
    start(city, incident, "I")
    city.until(NIGHT + timedelta(hours=1))
    numbers = set(city.book.values.values())
    record = json.dumps([entry.payload for entry in all_entries(city.journal)])
    boards = json.dumps([row.data for board in ("calls", "outbox", "call_refs", "call_sent") for row in city.journal.rows(board, limit=10_000)])  # fmt: skip
    assert not [number for number in numbers if number in record or number in boards]
    assert not [one for gateway in city.gateways.values() for one in gateway.given if one.value in repr(one)]


def test_league_and_story(city: City):
    for number in range(len(members())):
        city.answers[f"u{number}"] = 1 + number
    del city.answers[OFFICER]
    incident = shortage(city)
    start(city, incident, "I")
    city.until(NIGHT + timedelta(hours=4))
    standings = league(city.out.of(incident))
    assert standings[-1].party == POLICE
    assert standings[-1].silent == 1
    answered = [one.middle for one in standings if one.middle is not None and not one.silent]
    assert answered == sorted(answered)
    own = city.out.of(incident)
    lines = course(own)
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    told = [line.text for line in lines]
    for call in calls(city, incident, "level"):
        assert call.matter is not None
        label = call.matter.party.label
        assert bool(call.answered) == any(text.startswith(label) and "分钟" in text for text in told), label
    assert any(text.startswith("报告") and "无人应答" in text for text in told)
    numbers = counted(own)
    assert numbers.called == numbers.answered + numbers.unanswered + sum(
        one.open
        and one.round == 1
        and one.status == "calling"
        and bool(one.matter and one.matter.answer and one.matter.kind != "gap")
        for one in own
    )
    assert numbers.unanswered >= 1
