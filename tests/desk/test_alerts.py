"""Public warnings out of the desk: by whom the plan names, once, each following those before; an exercise is never real."""

from __future__ import annotations

import pytest
from desk.duty_rooms import CBM, ENERGY, GAS, Rooms, shelf

from zhishou import clock
from zhishou.acts import Actor
from zhishou.desk import Desk
from zhishou.desk.alerts import Alert
from zhishou.desk.office import WarningOffice
from zhishou.errors import NotFoundError, RefusedError, RepeatedKeyError
from zhishou.incident.levels import DecideLevel, DecideProposal, EndLevel
from zhishou.incident.opening import AttachPlan, OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.recording import RecordDecision
from zhishou.journal import MemoryJournal, verify
from zhishou.paper.cap import schema
from zhishou.paper.cap.alerting import IssueAlert, Words
from zhishou.paper.cap.composing import Issuer
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.national import Method, NationalSender
from zhishou.paper.cap.reading import read
from zhishou.paper.files import sm3

AT = clock.moment("2026-12-15T16:00")
NATIONAL = NationalSender(
    "14050041600000", "晋城市应急管理局", "张某", (Method("SMS"),), {"天然气供应短缺": "11X99"}
)  # fmt: skip
OFFICE = WarningOffice(
    issuers={"jincheng": Issuer("bzgb@jincheng.example", "140500", "晋城市人民政府")}, national={"jincheng": NATIONAL}
)  # fmt: skip


def night(*, exercise: bool = False) -> tuple[Rooms, str]:
    """Duty rooms with a shortage of gas under the winter plan."""
    rooms = Rooms(MemoryJournal("alerts", AT, exercise=exercise), AT).people()
    rooms.desk = Desk(rooms.journal, shelf(), machine="test", now=lambda: rooms.at, office=OFFICE)
    incident = rooms.open(
        "city", OpenIncident(title="全市天然气供应紧张", subject="gas_supply_shortage", place="jincheng")
    )
    return rooms, incident.incident


def warn(rooms: Rooms, incident: str, level: str) -> None:
    rooms.later(10)
    wish = ProposeLevel(plan=GAS, ladder="warning", level=level, reason="预计缺口扩大")
    proposed = rooms.give(incident, "city", wish)
    rooms.later(5)
    rooms.give(incident, "mayor", DecideProposal(proposal=proposed.happened[0].event.proposal))


def lift(rooms: Rooms, incident: str) -> None:
    rooms.later(60)
    ladder = shelf().packs[GAS].warning
    assert ladder is not None
    confirmed = {text: "已核实" for rule in ladder.ending for text in rule.when}
    rooms.give(incident, "mayor", EndLevel(plan=GAS, ladder="warning", confirmed=confirmed))


def issue(rooms: Rooms, incident: str, person: str = "mayor", *, key: str = "", **more: object) -> Alert:
    command = IssueAlert(incident=incident, **more)  # type: ignore[arg-type]
    return rooms.desk.alerts.issue(command, rooms.actor(person), key=key or rooms.key())


def test_alert_update_cancel_each_names_those_before_and_fits_both_schemas():
    rooms, incident = night()
    warn(rooms, incident, "III")
    first = issue(rooms, incident, words=(Words(instruction="请节约用气"), Words(language="en")))
    warn(rooms, incident, "II")
    second = issue(rooms, incident, "director")
    lift(rooms, incident)
    third = issue(rooms, incident)
    assert [one.event.msg_type for one in (first, second, third)] == ["Alert", "Update", "Cancel"]
    assert third.event.follows == (first.event.identifier, second.event.identifier)
    for one in (first, second, third):
        content = rooms.desk.alerts.content(one.event.cap)
        assert sm3(content) == one.event.cap
        root = parsed(content)
        schema.check(root)
        alert = read(root)
        assert (alert.status, alert.identifier) == ("Actual", one.event.identifier)
        assert tuple(each.identifier for each in alert.references) == one.event.follows
        other = parsed(rooms.desk.alerts.content(one.event.national))
        schema.check(other, "national")
        assert read(other).status == "Actual"
        assert one.event.without_national == ""
    texts = read(parsed(rooms.desk.alerts.content(first.event.cap)))
    assert [info.language for info in texts.infos] == ["zh-CN", "en"]
    assert texts.infos[0].instruction == "请节约用气"
    assert verify(rooms.journal).good


