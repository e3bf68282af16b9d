"""The desk's use cases across rooms and levels of government."""

from __future__ import annotations

import pytest
from desk.duty_rooms import CBM, ENERGY, EXAMPLE, GAS, POSTS, Rooms, in_memory

from zhishou import clock
from zhishou.acts import Actor
from zhishou.errors import NotFoundError, RefusedError, RepeatedKeyError, StaleError, ZhishouError
from zhishou.incident.casualties import UpdateCasualties
from zhishou.incident.deadlines import DutyMissed
from zhishou.incident.facts import FactGiven, StateFacts
from zhishou.incident.levels import DecideProposal, EndLevel
from zhishou.incident.merging import MergeIncident
from zhishou.incident.opening import AddNote, OpenIncident
from zhishou.incident.particulars import FillRole
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.reports import ForwardReport, ReceiveReport, ReportGiven
from zhishou.journal import verify
from zhishou.watch.commands import AppointToPost, ConfirmDelegation, DelegatePosts

WELL = OpenIncident(
    title="沁水一井场井喷", subject="cbm_surface_extraction", place="沁水县", occurred=clock.moment("2026-12-15T01:00"),
    report=ReportGiven(sender="某煤层气公司", how="phone"),
)  # fmt: skip
EVENING = clock.moment("2026-12-14T20:30")
SHORTAGE = OpenIncident(title="全市天然气供应紧张", subject="gas_supply_shortage", place="jincheng")


def facts(**values: float | str | bool) -> StateFacts:
    return StateFacts(facts={name: FactGiven(value=value) for name, value in values.items()})


@pytest.fixture
def rooms() -> Rooms:
    return in_memory()


def decided(rooms: Rooms, incident: str, level: str, plan: str = GAS) -> None:
    office, head = ("city", "mayor") if plan != ENERGY else ("district", "district_head")
    proposed = rooms.give(incident, office, ProposeLevel(plan=plan, level=level, reason="值班室研判")).happened[0].event
    rooms.give(incident, head, DecideProposal(proposal=proposed.proposal))


def test_a_report_passed_up_opens_an_incident_above_and_the_next_one_joins_it(rooms: Rooms) -> None:
    below = rooms.open("county", WELL).incident
    rooms.later(5)
    rooms.give(below, "county", ForwardReport(to=("市委", "市政府", "office"), how="phone", text="现场已警戒"))
    above = rooms.desk.incident(below).superior
    city = rooms.desk.incident(above)
    assert (city.area, city.place, city.origin, city.occurred) == ("jincheng", "qinshui", below, WELL.occurred)
    assert [report.sender for report in city.reports.values()] == ["qinshui_government"]
    # 4.1: the county owes the city its first report within the hour, and after a call one in writing within 30 minutes
    assert city.duties[f"{CBM}/county-first/in"].status == "met"
    assert city.duties[f"{CBM}/written/r1/in"].due == rooms.at + clock.span(30)
    rooms.later(10)
    rooms.give(below, "county", ForwardReport(to=("市政府", "office"), how="written", text="书面报告"))
    city = rooms.desk.incident(above)
    assert list(city.reports) == ["r1", "r2"]
    assert city.duties[f"{CBM}/written/r1/in"].status == "met"
    assert len(rooms.desk.incidents(["jincheng"])) == 1


def test_each_duty_room_sees_its_own_incidents(rooms: Rooms) -> None:
    below = rooms.open("county", WELL).incident
    assert [row.key for row in rooms.desk.incidents(["qinshui"])] == [below]
    assert rooms.desk.incidents(["jincheng"]) == ()


def test_a_retried_command_does_nothing_twice(rooms: Rooms) -> None:
    first = rooms.open("county", WELL, key="once")
    head = rooms.journal.head()
    again = rooms.open("county", WELL, key="once")
    assert (again.incident, again.repeated) == (first.incident, True)
    assert [one.position for one in again.happened] == [one.position for one in first.happened]
    assert rooms.journal.head() == head
    with pytest.raises(RepeatedKeyError):
        rooms.open("county", WELL.model_copy(update={"title": "另一件事"}), key="once")
    with pytest.raises(RepeatedKeyError):  # nor may somebody else take the key over
        rooms.desk.open(WELL, Actor("stranger", "他人", frozenset({"duty:qinshui"})), area="qinshui", key="once")


