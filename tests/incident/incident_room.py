"""A duty room for tests: commands decided and folded in memory, on a clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from zhishou import clock
from zhishou.acts import SYSTEM, Actor, Command, Event, Happened
from zhishou.incident.context import Context, HouseRules
from zhishou.incident.index import COMMANDS, decide, fold, missed
from zhishou.incident.state import Incident
from zhishou.plan.load import library

GAS = "jincheng/gas-winter-2021"
ENERGY = "jincheng/chengqu/energy-2025"
HEATING = "yuncheng/heating-2021"
MINE = "jincheng/non-coal-mine-2020"
TRADE = "jincheng/industry-trade-2020"
BIOGAS = "jincheng/rural-biogas-2020"
HAZCHEM = "jincheng/hazchem-2020"
CBM = "jincheng/cbm-surface-2020"
OIL = "jincheng/oil-gas-storage-2020"
PLANS = (GAS, ENERGY, HEATING, MINE, TRADE, BIOGAS, HAZCHEM, CBM, OIL)
AREAS = dict.fromkeys(PLANS, "jincheng") | {ENERGY: "chengqu", HEATING: "yuncheng"}

SHELF = library()
START = clock.moment("2026-12-15T20:00")


def post(plan: str, name: str) -> str:
    """A post's key: `commander` of a plan, or a key as it is (`unit:…`, `duty:…`)."""
    return name if ":" in name else f"{plan}:{name}"


class Room:
    """One incident at one duty room."""

    def __init__(
        self, area: str = "jincheng", at: str | datetime = START, *, rules: HouseRules | None = None, id_: str = "x"
    ) -> None:
        self.area, self.now, self.rules = area, clock.moment(at), rules or HouseRules()
        self.shelf = SHELF
        self.state = Incident(id_)
        self.story: list[Happened] = []

    @property
    def context(self) -> Context:
        return Context(self.now, self.area, self.shelf.packs, self.shelf.lexicon, rules=self.rules)

    def at(self, when: str | datetime) -> Room:
        """Set the clock: a moment, or a time of the first day (21:30)."""
        text = f"{START:%Y-%m-%d}T{when}" if isinstance(when, str) and "T" not in when else when
        self.now = clock.moment(text)
        return self

    def later(self, minutes: float) -> Room:
        self.now += timedelta(minutes=minutes)
        return self

    def actor(self, posts: Iterable[str], person: str = "", **more: Any) -> Actor:
        held = frozenset(posts)
        name = person or "+".join(sorted(held)) or "nobody"
        return Actor(name, name, held, **more)

    def give(
        self, name: str | Command, by: str | Actor | Iterable[str] = (), person: str = "", /, **said: Any
    ) -> list[Event]:
        """Give a command by name, in the posts given; the room's duty officer where none is."""
        command = name if isinstance(name, Command) else COMMANDS[name](**said)
        posts = (f"duty:{self.area}",) if by == () else (by,) if isinstance(by, str) else by
        actor = by if isinstance(by, Actor) else self.actor(posts, person)
        decision = decide(self.state, command, actor, self.context)
        self._fold(decision.events, actor, decision.post)
        return list(decision.events)

    def tick(self) -> list[Event]:
        """Record what has passed."""
        events = missed(self.state, self.now)
        self._fold(events, SYSTEM, "system")
        return list(events)

    def _fold(self, events: Iterable[Event], actor: Actor, acting: str) -> None:
        for event in events:
            happened = Happened(
                event, self.now, self.state.id, self.state.version + 1, len(self.story) + 1, self.now, actor.person,
                actor.name, acting,
            )  # fmt: skip
            self.story.append(happened)
            self.state = fold(self.state, happened)

    def open(self, *plans: str, place: str = "", occurred: str | None = None, **more: Any) -> Room:
        self.give(
            "open_incident", title="某处发生险情", place=place or self.area, plans=plans,
            occurred=clock.moment(f"{START:%Y-%m-%d}T{occurred}") if occurred and "T" not in occurred else occurred, **more,
        )  # fmt: skip
        return self

    def duties(self, *kinds: str, plan: str = "") -> dict[str, Any]:
        """Duties by id, of some kinds."""
        return {
            id_: one
            for id_, one in self.state.duties.items()
            if (not kinds or one.kind in kinds) and (not plan or one.plan == plan)
        }


def room(plan: str, *, place: str = "", occurred: str | None = None, **more: Any) -> Room:
    """The duty room of a plan's own area, with an incident open under it."""
    return Room(AREAS[plan], **more).open(plan, place=place, occurred=occurred)