def test_after_a_lifting_a_new_warning_begins_anew():
    rooms, incident = night()
    warn(rooms, incident, "III")
    issue(rooms, incident)
    lift(rooms, incident)
    issue(rooms, incident)
    warn(rooms, incident, "II")
    assert (issue(rooms, incident).event.msg_type, issue_follows(rooms, incident)) == ("Alert", ())


def issue_follows(rooms: Rooms, incident: str) -> tuple[str, ...]:
    return rooms.desk.alerts.of("jincheng", incident)[-1].event.follows


def test_an_exercise_leaves_as_exercise_and_test_and_stands_in_no_feed():
    rooms, incident = night(exercise=True)
    warn(rooms, incident, "II")
    one = issue(rooms, incident, words=(Words(headline="没有标记的标题"),))
    assert one.event.exercise
    assert one.event.headline.startswith("【演练】")
    assert "EX-" in one.event.identifier
    cap = read(parsed(rooms.desk.alerts.content(one.event.cap)))
    assert cap.status == "Exercise"
    assert all(info.headline.startswith("【演练】") for info in cap.infos)
    assert read(parsed(rooms.desk.alerts.content(one.event.national))).status == "Test"
    for content in (one.event.cap, one.event.national):
        assert b"<status>Actual</status>" not in rooms.desk.alerts.content(content)
    assert rooms.desk.alerts.public("jincheng") == ()


def test_no_field_of_the_command_says_that_it_is_real():
    """What a caller can write has no way to the status: every field named here is content."""
    assert "status" not in IssueAlert.model_fields
    assert "exercise" not in IssueAlert.model_fields
    with pytest.raises(ValueError, match="status"):
        IssueAlert.model_validate({"incident": "x", "status": "Actual"})


@pytest.mark.parametrize("person", ["county", "district", "district_head", "province", "nobody"])
def test_whom_the_plan_does_not_name_is_refused_with_the_clause(person: str):
    rooms, incident = night()
    warn(rooms, incident, "II")
    actor = Actor("x", "x") if person == "nobody" else rooms.actor(person)
    with pytest.raises(RefusedError, match="发布预警信息") as refused:
        rooms.desk.alerts.issue(IssueAlert(incident=incident), actor, key="x")
    assert refused.value.code == "post"
    assert refused.value.clause
    assert not rooms.desk.alerts.of("jincheng")


def test_one_decision_goes_out_once_and_one_key_once():
    rooms, incident = night()
    with pytest.raises(RefusedError, match="没有发布预警的决定"):
        issue(rooms, incident)
    warn(rooms, incident, "II")
    one = issue(rooms, incident, key="k")
    again = issue(rooms, incident, key="k")
    assert (again.event, again.repeated) == (one.event, True)
    with pytest.raises(RepeatedKeyError):
        issue(rooms, incident, key="k", note="别的")
    with pytest.raises(RefusedError, match="已经发过"):
        issue(rooms, incident)


def test_where_the_plan_describes_a_notice_it_comes_first():
    rooms = Rooms(MemoryJournal("alerts", AT, exercise=False), AT).people()
    rooms.desk = Desk(rooms.journal, shelf(), machine="test", now=lambda: rooms.at, office=OFFICE)
    opened = OpenIncident(title="井场异常", subject="cbm_surface_extraction", place="qinshui")
    incident = rooms.open("city", opened).incident
    if CBM not in rooms.desk.incident(incident).plans:
        rooms.give(incident, "city", AttachPlan(plan=CBM))
    rooms.give(incident, "city", DecideLevel(plan=CBM, ladder="warning", level="III", reason="压力异常"))
    with pytest.raises(RefusedError, match="预警公告还没有发布") as refused:
        issue(rooms, incident, "city")
    assert refused.value.clause == ("3.2",)