def test_two_people_never_overwrite_each_other(rooms: Rooms) -> None:
    incident = rooms.open("county", WELL)
    rooms.give(incident.incident, "county", AddNote(text="甲"), expected=incident.version)
    with pytest.raises(StaleError):
        rooms.give(incident.incident, "county", AddNote(text="乙"), expected=incident.version)
    rooms.give(incident.incident, "county", AddNote(text="乙"))  # a note hangs on no version


def test_the_province_s_level_is_a_fact_below(rooms: Rooms) -> None:
    incident = rooms.open("city", SHORTAGE).incident
    assert rooms.desk.suggestions(["jincheng"]) == ()
    rooms.later(10)
    given = {"province_gas_response_level": FactGiven(value="III", source="省保供办通知")}
    rooms.desk.state_standing("shanxi", given, rooms.actor("province"), key=rooms.key())
    rooms.desk.reassess("jincheng", rooms.key())
    # 4.2.2(3): the province's level III is the city's II
    suggested = {row.data["incident"]: row.data["level"] for row in rooms.desk.suggestions(["jincheng"]) if row.data}
    assert suggested == {incident: "II", "": "II"}
    decided(rooms, incident, "II")
    assert rooms.desk.incident(incident).ladder(GAS, "response").level == "II"
    assert incident not in {row.data["incident"] for row in rooms.desk.suggestions(["jincheng"]) if row.data}


def test_a_response_is_a_fact_for_the_plans_that_look_at_it(rooms: Rooms) -> None:
    shortage = OpenIncident(title="城区用能紧张", subject="coal_supply_shortage", place="chengqu", plans=(ENERGY,))
    incident = rooms.open("district", shortage).incident
    rooms.later(1)
    decided(rooms, incident, "II", ENERGY)
    assert rooms.desk.standing("chengqu").facts["district_energy_response_level"].given == {"value": "II"}
    rooms.later(1)
    rooms.give(incident, "district", facts(spread_beyond_district_possible=True))
    # 3.3: with level II started and the spread possible, the warning 重大 is due
    assert rooms.desk.incident(incident).assessed[f"{ENERGY}|warning"].level == "重大"


def test_what_is_done_by_delegation_says_so(rooms: Rooms) -> None:
    incident = rooms.open("city", SHORTAGE).incident
    rooms.give(incident, "city", facts(city_gas_gap_pct=7))
    rooms.give(incident, "city", ProposeLevel(plan=GAS, level="II"))
    with pytest.raises(RefusedError, match="总指挥"):
        rooms.give(incident, "director", DecideProposal(proposal="p1"))
    wish = DelegatePosts(
        person="director", person_name="主任", posts=(f"{GAS}:commander",), since=rooms.at,
        until=rooms.at + clock.span(600), document="晋政函〔2026〕1号", reason="总指挥出差",
    )  # fmt: skip
    rooms.desk.keep("jincheng", wish, rooms.actor("mayor"), key=rooms.key())
    rooms.later(1)
    done = rooms.give(incident, "director", DecideProposal(proposal="p1"))
    last = done.happened[-1]
    assert (last.event.type, last.event.post, last.post) == (
        "acted_by_delegation",
        f"{GAS}:commander",
        f"{GAS}:commander",
    )
    assert last.event.delegation in rooms.desk.room("jincheng").delegations
    rooms.later(600)  # it has run out
    with pytest.raises(RefusedError, match="不在您的职权之内"):
        rooms.give(incident, "director", EndLevel(plan=GAS))


