"""A superior's question reaches the duty room below with its deadline, and the answer comes back: each in one transaction."""

from __future__ import annotations

import pytest
from desk.duty_rooms import CBM, Rooms, in_memory
from desk.test_desk import WELL

from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.aftermath import CloseIncident
from zhishou.incident.enquiries import EnquireBelow, TakeAnswer, TakeQuery
from zhishou.incident.opening import OpenIncident
from zhishou.incident.reports import AnswerQuery, ForwardReport
from zhishou.journal import verify

ASK = EnquireBelow(text="被困人员情况如何？")


@pytest.fixture
def rooms() -> Rooms:
    return in_memory()


def passed_up(rooms: Rooms) -> tuple[str, str]:
    """The county's incident and the city's."""
    below = rooms.open("county", WELL).incident
    rooms.give(below, "county", ForwardReport(to=("市政府", "office"), how="phone", text="井喷"))
    return below, rooms.desk.incident(below).superior


def test_a_question_arrives_below_with_its_deadline_and_the_answer_comes_back(rooms: Rooms) -> None:
    below, above = passed_up(rooms)
    before = rooms.journal.head().position
    rooms.give(above, "city", ASK, key="ask")
    entries = rooms.journal.since(before)
    assert {one.command for one in entries} == {"ask"}
    assert {one.stream for one in entries} == {f"incident/{below}", f"incident/{above}"}
    query = rooms.desk.incident(below).queries["q1"]
    assert (query.by, query.text, query.incident, query.enquiry) == ("jincheng_government", ASK.text, above, "k1")
    owed, watched = (
        rooms.desk.incident(id_).duties[f"{CBM}/answer/{end}"] for id_, end in ((below, "q1"), (above, "k1/in"))
    )
    # 4.1: 对于上级部门催报的和要求核实的信息，应当在30分钟内有效回应
    assert owed.due == watched.due == rooms.at + (owed.due - owed.since)
    assert (owed.due - owed.since).total_seconds() == 1800
    assert (owed.incoming, watched.incoming, watched.by) == (False, True, ("qinshui_government",))
    rooms.later(20)
    before = rooms.journal.head().position
    rooms.give(below, "county", AnswerQuery(query="q1", text="一人已救出"), key="answer")
    assert {one.command for one in rooms.journal.since(before)} == {"answer"}
    enquiry = rooms.desk.incident(above).enquiries["k1"]
    assert (enquiry.incident, enquiry.to, enquiry.answer) == (below, "qinshui_government", "一人已救出")
    assert enquiry.answered is not None
    assert (enquiry.answered.person, enquiry.answered.post) == ("county", "duty:qinshui")
    for id_, end in ((below, "q1"), (above, "k1/in")):
        assert rooms.desk.incident(id_).duties[f"{CBM}/answer/{end}"].status == "met"
    assert verify(rooms.journal).good


def test_a_retry_of_either_does_nothing_twice(rooms: Rooms) -> None:
    below, above = passed_up(rooms)
    for _ in range(2):
        rooms.give(above, "city", ASK, key="ask")
    for _ in range(2):
        rooms.give(below, "county", AnswerQuery(query="q1", text="无"), key="answer")
    assert (list(rooms.desk.incident(below).queries), list(rooms.desk.incident(above).enquiries)) == (["q1"], ["k1"])


def test_an_answer_too_late_is_late_on_both_sides(rooms: Rooms) -> None:
    below, above = passed_up(rooms)
    rooms.give(above, "city", ASK)
    rooms.later(31)
    rooms.desk.tick()
    rooms.give(below, "county", AnswerQuery(query="q1", text="正在核实"))
    for id_, end in ((below, "q1"), (above, "k1/in")):
        duty = rooms.desk.incident(id_).duties[f"{CBM}/answer/{end}"]
        assert (duty.status, duty.late) == ("met", 1)


def test_a_superior_that_was_told_nothing_may_ask_all_the_same(rooms: Rooms) -> None:
    """The province hears of it by other ways: it opens its own incident and asks by the number."""
    below = rooms.open("county", WELL).incident
    heard = OpenIncident(title="沁水有事故", place="qinshui")
    above = rooms.open("province", heard).incident
    rooms.give(above, "province", EnquireBelow(incident=below, text="是否属实？"))
    assert rooms.desk.incident(below).queries["q1"].by == "shanxi_government"
    assert rooms.desk.incident(below).superior == "", "who asks is not whom the county reports to"
    rooms.give(below, "county", AnswerQuery(query="q1", text="属实"))
    assert rooms.desk.incident(above).enquiries["k1"].answer == "属实"


def test_each_level_answers_the_one_that_asked(rooms: Rooms) -> None:
    below, above = passed_up(rooms)
    province = rooms.open("province", OpenIncident(title="沁水有事故", place="qinshui")).incident
    rooms.give(above, "city", ASK)
    rooms.give(province, "province", EnquireBelow(incident=below, text="省里问"))
    rooms.give(below, "county", AnswerQuery(query="q2", text="答省"))
    assert rooms.desk.incident(province).enquiries["k1"].answer == "答省"
    assert rooms.desk.incident(above).enquiries["k1"].answered is None


def test_what_cannot_be_asked_leaves_nothing_behind(rooms: Rooms) -> None:
    below, above = passed_up(rooms)
    own = rooms.open("city", WELL).incident
    rooms.give(below, "county", CloseIncident(reason="演示"))
    head = rooms.journal.head()
    for incident, person, command, error in (
        (above, "city", ASK, RefusedError),  # closed below
        (own, "city", ASK, RefusedError),  # of nobody below
        (own, "city", EnquireBelow(incident="qinshui-2026-0099", text="？"), NotFoundError),
        (own, "city", EnquireBelow(incident="chengqu-x-0001", text="？"), NotFoundError),
        (own, "city", EnquireBelow(incident=own, text="？"), RefusedError),
        (own, "county", EnquireBelow(incident=below, text="？"), RefusedError),  # not his to ask
        (own, "city", TakeQuery(by="省政府", text="？", incident=above, enquiry="k1"), RefusedError),
        (own, "city", TakeAnswer(enquiry="k1", text="？"), RefusedError),
    ):
        with pytest.raises(error):
            rooms.give(incident, person, command)
        assert rooms.journal.head() == head
