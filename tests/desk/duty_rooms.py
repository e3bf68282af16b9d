"""Duty rooms for tests: three levels of government in one record, people with their posts, and a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path

from zhishou import clock
from zhishou.acts import SYSTEM, Actor, Command
from zhishou.desk import Desk, Given
from zhishou.incident.context import HouseRules
from zhishou.journal import Journal, MemoryJournal
from zhishou.plan.load import Library, library
from zhishou.supply.reading import read_system
from zhishou.supply.system import System
from zhishou.watch.commands import AppointToPost, OpenDutyRoom

CBM = "jincheng/cbm-surface-2020"
GAS = "jincheng/gas-winter-2021"
ENERGY = "jincheng/chengqu/energy-2025"
START = clock.moment("2026-12-15T01:40")
EXAMPLE = Path(__file__).parents[2] / "examples" / "jincheng-supply"

POSTS = {
    "province": ("shanxi", ("duty:shanxi",)),
    "city": ("jincheng", ("duty:jincheng", f"{CBM}:office", f"{GAS}:office")),
    "director": ("jincheng", (f"{CBM}:office_director", f"{GAS}:office_director")),
    "mayor": ("jincheng", (f"{CBM}:commander", f"{GAS}:commander")),
    "county": ("qinshui", ("duty:qinshui",)),
    "district": ("chengqu", ("duty:chengqu", f"{ENERGY}:office")),
    "district_head": ("chengqu", (f"{ENERGY}:commander",)),
}
"""Person → area of his duty room, and the posts he holds."""


@cache
def shelf() -> Library:
    """The shipped plans."""
    return library()


@cache
def supply() -> System:
    """The made-up supply system of the examples."""
    return read_system((EXAMPLE / "system.yaml").read_text("utf-8"), "system.yaml", shelf().lexicon)


@dataclass
class Rooms:
    """A desk, its clock, and its people."""

    journal: Journal
    at: datetime = START
    rules: HouseRules | None = None

    def __post_init__(self) -> None:
        self._keys = count(1)
        self.restart()

    def restart(self) -> None:
        """Begin anew on the same record, as after a crash."""
        self.desk = Desk(
            self.journal, shelf(), machine="test", now=lambda: self.at, rules=self.rules,
            systems={"jincheng": supply()},
        )  # fmt: skip

    def people(self) -> Rooms:
        """Open the duty rooms and appoint everybody."""
        for area in dict.fromkeys(area for area, _ in POSTS.values()):
            self.desk.keep(
                area, OpenDutyRoom(area=area, person=f"admin-{area}", person_name="管理员"), SYSTEM, key=self.key()
            )
        for person, (area, posts) in POSTS.items():
            admin = self.desk.actor(f"admin-{area}", "管理员")
            for post in posts:
                wish = AppointToPost(post=post, person=person, person_name=person, basis="任职文件")
                self.desk.keep(area, wish, admin, key=self.key())
        return self

    def key(self) -> str:
        """A key never used before."""
        return f"key-{next(self._keys)}"

    def actor(self, person: str) -> Actor:
        """A person with his posts now."""
        return self.desk.actor(person, person)

    def later(self, minutes: float) -> datetime:
        """Move the clock."""
        self.at += clock.span(minutes)
        return self.at

    def open(self, person: str, command: Command, *, key: str = "") -> Given:
        """Open an incident at the person's own duty room."""
        return self.desk.open(command, self.actor(person), area=POSTS[person][0], key=key or self.key())

    def give(
        self, incident: str, person: str, command: Command, *, key: str = "", expected: int | None = None
    ) -> Given:
        """Give a command."""
        return self.desk.give(incident, command, self.actor(person), key=key or self.key(), expected=expected)


def in_memory(*, at: datetime = START) -> Rooms:
    """Duty rooms on a record in memory."""
    return Rooms(MemoryJournal("tests", at, exercise=False), at=at).people()