def test_a_unit_that_the_lexicon_does_not_have_can_fill_a_role(rooms: Rooms) -> None:
    """Any real enterprise: it has the accident, it reports, and the reports go on upward."""
    incident = rooms.open("county", WELL).incident
    rooms.give(incident, "county", FillRole(role="事故发生单位", units=("某煤层气公司",)))
    rooms.give(incident, "county", ReceiveReport(sender="某煤层气公司", how="phone", text="井口着火"))
    rooms.later(10)
    rooms.give(incident, "county", ReceiveReport(sender="某煤层气公司", how="written", text="书面报告"))
    rooms.give(incident, "county", UpdateCasualties(counts={"deaths": 1}))
    rooms.give(incident, "county", ForwardReport(to=("市政府", "office"), how="phone", text="一人死亡"))
    state = rooms.desk.incident(incident)
    # 4.1: after its call the unit owes its report in writing within 30 minutes, and has sent it
    assert [duty.status for key, duty in state.duties.items() if "/written-unit/" in key] == ["met"]
    assert state.superior


def test_a_merged_incident_is_known_to_the_other(rooms: Rooms) -> None:
    first, second = (rooms.open("county", WELL.model_copy(update={"title": f"第{n}报"})).incident for n in (1, 2))
    rooms.give(second, "county", MergeIncident(into=first, reason="同一口井"))
    other, one = rooms.desk.incident(first), rooms.desk.incident(second)
    assert (one.status, one.merged_into, other.absorbed, other.status) == ("merged", first, (second,), "open")
    assert not [duty for duty in one.duties.values() if duty.status in {"open", "missed"}]
    with pytest.raises(RefusedError, match=f"已并入 {first}"):
        rooms.give(second, "county", facts(deaths=1))
    city = rooms.open("city", SHORTAGE).incident
    with pytest.raises(RefusedError, match="另一个值班室"):
        rooms.give(first, "county", MergeIncident(into=city, reason="误"))
    with pytest.raises(NotFoundError):
        rooms.give(first, "county", MergeIncident(into="qinshui-2026-0099", reason="误"))


def test_standing_facts_are_no_incident(rooms: Rooms) -> None:
    rooms.desk.state_standing(
        "jincheng", {"city_gas_gap_pct": FactGiven(value=7)}, rooms.actor("city"), key=rooms.key()
    )
    with pytest.raises(RefusedError, match="先登记事件"):
        rooms.give("standing-jincheng", "city", ProposeLevel(plan=GAS, level="II"))
    assert [(row.key, row.data["level"]) for row in rooms.desk.suggestions(["jincheng"]) if row.data] == [
        (f"standing-jincheng|{GAS}|response", "II")
    ]
    assert rooms.desk.incidents(["jincheng"]) == ()


def test_returns_become_facts_and_the_facts_a_suggestion() -> None:
    rooms = in_memory(at=EVENING)
    for file in sorted((EXAMPLE / "returns" / "2026-12-14").iterdir()):
        filed = rooms.desk.returns.file("jincheng", file.name, file.read_bytes(), rooms.actor("city"), key=file.name)
        assert [one.outcome for one in filed.received] == ["accepted"], file.name
    gap = rooms.desk.standing("jincheng").facts["city_gas_gap_pct"]
    # the same evening as `zhishou supply balance` tells it: a gap between 5 and 10 per cent is level II, 4.2.2(1)
    assert 5 < gap.given["value"] < 10
    assert [row.data["level"] for row in rooms.desk.suggestions(["jincheng"]) if row.data] == ["II"]
    again = rooms.desk.returns.file(
        "jincheng", "pipe_main.csv", (EXAMPLE / "returns/2026-12-14/pipe_main.csv").read_bytes(), rooms.actor("city"),
        key="pipe_main.csv",
    )  # fmt: skip
    assert again.repeated
    with pytest.raises(RefusedError, match="不在您的职权之内"):
        rooms.desk.returns.file("jincheng", "a.csv", b"x", rooms.actor("county"), key=rooms.key())


def test_a_reporter_files_his_own_returns_and_no_others() -> None:
    rooms = in_memory(at=EVENING)
    folder = EXAMPLE / "returns" / "2026-12-14"
    reporter = rooms.desk.returns.evening("jincheng").system.reporters[0]
    wish = AppointToPost(post=f"reporter:jincheng/{reporter.id}", person="clerk", person_name="报送员", basis="报送表")
    rooms.desk.keep("jincheng", wish, rooms.desk.actor("admin-jincheng", "管理员"), key=rooms.key())
    own = rooms.actor("clerk")
    name = next(file for file in folder.iterdir() if file.stem == reporter.id)
    assert rooms.desk.returns.file("jincheng", name.name, name.read_bytes(), own, key="own").entries
    other = next(file for file in sorted(folder.iterdir()) if file.stem != reporter.id)
    with pytest.raises(RefusedError):
        rooms.desk.returns.file("jincheng", other.name, other.read_bytes(), own, key="other")


