"""A duty room for the tests: commands go in, what happened is kept, and the state is folded from it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from zhishou import clock
from zhishou.acts import SYSTEM, Actor, Command, Event, Happened
from zhishou.errors import RefusedError
from zhishou.plan.load import library
from zhishou.watch import commands as c
from zhishou.watch.authority import acting_post
from zhishou.watch.deciding import decide
from zhishou.watch.folding import EMPTY, fold
from zhishou.watch.holding import actor
from zhishou.watch.state import State

SHIPPED = library()
PACKS = SHIPPED.packs
LEXICON = SHIPPED.lexicon
AREA = "jincheng"
GAS = "jincheng/gas-winter-2021"
MINE = "jincheng/non-coal-mine-2020"
COMMANDER, OFFICE = f"{GAS}:commander", f"{GAS}:office"
DUTY, ADMIN = f"duty:{AREA}", f"admin:{AREA}"
START = clock.moment("2026-12-01T08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

NAMES = {"admin": "管某", "zhao": "赵某", "qian": "钱某", "sun": "孙某", "li": "李某", "zhou": "周某"}


class Room:
    """One duty room and its record."""

    def __init__(self, area: str = AREA, reporters: tuple[str, ...] = ()) -> None:
        self.area, self.reporters = area, reporters
        self.now = START
        self.state: State = EMPTY
        self.record: list[Happened] = []

    def actor(self, person: str) -> Actor:
        return SYSTEM if person == "system" else actor(self.state, person, NAMES.get(person, person), self.now)

    def give(self, person: str, command: Command) -> tuple[Event, ...]:
        """The events that a command by a person causes, recorded."""
        who = self.actor(person)
        events = decide(self.state, command, who, self.now, PACKS, LEXICON, reporters=self.reporters)
        post = acting_post(self.state, command, who, self.now, PACKS)
        for event in events:
            number = len(self.record) + 1
            happened = Happened(
                event, self.now, f"watch/{self.area}", number, number, self.now, who.person, who.name, post
            )
            self.record.append(happened)
            self.state = fold(self.state, happened)
        return events

    def refused(self, person: str, command: Command) -> RefusedError:
        """The refusal of a command that must be refused."""
        with pytest.raises(RefusedError) as refusal:
            self.give(person, command)
        assert refusal.value.mend, refusal.value.message
        return refusal.value

    def appoint(self, person: str, post: str, **rest: datetime | None) -> str:
        """The id of an appointment by the administrator."""
        (event,) = self.give(
            "admin", c.AppointToPost(post=post, person=person, person_name=NAMES[person], basis="测试任职", **rest)
        )
        return str(event.model_dump()["appointment"])

    def hand_over(self, outgoing: str, incoming: str) -> None:
        """Both sign."""
        self.give(outgoing, handover_to(incoming))
        assert self.state.offer is not None
        self.give(incoming, c.AcceptShiftHandover(digest=self.state.offer.digest))


def handover_to(person: str, memo: str = "一切正常。") -> c.OfferShiftHandover:
    return c.OfferShiftHandover(person=person, person_name=NAMES[person], memo=memo)


def delegation_to(person: str, *posts: str, until: datetime, holder: str = "", **rest: datetime) -> c.DelegatePosts:
    return c.DelegatePosts(
        posts=posts, person=person, person_name=NAMES[person], until=until, document="晋政委〔2026〕1号",
        reason="赴省开会", holder=holder, **rest,
    )  # fmt: skip


def opened() -> Room:
    """A room with its administrator."""
    room = Room()
    room.give("system", c.OpenDutyRoom(area=AREA, person="admin", person_name=NAMES["admin"]))
    return room


def staffed() -> Room:
    """A room with duty officers 赵, 钱 and 孙, of whom 赵 is on watch, and a commander 李."""
    room = opened()
    for person in ("zhao", "qian", "sun"):
        room.appoint(person, DUTY)
    room.appoint("li", COMMANDER)
    room.give("zhao", c.BeginShift())
    return room
