"""A city at night for tests of the call-out: people with posts and telephones, gateways with their faults, a simulated clock."""

from __future__ import annotations

import heapq
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count

from pydantic import SecretStr

from zhishou import clock
from zhishou.acts import SYSTEM, Actor, Command
from zhishou.callout.channels.contract import Outcome, Outgoing
from zhishou.callout.codes import Codes
from zhishou.callout.matters import Matter
from zhishou.callout.policy import Policy
from zhishou.callout.sending.contract import Handed, Line, Ready
from zhishou.callout.whom import Address
from zhishou.desk import Desk
from zhishou.desk.manners import Manners
from zhishou.desk.streams import drafts
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.reports import ReportGiven
from zhishou.journal import Act, Journal, MemoryJournal, Write
from zhishou.plan.load import Library, library
from zhishou.plan.posts import admin_post, duty_post, plan_post
from zhishou.watch.commands import AppointToPost, BeginShift, OpenDutyRoom
from zhishou.watch.events import PostAppointed

NIGHT = clock.moment("2026-12-15T22:00")
GAS = "jincheng/gas-winter-2021"
CBM = "jincheng/cbm-surface-2020"
KINDS = frozenset({"voice", "sms", "wecom", "mail", "console"})
CODES = Codes(SecretStr("made up for tests"))
"""A key of no deployment."""


@cache
def shelf() -> Library:
    return library()