def test_what_is_held_in_an_area_that_is_not_there_is_said(rooms: Rooms) -> None:
    for area, mend in (("nowhere", "地区编号"), ("qinshui", "供气系统")):
        with pytest.raises(NotFoundError, match=area) as told:
            rooms.desk.returns.decide(area, "1-1", "reject", rooms.actor("county"), key=rooms.key(), reason="不用")
        assert told.value.where == "area"
        assert mend in told.value.mend


def test_a_refused_statement_of_standing_facts_writes_nothing() -> None:
    rooms = in_memory()
    head = rooms.journal.head()
    good = {"city_gas_gap_pct": FactGiven(value=7)}
    later = rooms.at + clock.span(1)
    for area, given, person, at in (
        ("jincheng", good, "county", None), ("qinshui", good, "district", None),
        ("jincheng", {"nothing": FactGiven(value=7)}, "city", None), ("jincheng", good, "city", later),
        ("nowhere", good, "city", None),
    ):  # fmt: skip
        with pytest.raises(ZhishouError):
            rooms.desk.state_standing(area, given, rooms.actor(person), key=rooms.key(), at=at)
        assert rooms.journal.head() == head
    first = rooms.desk.state_standing("jincheng", good, rooms.actor("city"), key="once")
    assert [one.event.type for one in first.happened] == ["facts_stated"]
    assert rooms.desk.state_standing("jincheng", good, rooms.actor("city"), key="once").repeated


def test_a_district_s_role_does_not_speak_in_the_city(rooms: Rooms) -> None:
    """A county's administrator gives a role that no area owns; it counts in the county's incidents alone."""
    post = "unit:extraction_enterprises"
    wish = AppointToPost(post=post, person="miner", person_name="某企业", basis="企业名录")
    rooms.desk.keep("qinshui", wish, rooms.desk.actor("admin-qinshui", "管理员"), key=rooms.key())
    report = ReceiveReport(kind="follow_up", how="console", sender="各煤层气抽采企业", text="已关井")
    below = rooms.open("county", WELL).incident
    rooms.give(below, "miner", report)
    above = rooms.open("city", WELL).incident
    with pytest.raises(RefusedError, match="不在您的职权之内"):
        rooms.give(above, "miner", report)


def test_deadlines_fire_once_whoever_asks(rooms: Rooms) -> None:
    below = rooms.open("county", WELL).incident
    rooms.later(60)  # 4.1: the county had until an hour after the event
    other = Rooms(rooms.journal, at=rooms.at)
    fired = [*rooms.desk.tick(), *other.desk.tick(), *rooms.desk.tick()]
    duties = [one.event.duty for one in fired if isinstance(one.event, DutyMissed)]
    assert duties == [f"{CBM}/county-first"]
    rooms.restart()
    assert rooms.desk.tick() == ()
    assert [row.key for row in rooms.desk.duties(["qinshui"], ("missed",))] == [f"{below}/{CBM}/county-first"]


def test_what_if_changes_nothing(rooms: Rooms) -> None:
    incident = rooms.open("city", SHORTAGE).incident
    rooms.give(incident, "city", facts(city_gas_gap_pct=4))
    head = rooms.journal.head()
    supposed = rooms.desk.assess(incident, {"全市天然气供需缺口": FactGiven(value=12)})
    assert [ladder.level for one in supposed for ladder in one.ladders if ladder.ladder == "response"] == ["I"]
    assert rooms.journal.head() == head


