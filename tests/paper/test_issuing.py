"""Papers issued: numbers without holes whoever comes together and whatever breaks, bytes that never change, codes that lead home."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from paper.paper_nights import GAS, Rooms, ran, short_of_gas
from sqlalchemy import Engine

from zhishou import clock, database
from zhishou.acts import Actor
from zhishou.desk import Desk
from zhishou.desk.papers import Issued
from zhishou.errors import NotFoundError, RefusedError, RepeatedKeyError
from zhishou.incident.facts import FactGiven, StateFacts
from zhishou.incident.opening import OpenIncident
from zhishou.journal import found, verify
from zhishou.paper.files import Files, MemoryFiles, sm3
from zhishou.paper.issuing import IssuePaper
from zhishou.paper.kinds import KINDS

OFFICER = Actor("officer", "值班员甲", frozenset({"duty:jincheng"}))
SHORTAGE = OpenIncident(title="全市天然气供应紧张", subject="gas_supply_shortage", place="jincheng")


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    """Duty rooms on a database, with an incident open."""
    engine = database.engine(f"sqlite:///{tmp_path}/desk.db")
    database.upgrade(engine)
    at = clock.moment("2026-12-31T23:50")
    made = Rooms(found(engine, "papers", at, exercise=False), at).people()
    made.open("city", SHORTAGE)
    yield made
    engine.dispose()


def report(**more: object) -> IssuePaper:
    return IssuePaper(kind="situation_report", incident="jincheng-2026-0001", **more)  # type: ignore[arg-type]


def issue(rooms: Rooms, command: IssuePaper | None = None, *, key: str = "") -> Issued:
    return rooms.desk.papers.issue("jincheng", command or report(), OFFICER, key=key or rooms.key())


def test_numbers_go_by_year_kind_and_area(rooms: Rooms):
    numbers = [issue(rooms).number for _ in range(3)]
    press = issue(rooms, IssuePaper(kind="press_draft", incident="jincheng-2026-0001")).number
    assert numbers == [f"晋城市情况〔2026〕{number}号" for number in (1, 2, 3)]
    assert press == "晋城市通稿〔2026〕1号"
    rooms.later(10)  # midnight in Shanghai, four in the afternoon at Greenwich
    assert issue(rooms).number == "晋城市情况〔2027〕1号"
    below = rooms.open("county", SHORTAGE.model_copy(update={"place": "qinshui"})).incident
    county = Actor("c", "乙", frozenset({"duty:qinshui"}))
    one = rooms.desk.papers.issue("qinshui", IssuePaper(kind="situation_report", incident=below), county, key="c")
    assert one.number == "沁水县情况〔2027〕1号"


def test_numbers_have_no_holes_and_no_doubles_when_many_come_together(rooms: Rooms):
    desks = [Desk(rooms.journal, rooms.desk.library, machine=f"m{number}", now=lambda: rooms.at) for number in range(3)]

    def one(number: int) -> str:
        return desks[number % 3].papers.issue("jincheng", report(), OFFICER, key=f"together/{number}").number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(one, range(8)))
    assert sorted(numbers, key=lambda text: int(text[11:-1])) == [f"晋城市情况〔2026〕{n}号" for n in range(1, 9)]
    for number in numbers:  # the number that a paper carries is the one it was recorded under
        _, pdf = rooms.desk.papers.bytes_of(number)
        assert number in rooms.desk.papers.of(number).event.number
        assert sm3(pdf) == rooms.desk.papers.of(number).event.pdf
    assert verify(rooms.journal).good


@dataclass
class Breaking:
    """A store that breaks off after so many files, as a machine that dies does."""

    inner: Files
    left: int

    def keep(self, content: bytes, at: datetime) -> str:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return self.inner.keep(content, at)

    def get(self, digest: str) -> bytes:
        return self.inner.get(digest)


@pytest.mark.parametrize("left", [0, 1])
def test_a_machine_that_dies_between_the_bytes_and_the_event_leaves_no_hole(rooms: Rooms, left: int):
    first = issue(rooms)
    whole = rooms.desk.papers.files
    rooms.desk.papers.files = Breaking(whole, left)
    with pytest.raises(KeyboardInterrupt):
        issue(rooms, key="broken")
    rooms.restart()
    again = issue(rooms, key="broken")  # the command is sent again
    assert [first.number, again.number] == ["晋城市情况〔2026〕1号", "晋城市情况〔2026〕2号"]
    assert [one.number for one in rooms.desk.papers.all("jincheng")] == [first.number, again.number]


def test_a_machine_that_dies_while_the_event_is_written_leaves_no_hole(rooms: Rooms, monkeypatch: pytest.MonkeyPatch):
    issue(rooms)
    append = type(rooms.journal).append
    for when in ("before", "after"):

        def broken(self: object, *given: object, when: str = when) -> None:
            if when == "after":
                append(self, *given)  # type: ignore[arg-type]
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(type(rooms.journal), "append", broken)
            with pytest.raises(KeyboardInterrupt):
                issue(rooms, key=when)
        rooms.restart()
        issue(rooms, key=when)
    numbers = [one.number for one in rooms.desk.papers.all("jincheng")]
    assert numbers == [f"晋城市情况〔2026〕{number}号" for number in (1, 2, 3)]
    # An event never names bytes that are not there.
    assert all(all(rooms.desk.papers.bytes_of(number)) for number in numbers)


def test_the_same_key_issues_once_and_never_something_else(rooms: Rooms):
    first = issue(rooms, key="k")
    rooms.later(1)
    again = issue(rooms, key="k")
    assert (again.number, again.event, again.repeated) == (first.number, first.event, True)
    with pytest.raises(RepeatedKeyError):
        issue(rooms, report(report="final"), key="k")


def test_a_paper_once_issued_never_changes(rooms: Rooms):
    one = issue(rooms)
    before = rooms.desk.papers.bytes_of(one.number)
    assert [sm3(content) for content in before] == [one.event.docx, one.event.pdf]
    rooms.later(5)
    rooms.give("jincheng-2026-0001", "city", StateFacts(facts={"city_gas_gap_pct": FactGiven(value=7)}))
    rooms.restart()
    assert rooms.desk.papers.bytes_of(one.number) == before
    assert rooms.desk.papers.bytes_of("晋城市情况[2026]1号") == before  # as people type it


def test_the_code_leads_to_the_event_and_its_papers(rooms: Rooms):
    one = issue(rooms)
    found_ = rooms.desk.papers.find(f" {one.event.code.upper()} ")
    assert found_.entry.stream == "incident/jincheng-2026-0001"
    assert one.event.code == f"{found_.entry.position}-{found_.entry.seal[:8]}"
    assert [paper.number for paper in found_.papers] == [one.number]
    position, _, seal = one.event.code.partition("-")
    forged = f"{position}-{'0' if seal[0] != '0' else '1'}{seal[1:]}"
    with pytest.raises(NotFoundError, match="封印与记录不符"):
        rooms.desk.papers.find(forged)
    with pytest.raises(NotFoundError, match="没有这个位置"):
        rooms.desk.papers.find(f"99999-{seal}")
    with pytest.raises(NotFoundError, match="没有“晋城市情况〔2026〕9号”"):
        rooms.desk.papers.of("晋城市情况〔2026〕9号")


def test_the_designation_once_given_stays_over_the_year(rooms: Rooms):
    assert issue(rooms, report(designation="晋气保指")).number == "晋气保指情况〔2026〕1号"
    assert issue(rooms).number == "晋气保指情况〔2026〕2号"
    rooms.later(10)
    assert issue(rooms).number == "晋气保指情况〔2027〕1号"
    with pytest.raises(RefusedError, match="不能作机关代字"):
        issue(rooms, report(designation="晋〔2026〕"))


@pytest.mark.parametrize(("posts", "may"), [
    ({"duty:jincheng"}, True), ({f"{GAS}:office"}, True), ({f"{GAS}:office_director"}, True),
    ({f"{GAS}:commander"}, False), ({"duty:qinshui"}, False), ({"unit:jincheng_energy"}, False), (set(), False),
])  # fmt: skip
def test_whoever_keeps_the_desk_may_issue_a_report(rooms: Rooms, posts: set[str], may: bool):  # noqa: FBT001
    actor = Actor("x", "某", frozenset(posts))
    if may:
        assert rooms.desk.papers.issue("jincheng", report(), actor, key="x").post in posts
        return
    with pytest.raises(RefusedError, match="不在您的职权之内"):
        rooms.desk.papers.issue("jincheng", report(), actor, key="x")


def test_a_commander_may_have_his_own_order_issued():
    rooms, incident = short_of_gas()
    order = IssuePaper(kind="response_start", incident=incident)
    one = rooms.desk.papers.issue("jincheng", order, rooms.actor("mayor"), key="order")
    assert one.post == f"{GAS}:commander"
    with pytest.raises(RefusedError):  # but the cut list is the desk's
        rooms.desk.papers.issue(
            "jincheng", IssuePaper(kind="cut_list_directive", incident=incident), rooms.actor("mayor"), key="cuts"
        )


def test_another_duty_room_s_incident_is_not_ours(rooms: Rooms):
    below = rooms.open("county", SHORTAGE.model_copy(update={"place": "qinshui"})).incident
    with pytest.raises(RefusedError, match="这不是本值班室的事件"):
        issue(rooms, IssuePaper(kind="situation_report", incident=below))
    with pytest.raises(RefusedError, match="没有写关于哪个事件"):
        issue(rooms, IssuePaper(kind="situation_report"))
    with pytest.raises(NotFoundError, match="没有“x”这个地区"):
        rooms.desk.papers.issue("x", report(), OFFICER, key="x")


def test_what_is_issued_is_told_by_year_kind_and_incident(rooms: Rooms):
    issue(rooms, report(fill={"签发人": "王丙"}))
    issue(rooms, IssuePaper(kind="press_draft", incident="jincheng-2026-0001"))
    papers = rooms.desk.papers
    assert [one.event.kind for one in papers.all("jincheng")] == ["situation_report", "press_draft"]
    assert [one.event.kind for one in papers.all("jincheng", of="新闻通稿")] == ["press_draft"]
    assert len(papers.all("jincheng", incident="jincheng-2026-0001", year=2026)) == 2
    assert papers.all("jincheng", year=2025) == papers.all("jincheng", incident="y") == papers.all("qinshui") == ()
    assert "签发人" not in papers.all("jincheng")[0].event.blanks
    assert papers.all("jincheng")[0].event.rests_on == {GAS: ("4.1",)}


def test_a_draft_takes_no_number(rooms: Rooms):
    head = rooms.journal.head()
    draft = rooms.desk.papers.draft("jincheng", report())
    assert (draft.number, draft.code, rooms.journal.head()) == ("", "", head)


def test_papers_of_a_record_in_memory_are_kept_beside_it():
    one = ran("gas-winter-2021")
    incident = one.outcome.incidents["city"].id
    made = one.desk.papers.issue("jincheng", IssuePaper(kind="review", incident=incident), one.officer(), key="r")
    assert isinstance(one.desk.papers.files, MemoryFiles)
    other = Desk(one.desk.journal, one.desk.library, machine="m", now=one.desk.now)
    assert other.papers.bytes_of(made.number) == one.desk.papers.bytes_of(made.number)
    assert verify(one.desk.journal).good


def test_boards_are_made_anew_though_papers_stand_in_the_record(rooms: Rooms):
    issue(rooms)
    before = rooms.desk.incidents(["jincheng"])
    rooms.desk.rebuild(lambda _, __: None)
    assert rooms.desk.incidents(["jincheng"]) == before


def test_on_both_databases_alike(engine: Engine):
    at = clock.moment("2026-12-15T20:00")
    rooms = Rooms(found(engine, "papers", at, exercise=False), at).people()
    rooms.open("city", SHORTAGE)
    one = issue(rooms)
    docx, pdf = rooms.desk.papers.bytes_of(one.number)
    assert (docx[:2], pdf[:5]) == (b"PK", b"%PDF-")
    assert KINDS[one.event.kind].word in one.number


def test_no_area_takes_the_designation_of_another():
    rooms, incident = short_of_gas()
    county = rooms.open(
        "county", OpenIncident(title="沁水停气", subject="gas_supply_shortage", place="qinshui")
    ).incident
    wish = IssuePaper(kind="press_draft", incident=county, designation="晋城市")
    with pytest.raises(RefusedError, match="别的地区的机关代字"):
        rooms.desk.papers.issue("qinshui", wish, rooms.actor("county"), key="a")
    own = IssuePaper(kind="press_draft", incident=incident, designation="晋保供")
    city = rooms.desk.papers.issue("jincheng", own, rooms.actor("city"), key="b")
    again = wish.model_copy(update={"designation": "晋保供"})
    with pytest.raises(RefusedError, match="别的地区的机关代字"):
        rooms.desk.papers.issue("qinshui", again, rooms.actor("county"), key="c")
    mine = rooms.desk.papers.issue(
        "qinshui", wish.model_copy(update={"designation": ""}), rooms.actor("county"), key="d"
    )
    assert city.number.startswith("晋保供")
    assert mine.number.startswith("沁水县")
