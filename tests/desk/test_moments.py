"""A moment that somebody enters himself: neither to come, nor before what it follows on, nor so far back that it is a slip."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk.duty_rooms import CBM, ENERGY, Rooms, in_memory
from desk.test_asking_below import ASK, passed_up
from desk.test_desk import WELL

from zhishou.acts import Command
from zhishou.errors import RefusedError
from zhishou.incident.facts import FactGiven
from zhishou.incident.levels import DecideProposal, EndLevel
from zhishou.incident.opening import AddNote, OpenIncident
from zhishou.incident.proposals import ProposeLevel, RefuseProposal
from zhishou.incident.reports import AnswerQuery, ForwardReport, ReceiveReport, VerifyReport
from zhishou.incident.tasks import AcceptTask, IssueTask
from zhishou.watch.commands import AppointToPost, BeginShift, WriteLog

SHORT = OpenIncident(title="停电", subject="power_supply_shortage", place="chengqu", plans=(ENERGY,))


@pytest.fixture
def rooms() -> Rooms:
    return in_memory()


def give(rooms: Rooms, incident: str, who: str, command: Command, back: float, key: str = "") -> None:
    at = rooms.at - timedelta(minutes=back)
    rooms.desk.give(incident, command, rooms.actor(who), key=key or rooms.key(), at=at)


def test_nothing_is_dated_before_its_incident(rooms: Rooms) -> None:
    incident = rooms.open("county", WELL).incident
    rooms.later(30)
    give(rooms, incident, "county", ReceiveReport(sender="某煤层气公司"), 30)
    for back in (31, 525_600):
        with pytest.raises(RefusedError, match="事件登记"):
            give(rooms, incident, "county", ReceiveReport(sender="某煤层气公司"), back)
    assert len(rooms.desk.incident(incident).reports) == 2  # WELL has its own


def test_a_slip_of_a_year_is_no_incident(rooms: Rooms) -> None:
    for days, fits in ((6, True), (7, True), (8, False), (366, False)):
        at = rooms.at - timedelta(days=days)
        if fits:
            rooms.desk.open(SHORT, rooms.actor("district"), area="chengqu", key=rooms.key(), at=at)
        else:
            with pytest.raises(RefusedError, match="7 天"):
                rooms.desk.open(SHORT, rooms.actor("district"), area="chengqu", key=rooms.key(), at=at)
    head = rooms.journal.head()
    fact = {"province_response_level": FactGiven(value="III")}
    with pytest.raises(RefusedError, match="7 天"):
        rooms.desk.state_standing(
            "jincheng", fact, rooms.actor("city"), key="s", at=rooms.at - timedelta(days=366)
        )  # fmt: skip
    assert rooms.journal.head() == head


def test_no_answer_comes_before_its_question(rooms: Rooms) -> None:
    """A decision before its proposal, an end before its level, an acceptance before its task, a check before its report."""
    id_ = rooms.open("district", SHORT).incident
    rooms.later(20)
    rooms.give(id_, "district", ProposeLevel(plan=ENERGY, level="I", reason="缺口"))
    rooms.later(10)
    for command in (DecideProposal(proposal="p1"), RefuseProposal(proposal="p1", reason="不")):
        with pytest.raises(RefusedError, match="提出建议"):
            give(rooms, id_, "district_head", command, 11)
    give(rooms, id_, "district_head", DecideProposal(proposal="p1"), 5)
    ending = {text: "已" for rule in rooms.desk.library.packs[ENERGY].ladders["response"].ending for text in rule.when}
    with pytest.raises(RefusedError, match="决定"):
        give(rooms, id_, "district_head", EndLevel(plan=ENERGY, confirmed=ending), 6)
    assert rooms.desk.tick() == ()
    below, above = passed_up(rooms)
    rooms.give(above, "city", IssueTask(plan=CBM, text="派人", by=("office",)))
    rooms.give(above, "city", ASK)
    rooms.later(10)
    for incident, who, late, words in (
        (above, "city", AcceptTask(task="t1"), "下达任务"), (below, "county", AnswerQuery(query="q1", text="无"), "催问"),
        (above, "city", VerifyReport(report="r1"), "接报"),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match=f"{words}|事件登记"):
            give(rooms, incident, who, late, 11)
        give(rooms, incident, who, late, 9)


def test_what_was_in_time_below_is_in_time_above_though_the_other_was_opened_later(rooms: Rooms) -> None:
    below, _ = passed_up(rooms)
    rooms.later(10)
    give(rooms, below, "county", ForwardReport(kind="follow_up", to=("市政府", "office"), text="续"), 5)


def test_a_clock_set_back_locks_nobody_out(rooms: Rooms) -> None:
    """What is dated by the clock is taken as the clock has it; a retry of what was accepted is no news from the future."""
    rooms.later(120)
    incident = rooms.open("county", WELL).incident
    rooms.later(30)
    at = rooms.at
    rooms.desk.give(incident, AddNote(text="记"), rooms.actor("county"), key="note", at=at)
    rooms.later(-60)
    rooms.give(incident, "county", AddNote(text="钟拨回以后"))
    assert rooms.desk.give(incident, AddNote(text="记"), rooms.actor("county"), key="note", at=at).repeated
    with pytest.raises(RefusedError, match="现在之后"):
        rooms.desk.give(incident, AddNote(text="记"), rooms.actor("county"), key="other", at=at)


def test_what_a_duty_room_does_takes_effect_when_it_is_recorded(rooms: Rooms) -> None:
    admin, city = rooms.desk.actor("admin-jincheng", "管理员"), rooms.actor("city")
    appointing = AppointToPost(post=f"{CBM}:commander", person="p1", person_name="甲", basis="文件")
    log = WriteLog(occurred=rooms.at - timedelta(hours=2), category="other", text="补记")
    for minutes, words in ((60, "现在之后"), (-60, "以登记时为准")):
        for command, who in ((appointing, admin), (BeginShift(), city), (log, city)):
            with pytest.raises(RefusedError, match=words):
                rooms.desk.keep("jincheng", command, who, key=rooms.key(), at=rooms.at + timedelta(minutes=minutes))
    rooms.desk.keep("jincheng", log, city, key="log", at=rooms.at)
    rooms.later(120)
    assert rooms.desk.keep("jincheng", log, city, key="log", at=rooms.at - timedelta(minutes=120)).repeated
    assert [one.occurred for one in rooms.desk.log("jincheng")][-1] == rooms.at - timedelta(hours=4)
