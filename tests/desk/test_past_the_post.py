"""Ways past a post, a plan or a duty room between: each is refused, or comes out as it should have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from desk.duty_rooms import CBM, GAS, Rooms, in_memory
from desk.test_desk import SHORTAGE, WELL

from zhishou import clock
from zhishou.desk import Given
from zhishou.errors import RefusedError
from zhishou.incident.aftermath import CloseIncident
from zhishou.incident.command import HandOverCommand
from zhishou.incident.directives import IssueDirective
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import ActedByDelegation, AddNote, ReopenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.reports import ForwardReport, ReceiveReport, RefuteReport
from zhishou.journal import Entry, verify
from zhishou.watch.commands import AppointToPost, DelegatePosts


@pytest.fixture
def rooms() -> Rooms:
    return in_memory()


def appoint(rooms: Rooms, person: str, post: str) -> None:
    wish = AppointToPost(post=post, person=person, person_name=person, basis="任职文件")
    rooms.desk.keep("jincheng", wish, rooms.desk.actor("admin-jincheng", "管理员"), key=rooms.key())


@pytest.mark.parametrize("closed_first", [True, False])
def test_an_incident_whose_reports_were_all_untrue_is_opened_again_by_a_new_report_alone(
    rooms: Rooms, *, closed_first: bool
) -> None:
    incident = rooms.open("city", WELL).incident
    steps = [CloseIncident(reason="已处置"), RefuteReport(report="r1", reason="现场没有井喷")]
    for step in steps if closed_first else steps[::-1]:
        rooms.give(incident, "city", step)
    with pytest.raises(RefusedError, match="都核实不属实") as refused:
        rooms.give(incident, "city", ReopenIncident(reason="再看看"))
    assert "接报" in refused.value.mend
    rooms.give(incident, "city", ReceiveReport(sender="某煤层气公司", text="复燃"))
    rooms.give(incident, "city", ReopenIncident(reason="复燃"))
    assert rooms.desk.incident(incident).status == "open"


@pytest.mark.parametrize("own", ["总指挥", "commander", "市指挥部办公室", "headquarters"])
def test_command_is_not_handed_over_within_the_plan_so_that_others_write_down_its_commander_s_decisions(
    rooms: Rooms, own: str
) -> None:
    incident = rooms.open("city", SHORTAGE).incident
    appoint(rooms, "chief", f"{GAS}:headquarters")
    with pytest.raises(RefusedError, match="就是本预案的"):
        rooms.give(incident, "chief", HandOverCommand(plan=GAS, to=own, document="口头", situation="气量持续下降"))
    above = HandOverCommand(plan=GAS, to="省指挥部", document="省指〔2026〕1号", situation="气量持续下降")
    rooms.give(incident, "chief", above)
    assert rooms.desk.incident(incident).commanded_by == {GAS: "省指挥部"}


def test_a_unit_does_not_meet_what_another_owes(rooms: Rooms) -> None:
    incident = rooms.open("city", WELL).incident
    appoint(rooms, "energy", "unit:jincheng_energy")
    duty = f"{CBM}/county-first/in"
    said: dict[str, Any] = {"kind": "follow_up", "how": "console", "text": "现场平稳", "duty": duty}
    with pytest.raises(RefusedError, match="不是本单位的") as refused:
        rooms.give(incident, "energy", ReceiveReport(sender="市能源局", **said))
    assert refused.value.code == "post"
    assert rooms.desk.incident(incident).duties[duty].status == "open"
    rooms.give(incident, "city", ReceiveReport(sender="市能源局", **said))
    assert rooms.desk.incident(incident).duties[duty].status == "met", "the desk may say so"


def test_no_report_acknowledges_a_directive(rooms: Rooms) -> None:
    incident = rooms.open("city", WELL).incident
    wish = IssueDirective(plan=CBM, text="立即关井", to=("市能源局",), acknowledge_by=rooms.at.replace(hour=3))
    rooms.give(incident, "city", wish)
    with pytest.raises(RefusedError, match="不能用报告代替") as refused:
        rooms.give(incident, "city", ReceiveReport(sender="市能源局", text="收到", duty="directive/d1"))
    assert "签收指令" in refused.value.mend


def test_a_report_past_the_duty_room_between_arrives_and_stays_one_incident(rooms: Rooms) -> None:
    below = rooms.open("county", WELL).incident
    rooms.give(below, "county", ForwardReport(to=("市政府",), text="井喷"))
    city = rooms.desk.incident(below).superior
    rooms.give(below, "county", ForwardReport(to=("省政府",), text="直报"))
    assert rooms.desk.incident(below).superior == city
    province = rooms.desk.incident(city).superior
    assert (rooms.desk.incident(province).area, rooms.desk.incident(province).origin) == ("shanxi", below)
    rooms.give(below, "county", ForwardReport(kind="follow_up", to=("省政府",), text="续报"))
    rooms.give(city, "city", ForwardReport(kind="follow_up", to=("省政府",), text="市里的续报"))
    assert [one.text for one in rooms.desk.incident(province).reports.values()] == ["直报", "续报", "市里的续报"]
    assert len(rooms.desk.incidents(["shanxi"])) == 1
    assert verify(rooms.journal).good


def test_a_duty_room_between_that_hears_of_it_last_stands_between_all_the_same(rooms: Rooms) -> None:
    below = rooms.open("county", WELL).incident
    rooms.give(below, "county", ForwardReport(to=("省政府",), text="直报"))
    province = rooms.desk.incident(below).superior
    rooms.give(below, "county", ForwardReport(to=("市政府",), text="井喷"))
    city = rooms.desk.incident(below).superior
    assert (rooms.desk.incident(city).area, rooms.desk.incident(city).superior) == ("jincheng", province)
    rooms.give(city, "city", CloseIncident(reason="转省里"))
    rooms.give(below, "county", ForwardReport(kind="follow_up", to=("省政府",), text="续报"))
    assert [one.text for one in rooms.desk.incident(province).reports.values()] == ["直报", "续报"]


def test_one_report_to_two_duty_rooms_above_arrives_in_both(rooms: Rooms) -> None:
    below = rooms.open("county", WELL).incident
    given = rooms.give(below, "county", ForwardReport(to=("市政府", "省政府"), text="井喷"), key="both")
    city = rooms.desk.incident(below).superior
    province = rooms.desk.incident(city).superior
    assert [rooms.desk.incident(one).area for one in (city, province)] == ["jincheng", "shanxi"]
    for id_ in (city, province):
        assert [one.text for one in rooms.desk.incident(id_).reports.values()] == ["井喷"]
    assert {one.stream.removeprefix("incident/") for one in given.happened} == {below, city, province}
    assert rooms.give(below, "county", ForwardReport(to=("市政府", "省政府"), text="井喷"), key="both").repeated
    rooms.give(below, "county", ForwardReport(kind="follow_up", to=("省政府", "市政府"), text="续报"))
    assert [len(rooms.desk.incident(id_).reports) for id_ in (city, province)] == [2, 2]
    assert verify(rooms.journal).good


class _Late:
    """A record that says a key is new, while another server uses it."""

    def __init__(self, journal: Any, meanwhile: Any) -> None:
        self._journal, self._meanwhile = journal, meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    def of_command(self, command: str) -> tuple[Entry, ...]:
        if self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
            return ()
        found: tuple[Entry, ...] = self._journal.of_command(command)
        return found


def test_the_same_key_at_two_servers_opens_one_incident_and_both_are_told_its_number(rooms: Rooms) -> None:
    late: Any = _Late(rooms.journal, lambda: rooms.open("city", WELL, key="same"))
    other = Rooms(late, at=rooms.at)
    given = other.open("city", WELL, key="same")
    assert (given.incident, given.repeated) == ("jincheng-2026-0001", True)
    assert given.version == rooms.desk.incident("jincheng-2026-0001").version


def test_a_decision_is_not_dated_back_to_before_its_giver_held_the_post(rooms: Rooms) -> None:
    incident = rooms.open("city", SHORTAGE).incident
    rooms.give(incident, "city", ProposeLevel(plan=GAS, level="II", reason="缺口扩大"))
    began = rooms.later(10)
    rooms.later(290)
    appoint(rooms, "new", f"{GAS}:commander")

    def decide(person: str, at: datetime) -> Given:
        wish = DecideProposal(proposal="p1")
        return rooms.desk.give(incident, wish, rooms.actor(person), key=rooms.key(), at=at)

    with pytest.raises(RefusedError, match="您还不担任") as refused:
        decide("new", began)
    assert refused.value.code == "post"
    note = AddNote(text="补记：省里来电")
    rooms.desk.give(incident, note, rooms.actor("new"), key=rooms.key(), at=began)  # writing down is no decision
    assert decide("mayor", began).happened[0].at == began


def test_who_decided_by_delegation_and_is_commander_since_enters_it_as_he_held_it(rooms: Rooms) -> None:
    lent = DelegatePosts(
        person="vice", person_name="副市长", posts=(f"{GAS}:commander",), until=rooms.at + clock.span(60),
        document="委托书1号", reason="出差",
    )  # fmt: skip
    rooms.desk.keep("jincheng", lent, rooms.actor("mayor"), key=rooms.key())
    incident = rooms.open("city", SHORTAGE).incident
    rooms.give(incident, "city", ProposeLevel(plan=GAS, level="II", reason="缺口扩大"))
    began = rooms.later(10)
    rooms.later(120)
    appoint(rooms, "vice", f"{GAS}:commander")
    wish = DecideProposal(proposal="p1")
    given = rooms.desk.give(incident, wish, rooms.actor("vice"), key=rooms.key(), at=began)
    assert any(isinstance(one.event, ActedByDelegation) for one in given.happened)


def test_a_report_names_no_photo_whose_bytes_nobody_has(rooms: Rooms) -> None:
    incident = rooms.open("city", WELL).incident
    report = ReceiveReport(sender="市能源局", kind="follow_up", text="见照片", photos={"1 现场.jpg": "0" * 64})
    with pytest.raises(RefusedError, match="没有传上来"):
        rooms.give(incident, "city", report)
    with pytest.raises(RefusedError, match="没有传上来"):
        rooms.open("city", WELL.model_copy(update={"report": report}))
    kept = rooms.desk.papers.files.keep(b"\xff\xd8", rooms.at)
    rooms.give(incident, "city", report.model_copy(update={"photos": {"1 现场.jpg": kept}}))
    assert list(rooms.desk.incident(incident).reports["r2"].photos.values()) == [kept]