def test_numbers_have_no_holes_within_area_and_year(rooms: Rooms) -> None:
    ids = [rooms.open("county", WELL.model_copy(update={"title": f"第{n}起"})).incident for n in range(1, 12)]
    assert ids == [f"qinshui-2026-{n:04d}" for n in range(1, 12)]
    rooms.at = clock.moment("2027-01-01T00:00")
    assert rooms.open("county", WELL).incident == "qinshui-2027-0001"


def test_what_is_not_there_is_said(rooms: Rooms) -> None:
    with pytest.raises(NotFoundError, match="没有“jincheng-2026-0099”这个事件"):
        rooms.desk.incident("jincheng-2026-0099")
    with pytest.raises(RefusedError, match="现在之后"):
        rooms.desk.open(WELL, rooms.actor("county"), area="qinshui", key="k", at=clock.moment("2026-12-16T00:00"))


def test_boards_made_anew_are_the_same(rooms: Rooms) -> None:
    below = rooms.open("county", WELL).incident
    rooms.give(below, "county", ForwardReport(to=("市政府", "office"), how="phone", text="续报"))
    rooms.give(rooms.desk.incident(below).superior, "city", facts(deaths=3))
    rooms.later(90)
    rooms.desk.tick()
    boards = ("incidents", "tasks", "duties", "suggestions")
    before = {board: rooms.journal.rows(board, limit=1000) for board in boards}
    told: list[int] = []
    rooms.desk.rebuild(lambda done, _: told.append(done))
    assert before == {board: rooms.journal.rows(board, limit=1000) for board in boards}
    assert told[-1] == rooms.journal.head().position
    assert verify(rooms.journal).good


def test_the_desk_itself_is_nobody_s_account(rooms: Rooms) -> None:
    """Whoever is called `system` holds no post and may do nothing by it that a person must decide."""
    below = rooms.open("city", SHORTAGE).incident
    with pytest.raises(RefusedError):
        rooms.desk.give(below, ProposeLevel(plan=GAS, level="II", reason="x"), Actor("system", "冒名"), key=rooms.key())


def test_everybody_in_the_tests_holds_what_the_table_says(rooms: Rooms) -> None:
    assert {person: rooms.actor(person).posts for person in POSTS} == {
        person: frozenset(posts) for person, (_, posts) in POSTS.items()
    }


def test_delegations_come_to_the_board_of_what_falls_due(rooms: Rooms) -> None:
    """The desk looks by itself; two servers that look at once write it once; the board made anew is the same."""
    until = rooms.at + clock.span(3 * 1440)
    paper = DelegatePosts(
        person="city", person_name="city", posts=(f"{GAS}:commander",), until=until, document="委托书1号", reason="出差"
    )
    rooms.desk.keep("jincheng", paper.model_copy(update={"holder": "mayor"}), rooms.actor("city"), key=rooms.key())

    def board() -> list[tuple[str, object, str]]:
        rows = rooms.desk.duties(["jincheng"])
        return [
            (row.state, row.due, str(row.data["label"]).partition("：")[0])
            for row in rows
            if row.data and row.data["kind"] == "delegation"
        ]

    begun = rooms.at
    assert board() == [("running", begun + clock.span(60), "委托还没有经本人确认，不能凭它办理")]
    rooms.later(60)
    other = Rooms(rooms.journal, at=rooms.at)
    fired = [*rooms.desk.tick(), *other.desk.tick(), *rooms.desk.tick()]
    assert [one.event.type for one in fired] == ["delegation_reminded"]
    assert board() == [("missed", begun + clock.span(60), "委托还没有经本人确认，不能凭它办理")]
    (id_,) = rooms.desk.room("jincheng").delegations
    rooms.desk.keep("jincheng", ConfirmDelegation(delegation=id_), rooms.actor("mayor"), key=rooms.key())
    assert board() == []
    rooms.at = until - clock.span(12 * 60)
    rooms.desk.tick()
    assert board() == [("running", until, "委托即将到期")]
    before = rooms.journal.rows("duties", limit=1000)
    rooms.desk.rebuild(lambda *_: None)
    assert rooms.journal.rows("duties", limit=1000) == before
    rooms.later(1440)
    assert [one.event.type for one in rooms.desk.tick()] == ["delegation_reminded"]
    assert board() == []
    assert rooms.desk.tick() == ()
