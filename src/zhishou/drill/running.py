"""The runner: a scenario's steps through the very desk that duty rooms use, on a clock that jumps from one due moment to the next.

It opens the desk on a record founded as an exercise and hands it no channel; what a drill makes cannot leave the house.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from zhishou.acts import SYSTEM, Actor, Command, Happened
from zhishou.desk import Desk
from zhishou.desk.kinds import INCIDENT_STREAMS, INCIDENTS, RETURNS, RETURNS_STREAMS, ROOMS, WATCH_STREAMS
from zhishou.desk.streams import States
from zhishou.drill import returning, times
from zhishou.drill.checking import Checking
from zhishou.drill.naming import filled, post_key, room_of
from zhishou.drill.outcome import PASSING, SETTING, Checked, Outcome, Played
from zhishou.drill.reading import Script, command_of, facts_given, timed
from zhishou.drill.records import DeskFactory
from zhishou.drill.scenario import ReturnDecided, ReturnSent, Step
from zhishou.errors import DatabaseError, JournalError, ZhishouError
from zhishou.incident.facts import FactGiven
from zhishou.incident.opening import IncidentOpened, OpenIncident
from zhishou.incident.state import Incident
from zhishou.journal import verify
from zhishou.projections import DUTIES, RUNNING, STANDING, WAITING
from zhishou.watch.commands import AppointToPost, OpenDutyRoom

KEEPER = "演练管理员"
PAGE = 500
MINUTE = timedelta(minutes=1)


def run(script: Script, factory: DeskFactory) -> Outcome:
    """Run a scenario.

    Args:
        script: the scenario.
        factory: opens the desk on the drill's clock; see `records.exercise_desk`.

    Raises:
        JournalError: the desk's record is a real one.
        DatabaseError: the database failed.
    """
    return _Run(script, factory).all()


@dataclass
class _Run:
    """A drill under way."""

    script: Script
    factory: DeskFactory
    names: dict[str, str] = field(default_factory=dict)
    """Name in the scenario → id of the incident."""
    played: list[Played] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = times.SimulatedClock(self.script.scenario.start)
        self.desk = self._desk()
        self.position = self.desk.journal.head().position
        self.names |= {f"{STANDING}{area}": f"{STANDING}{area}" for area in self.script.library.lexicon.areas}

    def _desk(self) -> Desk:
        desk = self.factory(self.clock)
        if not desk.exercise:
            raise JournalError("这是正式记录，演练不能写进去", mend="演练另用一个记录")
        return desk

    def all(self) -> Outcome:
        """The whole timeline."""
        self._set_up()
        steps = self.script.scenario.steps
        for number, (step, moment) in enumerate(zip(steps, self.script.moments, strict=True)):
            seen = len(self.played)
            self._pass(moment)
            self.played.append(Played(number, self.clock.now, ()))
            self._step(number, step)
            self._tick()
            self._check(step.expect, ("steps", number), step, seen)
        self._pass(self.script.end)
        self._tick()
        self._check(self.script.scenario.expect, (), None, 0)
        ids = {name: id_ for name, id_ in self.names.items() if not name.startswith(STANDING)}
        return Outcome(
            self.script, tuple(self.checks), tuple(self.played),
            {name: self.desk.incident(id_) for name, id_ in ids.items()}, verify(self.desk.journal),
        )  # fmt: skip

    def _set_up(self) -> None:
        scenario, library = self.script.scenario, self.script.library
        rooms = [library.lexicon.area(room) for room in scenario.rooms]
        for area in rooms:
            opening = OpenDutyRoom(area=area, person=f"keeper-{area}", person_name=KEEPER)
            self.desk.keep(area, opening, SYSTEM, key=f"set-up/{area}")
        for id_, person in scenario.people.items():
            for number, written in enumerate(person.posts):
                post = post_key(written, scenario, library)
                area = room_of(post, person, scenario, library)
                appointing = AppointToPost(post=post, person=id_, person_name=person.name, basis="演练指派")
                keeper = self.desk.actor(f"keeper-{area}", KEEPER)
                self.desk.keep(area, appointing, keeper, key=f"set-up/{id_}/{number}")
        self._note(SETTING)

    # Time

    def _pass(self, moment: datetime) -> None:
        """Let time pass until a moment; the desk wakes whenever something falls due before it."""
        while (due := self._next_due()) is not None and due < moment:
            self.clock.now = max(self.clock.now, due)
            if not self._tick():
                # A deadline passes with its minute: who answers in that minute is in time.
                self.clock.now = min(moment, self.clock.now + MINUTE)
                if self.clock.now >= moment or not self._tick():
                    break
        self.clock.now = max(self.clock.now, moment)

    def _next_due(self) -> datetime | None:
        rows = self.desk.journal.rows(DUTIES, states=(RUNNING, WAITING), limit=1)
        return rows[0].due if rows else None

    def _tick(self) -> bool:
        self.desk.tick()
        return bool(self._note(PASSING))

    def _note(self, number: int, refused: ZhishouError | None = None) -> tuple[Happened, ...]:
        """Keep what the record has taken in since the last note."""
        found: list[Happened] = []
        told = {
            INCIDENT_STREAMS: States(self.desk.journal, INCIDENTS).happened,
            WATCH_STREAMS: States(self.desk.journal, ROOMS).happened,
            RETURNS_STREAMS: States(self.desk.journal, RETURNS).happened,
        }
        while page := self.desk.journal.since(self.position, PAGE):
            found += [told[f"{entry.stream.partition('/')[0]}/"](entry) for entry in page]
            self.position = page[-1].position
        if found or refused is not None:
            self.played.append(Played(number, self.clock.now, tuple(found), refused))
        return tuple(found)

    # Steps

    def _step(self, number: int, step: Step) -> None:
        if step.restart:
            self.desk = self._desk()
        elif step.clock is not None:
            self.clock.now += times.jump(step.clock)
        elif step.reassess is not None:
            self.desk.reassess(self.script.library.lexicon.area(step.reassess), f"reassess/{number}")
            self._note(number)
        elif step.by:
            for one, chosen in enumerate(_each(step)):
                self._command(number, one, step, chosen)

    def _command(self, number: int, one: int, step: Step, chosen: dict[str, Any]) -> None:
        try:
            self._give(step, chosen, f"step/{number}/{one}")
        except ValidationError as error:
            refused: ZhishouError | None = ZhishouError(f"命令写得不对：{error.errors()[0]['msg']}")
        except (JournalError, DatabaseError):
            raise
        except ZhishouError as error:
            refused = error
        else:
            refused = None
        happened = self._note(number, refused)
        if step.opens:
            above = next((one for one in happened if isinstance(one.event, IncidentOpened)), None)
            if above is not None:
                self.names[step.opens] = above.stream.removeprefix(INCIDENT_STREAMS)
        checking = self._checking(step, happened)
        if step.refused is not None or refused is not None:
            self.checks.append(checking.refusal(step.refused, refused, self.script.place("steps", number)))

    def _give(self, step: Step, chosen: dict[str, Any], key: str) -> None:
        scenario, now = self.script.scenario, self.clock.now
        actor = self.desk.actor(step.by, scenario.people[step.by].name)
        at = times.moment(step.happened, scenario.start, now) if step.happened else None
        data = self._named(timed({**step.with_, **chosen}, scenario.start, now))
        if step.state is not None:
            facts = {name: FactGiven(**timed(one, scenario.start, now)) for name, one in step.state.facts.items()}
            area = self.script.library.lexicon.area(step.state.area)
            self.desk.state_standing(area, facts, actor, key=key, at=at)
        elif step.return_ is not None:
            self._send(step.return_, actor, key)
        elif step.decide is not None:
            self._decide(step.decide, actor, key)
        elif step.keep is not None:
            self._keep(step, data, actor, key, at)
        elif (kind := command_of(step)) is OpenIncident:
            area = self.script.library.lexicon.area(step.area or scenario.rooms[0])
            data |= {"plans": [self.script.library.pack(plan).id for plan in data["plans"]]} if "plans" in data else {}
            given = self.desk.open(kind.model_validate(data), actor, area=area, key=key, at=at)
            self.names[step.on or "main"] = given.incident
        elif kind is not None:
            state = self._incident(step.on)
            command: Command = kind.model_validate(
                facts_given(kind, filled(kind, data, state, scenario, self.script.library))
            )
            self.desk.give(state.id, command, actor, key=key, at=at)

    def _send(self, sent: ReturnSent, actor: Actor, key: str) -> None:
        script = self.script
        area = returning.where(sent, script.systems, script.library.lexicon)
        name, content, day = returning.file_of(sent, script.systems[area], self.clock.now)
        filed = self.desk.returns.file(area, name, content, actor, key=key, gas_day=day, reporter=sent.reporter)
        if wrong := "；".join(returning.differing(sent, filed.received)):
            raise ZhishouError(f"报表的结果是{wrong}", mend="核对数字，或改写 outcome")

    def _decide(self, wanted: ReturnDecided, actor: Actor, key: str) -> None:
        script = self.script
        area = returning.where(wanted, script.systems, script.library.lexicon)
        left = returning.waiting(wanted, script.systems[area], self.desk.returns.register(area))
        if not left:
            raise ZhishouError(f"“{wanted.reporter}”的报表没有待核定的", mend="先写一步被扣住的报表（outcome: held）")
        while left:  # a decision makes a new version, in which what is left has another number
            self.desk.returns.decide(
                area, left[0].id, wanted.action, actor, key=f"{key}/{left[0].id}", reason=wanted.reason,
                amounts=returning.amounts(wanted, left[0]),
            )  # fmt: skip
            left = returning.waiting(wanted, script.systems[area], self.desk.returns.register(area))

    def _keep(self, step: Step, data: dict[str, Any], actor: Actor, key: str, at: datetime | None) -> None:
        scenario, kind = self.script.scenario, command_of(step)
        named = step.keep.area if step.keep is not None and not isinstance(step.keep, str) else ""
        area = self.script.library.lexicon.area(named or scenario.rooms[0])
        if kind is None:
            return
        if "person_name" in kind.model_fields and data.get("person") in scenario.people:
            data.setdefault("person_name", scenario.people[data["person"]].name)
        offer = self.desk.room(area).offer
        if "digest" in kind.model_fields and offer is not None:
            data.setdefault("digest", offer.digest)
        for post in ("post", "posts"):
            if post in data:
                written = data[post]
                keys = [
                    post_key(one, scenario, self.script.library) for one in ([written] if post == "post" else written)
                ]
                data[post] = keys[0] if post == "post" else keys
        self.desk.keep(area, kind.model_validate(data), actor, key=key, at=at)

    def _incident(self, name: str) -> Incident:
        own = [one for one in self.names if not one.startswith(STANDING)]
        chosen = name or next(iter(own), "")
        if chosen not in self.names:
            raise ZhishouError(f"没有登记过叫“{chosen or '…'}”的事件", mend="先登记事件")
        return self.desk.incident(self.names[chosen])

    def _named(self, data: Any) -> Any:
        """Data with `@name` as the incident's id."""
        if isinstance(data, dict):
            return {key: self._named(value) for key, value in data.items()}
        return self.names.get(data[1:], data) if isinstance(data, str) and data.startswith("@") else data

    # Expectations

    def _checking(self, step: Step | None, happened: tuple[Happened, ...]) -> Checking:
        return Checking(
            self.desk, self.script, self.names, happened, self._all(), self.clock.now, step.on if step else ""
        )

    def _all(self) -> tuple[Happened, ...]:
        return tuple(one for played in self.played for one in played.happened)

    def _check(self, expected: tuple[Any, ...], path: tuple[str | int, ...], step: Step | None, seen: int) -> None:
        if not expected:
            return
        since = tuple(one for played in self.played[seen:] for one in played.happened)
        checking = self._checking(step, since)
        for number, one in enumerate(expected):
            self.checks.append(checking.one(one, self.script.place(*path, "expect", number)))


def _each(step: Step) -> Iterator[dict[str, Any]]:
    if not step.each:
        yield {}
    for name, values in step.each.items():
        yield from ({name: value} for value in values)
