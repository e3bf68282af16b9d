"""Merging: what ties an incident to other duty rooms stands, nothing in hand is lost unseen, and a mistake is taken back."""

from __future__ import annotations

import pytest
from desk.duty_rooms import CBM, Rooms, in_memory
from desk.test_asking_below import ASK, passed_up
from desk.test_desk import WELL

from zhishou.errors import RefusedError
from zhishou.incident.aftermath import CloseIncident
from zhishou.incident.deadlines import due
from zhishou.incident.enquiries import EnquireBelow
from zhishou.incident.merging import MergeIncident, UnmergeIncident
from zhishou.incident.opening import OpenIncident, ReopenIncident
from zhishou.incident.reports import AnswerQuery, ForwardReport, ReceiveReport, RefuteReport, VerifyReport
from zhishou.incident.tasks import AcceptTask, IssueTask
from zhishou.journal import verify

OWN = OpenIncident(title="市里自己接的", subject="cbm_surface_extraction", place="qinshui")
SAME = "同一事件"
FOLLOW_UP = ForwardReport(kind="follow_up", to=("市政府", "office"), text="续报：火已扑灭")


@pytest.fixture
def rooms() -> Rooms:
    return in_memory()


def merge(rooms: Rooms, who: str, one: str, into: str, left: str = "") -> None:
    rooms.give(one, who, MergeIncident(into=into, reason=SAME, left=left))


def owed(rooms: Rooms, id_: str) -> set[str]:
    return {key for key, one in rooms.desk.incident(id_).duties.items() if one.status in {"open", "missed"}}


def test_a_report_passed_up_arrives_where_the_superiors_incident_was_merged(rooms: Rooms) -> None:
    below, above = passed_up(rooms)
    first, last = (rooms.open("city", OWN).incident for _ in range(2))
    merge(rooms, "city", above, first)
    merge(rooms, "city", first, last)
    rooms.give(below, "county", FOLLOW_UP)
    assert [one.text for one in rooms.desk.incident(last).reports.values()] == [FOLLOW_UP.text]
    assert len(rooms.desk.incident(above).reports) == 1
    assert len(rooms.desk.incidents(["jincheng"])) == 1, "no second one is opened above"


def test_a_report_passed_up_to_a_closed_incident_is_recorded_and_waits_to_be_looked_at(rooms: Rooms) -> None:
    below, above = passed_up(rooms)
    rooms.give(above, "city", CloseIncident(reason="带着未办事项归档"))
    assert owed(rooms, above) == set()
    given = rooms.give(below, "county", FOLLOW_UP)
    assert {one.event.type for one in given.happened if one.stream.endswith(below)} >= {"report_forwarded"}
    state = rooms.desk.incident(above)
    assert (state.status, [one.text for one in state.reports.values()][-1]) == ("closed", FOLLOW_UP.text)
    assert owed(rooms, above) == {"late/r2"}, "of a closed incident nothing else is owed by a report"
    (line,) = [one for one in rooms.desk.duties(["jincheng"]) if one.data and one.data["incident"] == above]
    assert "沁水县人民政府" in (line.data or {})["label"]
    rooms.give(above, "city", VerifyReport(report="r2", how="已阅"))
    assert (owed(rooms, above), rooms.desk.incident(above).status) == (set(), "closed")
    rooms.give(below, "county", FOLLOW_UP)
    rooms.give(above, "city", RefuteReport(report="r3", reason="重复"))
    rooms.give(above, "city", RefuteReport(report="r2", reason="重复"))
    assert rooms.desk.incident(above).status == "closed", "what is closed is not opened by a report that was untrue"
    rooms.give(below, "county", FOLLOW_UP)
    rooms.give(above, "city", ReopenIncident(reason="复燃"))
    assert "late/r4" not in owed(rooms, above)
    assert verify(rooms.journal).good