def test_a_house_without_a_sender_says_so():
    rooms, incident = night()
    rooms.desk = Desk(rooms.journal, shelf(), machine="test", now=lambda: rooms.at)
    warn(rooms, incident, "II")
    with pytest.raises(RefusedError, match=r"house\.yaml warnings"):
        issue(rooms, incident)


def test_what_the_national_network_has_no_code_for_does_not_hold_up_the_other():
    rooms, incident = night()
    office = WarningOffice(issuers=OFFICE.issuers)
    rooms.desk = Desk(rooms.journal, shelf(), machine="test", now=lambda: rooms.at, office=office)
    warn(rooms, incident, "II")
    one = issue(rooms, incident)
    assert one.event.national == ""
    assert "没有国家预警发布系统的编码" in one.event.without_national


def test_the_public_list_is_read_back_from_the_bytes_that_went_out():
    rooms, incident = night()
    warn(rooms, incident, "III")
    first = issue(rooms, incident)
    warn(rooms, incident, "II")
    second = issue(rooms, incident)
    public = rooms.desk.alerts.public("jincheng")
    assert [one.identifier for one in public] == [first.event.identifier, second.event.identifier]
    assert [each.identifier for each in public[1].follows] == [first.event.identifier]
    assert public[1].infos[0].headline == second.event.headline
    with pytest.raises(NotFoundError):
        rooms.desk.alerts.named("ZS-1")


def test_what_went_out_can_be_corrected_and_prolonged_with_a_reason():
    rooms, incident = night()
    warn(rooms, incident, "III")
    first = issue(rooms, incident, expires=clock.moment("2026-12-16T08:00"))
    rooms.later(30)
    with pytest.raises(RefusedError, match="已经发过") as refused:
        issue(rooms, incident)
    assert "更新" in refused.value.mend
    assert rooms.desk.alerts.offered(incident, rooms.actor("mayor"))[0]["again"]
    second = issue(rooms, incident, expires=clock.moment("2026-12-18T08:00"), note="寒潮持续，延长有效期")
    third = issue(rooms, incident, note="标题有误", words=(Words(headline="更正后的标题"),))
    warn(rooms, incident, "II")
    fourth = issue(rooms, incident)
    lift(rooms, incident)
    last = issue(rooms, incident)
    ids = [one.event.identifier for one in (first, second, third, fourth, last)]
    assert len(set(ids)) == 5
    assert [one.event.msg_type for one in (second, third, fourth, last)] == ["Update", "Update", "Update", "Cancel"]
    assert last.event.follows == tuple(ids[:-1])
    assert second.event.decision == first.event.decision
    assert second.event.sent == rooms.at.replace(hour=16, minute=45)
    root = parsed(rooms.desk.alerts.content(second.event.cap))
    schema.check(root)
    assert read(root).note == second.event.note == "寒潮持续，延长有效期"
    assert [one.identifier for one in rooms.desk.alerts.public("jincheng")] == ids
    with pytest.raises(RefusedError, match="不能再更新"):
        issue(rooms, incident, note="再发一次")


@pytest.mark.parametrize("areas", [("shanxi",), ("jincheng", "shanxi"), ("nowhere",)])
def test_who_warns_an_area_answers_for_it(areas: tuple[str, ...]):
    rooms, incident = night()
    warn(rooms, incident, "II")
    with pytest.raises(RefusedError, match="不在晋城市范围内"):
        issue(rooms, incident, areas=areas)
    assert issue(rooms, incident, areas=("jincheng", "gaoping")).event.areas == ("jincheng", "gaoping")


def test_what_the_district_s_plan_decides_the_district_publishes():
    """The city's duty room may work under a district's plan; the plan's warnings are the district's all the same."""
    rooms, _ = night()
    opened = OpenIncident(title="城区能源紧张", subject="gas_supply_shortage", place="chengqu")
    incident = rooms.open("city", opened).incident
    rooms.give(incident, "city", AttachPlan(plan=ENERGY))
    decided = RecordDecision(plan=ENERGY, ladder="warning", level="较大", by="headquarters", document="电话通知")
    rooms.give(incident, "city", decided)
    with pytest.raises(RefusedError, match="别处的预案"):
        rooms.desk.alerts.draft(IssueAlert(incident=incident))