@dataclass
class Book:
    """A contact book in memory. Numbers begin with 199 0000, of which none is anybody's."""

    own: dict[str, list[Address]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def add(self, whom: str, kind: str, **more: object) -> Address:
        number = next(self._numbers)
        address = Address(f"addr{number}", kind, **more)  # type: ignore[arg-type]
        self.own.setdefault(whom, []).append(address)
        self.values[address.id] = f"#{number:08d}#"
        return address

    def addresses_of(self, whoms: Collection[str], at: datetime) -> Mapping[str, tuple[Address, ...]]:  # noqa: ARG002
        return {whom: tuple(self.own[whom]) for whom in whoms if whom in self.own}

    def values_of(self, addresses: Collection[str]) -> Mapping[str, str]:
        return {id_: self.values[id_] for id_ in addresses if id_ in self.values}


@dataclass
class Gateway:
    """A gateway on the simulated clock. It keeps what it was given by key, and what it really passed on."""

    kind: str
    honours_keys: bool = True
    exercise: bool = True
    rng: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - chance, not secrets
    refuses: float = 0
    unsure: float = 0
    lies: float = 0
    """Share of messages that it takes and never delivers."""
    given: list[Outgoing] = field(default_factory=list)
    passed: dict[str, Outgoing] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.kind

    def room(self) -> int:
        return 10_000

    def send(self, one: Outgoing) -> Outcome:
        self.given.append(one)
        draw = self.rng.random()
        if draw < self.refuses:
            return Outcome("refused", why="网关拒收")
        if draw < self.refuses + self.unsure:
            if self.rng.random() < 0.5:
                self.passed.setdefault(one.id, one)
            return Outcome("unknown", why="超时")
        if self.rng.random() >= self.lies:
            self.passed.setdefault(one.id, one)
        return Outcome("accepted", ref=f"g{len(self.given)}")


@dataclass
class City:
    """A desk with its call-out, its people, and a clock that is moved by hand."""

    journal: Journal = field(default_factory=lambda: MemoryJournal("calls", NIGHT, exercise=False))
    at: datetime = NIGHT
    policy: Policy | None = None
    gateways: dict[str, Gateway] = field(default_factory=lambda: {kind: Gateway(kind) for kind in sorted(KINDS)})
    book: Book = field(default_factory=Book)
    answers: dict[str, float] = field(default_factory=dict)
    """Account → how many minutes after a message he answers; whoever is not here never does."""
    quiet: dict[str, datetime] = field(default_factory=dict)
    """Channel → until when it is quiet for what is not urgent."""
    link: bool = True
    """Whether telephones reach the console."""
    hears: Collection[str] = KINDS
    """Channels on which what is sent back comes to be known."""
    events: list[tuple[datetime, int, str]] = field(default_factory=list)
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin anew on the same record, as after a crash."""
        self.desk = Desk(self.journal, shelf(), machine="test", now=lambda: self.at)
        kinds = frozenset(one.kind for one in self.gateways.values() if one.exercise or not self.journal.exercise)
        self.out = self.desk.connect(
            self.book,
            CODES,
            lambda _matter, _at: kinds,
            policy=self.policy,
            manners=Manners(quiet=self._quiet, link=self.link, back=lambda name: name in self.hears),
        )
        self.out.lost(self.at)

    def _quiet(self, matter: Matter, at: datetime) -> dict[str, datetime]:
        return {} if matter.urgent else {name: until for name, until in self.quiet.items() if at < until}

    def key(self) -> str:
        return f"key-{next(self._keys)}"

    def room(self, area: str) -> None:
        self.desk.keep(
            area, OpenDutyRoom(area=area, person=f"admin-{area}", person_name="管理员"), SYSTEM, key=self.key()
        )

    def appoint(self, area: str, post: str, person: str, *kinds: str, **more: object) -> None:
        """Give somebody a post and ways to reach him."""
        admin = Actor(f"admin-{area}", "管理员", frozenset({admin_post(area)}))
        wish = AppointToPost(post=post, person=person, person_name=person, basis="任职文件")
        self.desk.keep(area, wish, admin, key=self.key())
        for kind in kinds:
            self.book.add(person, kind, **more)

    def watch(self, area: str, person: str) -> None:
        self.desk.keep(
            area, BeginShift(absence=""), Actor(person, person, frozenset({duty_post(area)})), key=self.key()
        )

    def actor(self, person: str) -> Actor:
        return self.desk.actor(person, person)

    def give(self, incident: str, person: str, command: Command) -> None:
        self.desk.give(incident, command, self.actor(person), key=self.key())

    # Time

    def pump(self) -> int:
        """Everything that is due at this moment: rounds and sending until nothing moves."""
        moved = 0
        for _ in range(200):
            now = self.out.round(self.at) + self.send()
            if not now:
                return moved
            moved += now
        raise AssertionError("it never comes to rest")

    def send(self) -> int:
        """Hand over what waits, the most urgent first, as the sender does."""
        done = 0
        for urgency in ("first", "urgent", "waiting"):
            lanes = frozenset(f"{urgency}.{kind}" for kind in self.gateways)
            while lines := self.out.outbox.waiting(lanes, 500):
                done += self.hand(lines)
        return done

    def hand(self, lines: tuple[Line, ...]) -> int:
        readies = self.out.outbox.ready(lines, self.at)
        found = [Handed(one.line, self._sent(one), self.at) for one in readies if one.outgoing is not None]
        self.out.outbox.handed(found)
        return len(lines)

    def _sent(self, ready: Ready) -> Outcome:
        gateway = self.gateways[ready.line.channel]
        assert ready.outgoing is not None
        outcome = gateway.send(ready.outgoing)
        found = self.out.message(ready.line.message)
        assert found is not None
        if ready.line.message in gateway.passed and found.message.person in self.answers:
            after = self.at + timedelta(minutes=self.answers[found.message.person])
            heapq.heappush(self.events, (after, len(gateway.given), ready.line.message))
        return outcome

    def until(self, end: datetime, step: timedelta = timedelta(seconds=20)) -> None:
        """Let the night run: every answer and every step at its moment, or up to a step later."""
        self.pump()
        while self.at < end:
            moments = [end]
            if self.events:
                moments.append(self.events[0][0])
            due = self.journal.rows("calls", limit=1)
            if due and due[0].due is not None:
                moments.append(due[0].due)
            self.at = min(end, max(self.at + step, min(moments)))
            while self.events and self.events[0][0] <= self.at:
                _, _, message = heapq.heappop(self.events)
                self.out.answer(message, "link", self.at)
            self.desk.tick(self.at)
            self.pump()


def jincheng(city: City, *, level_officers: bool = True) -> City:
    """The city's duty room and plan, with an officer, an office, a commander and a deputy."""
    city.room("jincheng")
    city.appoint("jincheng", duty_post("jincheng"), "zhiban", "voice", "sms")
    if level_officers:
        city.appoint("jincheng", plan_post(GAS, "office"), "bangong", "voice", "sms", "wecom")
        city.appoint("jincheng", plan_post(GAS, "office_director"), "zhuren", "voice", "sms")
        city.appoint("jincheng", plan_post(GAS, "commander"), "zhihui", "voice", "sms")
    city.watch("jincheng", "zhiban")
    city.answers |= {"zhiban": 1, "bangong": 2, "zhihui": 3, "zhuren": 2}
    return city


def members(plan: str = GAS) -> tuple[str, ...]:
    """The posts of the plan's member units."""
    from zhishou.callout.parties import parties  # noqa: PLC0415

    return tuple(party.posts[0] for party in parties(shelf().pack(plan), ("members",)))


def shortage(city: City, title: str = "管线失压 3 人被困") -> str:
    """An incident under the gas plan."""
    command = OpenIncident(
        title=title, subject="gas_supply_shortage", place="jincheng", plans=(GAS,),
        report=ReportGiven(sender="市能源局", text="压力下降"),
    )  # fmt: skip
    return city.desk.open(command, city.actor("zhiban"), area="jincheng", key=city.key()).incident


def start(city: City, incident: str, level: str = "I") -> None:
    """The office proposes, the commander decides."""
    city.give(incident, "bangong", ProposeLevel(plan=GAS, level=level, reason="缺口扩大"))
    proposal = list(city.desk.incident(incident).proposals)[-1]
    city.give(incident, "zhihui", DecideProposal(proposal=proposal))


def appointed(city: City, area: str, posts: Mapping[str, str]) -> None:
    """Appoint many people at once: account → post."""
    stream = f"watch/{area}"
    version = city.journal.version(stream)
    made = [
        PostAppointed(
            appointment=f"A{version + number}", post=post, person=person, person_name=person, basis="任职文件",
            since=city.at, until=None,
        )
        for number, (person, post) in enumerate(posts.items(), start=1)
    ]  # fmt: skip
    act = Act(city.key(), "bulk", "system", "系统", "", "test", city.at)
    city.journal.append([Write(stream, version, drafts(made, city.at))], act)