def test_a_report_of_a_merged_incident_belongs_to_the_other(rooms: Rooms) -> None:
    one, other = (rooms.open("county", WELL).incident for _ in range(2))
    merge(rooms, "county", one, other)
    with pytest.raises(RefusedError) as refused:
        rooms.give(one, "county", ReceiveReport(sender="某煤层气公司", text="续报"))
    assert other in str(refused.value.mend)


def test_links_up_and_down_go_over_and_come_back(rooms: Rooms) -> None:
    below, above = passed_up(rooms)
    other, heard = rooms.open("county", WELL).incident, rooms.open("city", OWN).incident
    merge(rooms, "county", below, other)
    assert rooms.desk.incident(other).superior == above
    rooms.give(other, "county", FOLLOW_UP)
    assert [one.text for one in rooms.desk.incident(above).reports.values()][-1] == FOLLOW_UP.text
    merge(rooms, "city", above, heard)
    assert rooms.desk.incident(heard).origin == below
    rooms.give(heard, "city", ASK)  # downward it reaches the one that stands
    assert rooms.desk.incident(other).queries["q1"].incident == heard
    rooms.give(other, "county", AnswerQuery(query="q1", text="一人"))
    assert rooms.desk.incident(heard).enquiries["k1"].answer == "一人"
    rooms.give(below, "county", UnmergeIncident(reason="两口井"))
    rooms.give(above, "city", UnmergeIncident(reason="两口井"))
    assert [rooms.desk.incident(one).superior for one in (below, other)] == [above, ""]
    assert [rooms.desk.incident(one).origin for one in (above, heard)] == [below, ""]
    assert [rooms.desk.incident(one).absorbed for one in (other, heard)] == [(), ()]
    assert verify(rooms.journal).good


def test_where_each_had_a_superior_of_its_own_it_is_said(rooms: Rooms) -> None:
    (below, above), (other, second) = passed_up(rooms), passed_up(rooms)
    given = rooms.give(below, "county", MergeIncident(into=other, reason=SAME))
    assert rooms.desk.incident(other).superior == second
    (absorbed,) = [one.event for one in given.happened if one.event.type == "incident_absorbed"]
    assert any(above in text and second in text for text in absorbed.left)  # type: ignore[attr-defined]


def test_an_open_question_is_answered_where_it_was_asked_in_its_time(rooms: Rooms) -> None:
    below, above = passed_up(rooms)
    rooms.give(above, "city", ASK)
    asked = rooms.desk.incident(below).duties[f"{CBM}/answer/q1"]
    other = rooms.open("county", WELL).incident
    rooms.later(10)
    given = rooms.give(below, "county", MergeIncident(into=other, reason=SAME))
    assert any(ASK.text in text for one in given.happened for text in getattr(one.event, "left", ()))
    assert rooms.desk.incident(below).duties[f"{CBM}/answer/q1"] == asked
    assert owed(rooms, below) == {f"{CBM}/answer/q1"}
    rooms.later(21)
    rooms.desk.tick()
    rooms.give(below, "county", AnswerQuery(query="q1", text="一人已救出"))
    assert rooms.desk.incident(above).enquiries["k1"].answer == "一人已救出"
    assert [rooms.desk.incident(below).duties[f"{CBM}/answer/q1"].status, owed(rooms, below)] == ["met", set()]


def test_what_is_in_hand_is_said_and_ends_with_the_incident(rooms: Rooms) -> None:
    _, above = passed_up(rooms)
    own = rooms.open("city", OWN).incident
    rooms.give(above, "city", IssueTask(plan=CBM, text="派人", by=("office",)))
    with pytest.raises(RefusedError, match="派人"):
        merge(rooms, "city", above, own)
    given = rooms.give(above, "city", MergeIncident(into=own, reason=SAME, left="已在另一事件中下达"))
    assert any("派人" in text for one in given.happened for text in getattr(one.event, "left", ()))
    assert rooms.desk.incident(above).tasks["t1"].status == "cancelled"
    assert rooms.desk.tasks(["jincheng"]) == ()


