"""Records to write papers from: drills run once, an evening of returns with a response in force, a watch that passes on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import takewhile

from desk.duty_rooms import CBM, EXAMPLE, GAS, Rooms, in_memory, shelf

from zhishou import clock, drill
from zhishou.acts import Actor
from zhishou.desk import Desk
from zhishou.drill.outcome import Outcome
from zhishou.incident.cutting import SignCutList
from zhishou.incident.index import fold
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.state import Incident
from zhishou.paper.case import Case
from zhishou.watch.commands import AcceptShiftHandover, AppointToPost, BeginShift, OfferShiftHandover, WriteLog
from zhishou.watch.words import DueItem

EVENING = clock.moment("2026-12-14T20:30")


@dataclass(frozen=True)
class Night:
    """A drill that was run, and a desk on its record at its end."""

    outcome: Outcome
    desk: Desk

    def case(self, name: str) -> Case:
        """The file of one of its incidents."""
        state = self.outcome.incidents[name]
        standing = {id_: one for area in ("shanxi", "jincheng") for id_, one in self.desk.standing(area).facts.items()}
        return Case(state, self.desk.story(state.id), shelf().packs, shelf().lexicon, self.desk.now(), standing)

    def case_before(self, name: str, kind: str) -> Case:
        """The file as it stood before the first event of a kind: closing ends what is still open."""
        whole = self.case(name)
        story = tuple(takewhile(lambda one: one.event.type != kind, whole.story))
        return replace(whole, state=reduce(fold, story, Incident(whole.state.id)), story=story, at=story[-1].at)

    def officer(self, area: str = "jincheng") -> Actor:
        """A duty officer of an area."""
        return Actor("officer", "值班员甲", frozenset({f"duty:{area}"}))


def ran(name: str) -> Night:
    """A shipped scenario, run anew on a record of its own."""
    path = drill.shipped()[name]
    script = drill.read_scenario(path.read_text("utf-8"), str(path), shelf())
    factory = drill.exercise_desk(drill.memory_record(script), script)
    outcome = drill.run(script, factory)
    end = max(one.at for one in outcome.happened)
    return Night(outcome, factory(lambda: end))


night = cache(ran)
"""The same, run once: for tests that write nothing."""


def short_of_gas() -> tuple[Rooms, str]:
    """The evening of the examples with all returns in, level II in force and the cut list signed; the rooms, and the incident."""
    rooms = in_memory(at=EVENING)
    for file in sorted((EXAMPLE / "returns" / "2026-12-14").iterdir()):
        rooms.desk.returns.file("jincheng", file.name, file.read_bytes(), rooms.actor("city"), key=file.name)
    rooms.later(5)
    incident = rooms.open(
        "city", OpenIncident(title="全市天然气供应紧张", subject="gas_supply_shortage", place="jincheng")
    )
    rooms.later(5)
    proposed = rooms.give(incident.incident, "city", ProposeLevel(plan=GAS, level="II", reason="缺口超过5%"))
    rooms.later(5)
    rooms.give(incident.incident, "mayor", DecideProposal(proposal=proposed.happened[0].event.proposal))
    rooms.later(5)
    rooms.give(incident.incident, "city", rooms.desk.cuts.drafted(rooms.desk.cuts.work_out(incident.incident)))
    rooms.give(incident.incident, "mayor", SignCutList(list="k1"))
    return rooms, incident.incident


def passed_on() -> Rooms:
    """A watch handed over and taken: 张三 to 李四."""
    rooms = in_memory(at=clock.moment("2026-12-15T08:00"))
    admin = rooms.desk.actor("admin-jincheng", "管理员")
    for person, name in (("zhang", "张三"), ("li", "李四")):
        wish = AppointToPost(post="duty:jincheng", person=person, person_name=name, basis="值班表")
        rooms.desk.keep("jincheng", wish, admin, key=rooms.key())

    def keep(person: str, name: str, command: object) -> None:
        rooms.desk.keep("jincheng", command, rooms.desk.actor(person, name), key=rooms.key())  # type: ignore[arg-type]

    keep("zhang", "张三", BeginShift())
    rooms.later(60)
    keep("zhang", "张三", WriteLog(occurred=rooms.at, category="call", text="省保供办来电询问缺口，已答复"))
    rooms.later(600)
    keep("zhang", "张三", OfferShiftHandover(
        person="li", person_name="李四", memo="今日供气平稳，夜间降温，注意阳城方向来气压力。",
        open_matters=("阳城县门站流量计待校验",),
        due_items=(DueItem(text="向省保供办报送日报", due=clock.moment("2026-12-15T21:00")),),
    ))  # fmt: skip
    offer = rooms.desk.room("jincheng").offer
    assert offer is not None
    rooms.later(5)
    keep("li", "李四", AcceptShiftHandover(digest=offer.digest))
    return rooms


__all__ = ["CBM", "EVENING", "GAS", "Night", "night", "passed_on", "ran", "shelf", "short_of_gas"]