def test_a_closed_incident_leaves_no_task_on_the_board(rooms: Rooms) -> None:
    _, above = passed_up(rooms)
    rooms.give(above, "city", IssueTask(plan=CBM, text="派人", by=("office",)))
    rooms.give(above, "city", CloseIncident(reason="带着未办"))
    assert rooms.desk.tasks(["jincheng"]) == ()
    assert rooms.desk.incident(above).tasks["t1"].note == "事件已归档"
    rooms.give(above, "city", ReopenIncident(reason="复燃"))
    assert [row.key for row in rooms.desk.tasks(["jincheng"])] == [f"{above}/t1"]


def test_a_merging_by_mistake_costs_nothing(rooms: Rooms) -> None:
    """What was owed is owed again, with the deadlines that it had; what passed meanwhile is late."""
    below, above = passed_up(rooms)
    rooms.give(above, "city", IssueTask(plan=CBM, text="派人", by=("office",), due=rooms.at.replace(hour=4)))
    rooms.give(above, "city", AcceptTask(task="t1"))
    before = rooms.desk.incident(above)
    own = rooms.open("city", OWN).incident
    rooms.later(5)
    merge(rooms, "city", above, own, "误")
    with pytest.raises(RefusedError) as refused:
        rooms.give(above, "city", ReopenIncident(reason="并错了"))
    assert "撤销并案" in str(refused.value.mend)
    with pytest.raises(RefusedError):
        rooms.give(above, "county", UnmergeIncident(reason="不是他的"))
    with pytest.raises(RefusedError, match="理由"):
        rooms.give(above, "city", UnmergeIncident(reason=" "))
    rooms.give(above, "city", UnmergeIncident(reason="两口井"))
    after = rooms.desk.incident(above)
    assert (after.status, after.merged_into) == ("open", "")
    assert {key: (one.status, one.due) for key, one in after.duties.items()} == {
        key: (one.status, one.due) for key, one in before.duties.items()
    }
    assert after.tasks["t1"].status == "issued", "who had taken it on was told that it is off"
    with pytest.raises(RefusedError, match="没有并入"):
        rooms.give(above, "city", UnmergeIncident(reason="再撤"))
    merge(rooms, "city", above, own, "这回是真的")
    rooms.later(600)
    rooms.give(above, "city", UnmergeIncident(reason="还是两口井"))
    assert due(rooms.desk.incident(above), rooms.at)
    assert [one for one in rooms.desk.tick() if one.stream.endswith(above)]
    rooms.give(below, "county", FOLLOW_UP)
    assert [one.text for one in rooms.desk.incident(above).reports.values()][-1] == FOLLOW_UP.text


def test_what_was_merged_on_is_taken_back_from_the_end(rooms: Rooms) -> None:
    one, two, three = (rooms.open("county", WELL).incident for _ in range(3))
    merge(rooms, "county", one, two)
    merge(rooms, "county", two, three)
    with pytest.raises(RefusedError) as refused:
        rooms.give(one, "county", UnmergeIncident(reason="误"))
    assert two in str(refused.value.mend)
    rooms.give(two, "county", UnmergeIncident(reason="误"))
    rooms.give(one, "county", UnmergeIncident(reason="误"))
    assert {rooms.desk.incident(id_).status for id_ in (one, two, three)} == {"open"}


def test_a_question_is_put_to_the_incident_that_stands(rooms: Rooms) -> None:
    below, _ = passed_up(rooms)
    other = rooms.open("county", WELL).incident
    province = rooms.open("province", OpenIncident(title="沁水有事故", place="qinshui")).incident
    merge(rooms, "county", below, other)
    rooms.give(province, "province", EnquireBelow(incident=below, text="是否属实？"))
    assert (len(rooms.desk.incident(below).queries), len(rooms.desk.incident(other).queries)) == (0, 1)
