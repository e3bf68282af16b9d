"""Whom a party means at a moment, by which ways, in which order, and what is missing; pure.

It stands alone so that the dry run before the night and the call in the night can never disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, Protocol, cast

from zhishou.callout.calls import Party
from zhishou.callout.policy import within
from zhishou.callout.roll import Roll
from zhishou.watch.roster import day_mark

Hours = Literal["any", "office", "off"]
"""any: at all times · office: a desk telephone, in office hours · off: a duty telephone, outside them."""

Why = Literal["watch", "roster", "holder", "delegate", "stand_in", "line", "deputy", "colleague", "named"]
"""watch 正在当班 · roster 排班 · holder 任职 · delegate 书面委托 · stand_in 请假期间代为接听 · line 单位值班电话 · deputy 预案规定的副职 ·
colleague 同一值班室的值班员 · named 指名本人."""

Lack = Literal["nobody", "no_channel", "dead", "on_leave", "off_hours"]
"""nobody 职务无人担任 · no_channel 没有联系方式 · dead 号码上次测试不通 · on_leave 请假且没有人代 · off_hours 此时没有可用的联系方式."""


@dataclass(frozen=True, slots=True)
class Address:
    """A way to reach somebody, without the number itself."""

    id: str
    """Id in the contact book; the record speaks of this alone."""
    kind: str
    """Kind of channel that serves it, see `channels.contract.KINDS`."""
    hours: Hours = "any"
    exercise: bool = False
    """Whether exercises may use it; real calls never use one that is for exercises alone, see `real`."""
    real: bool = True
    """Whether real calls may use it."""
    alive: bool | None = None
    """What its last test said; None where it was never tested."""
    channel: str = ""
    """Name of the channel that carries it; empty: the first of its kind."""
    quiet: datetime | None = None
    """Until when its channel is quiet for the matter; None where it may be used now."""

    @property
    def by(self) -> str:
        """The channel that carries it, by name or kind."""
        return self.channel or self.kind


CONSOLE = "console"


def console_address(account: str) -> str:
    """The id of somebody's own pages as an address: whoever has an account has it, whatever the contact book says."""
    return f"{CONSOLE}:{account}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be called: a person, or the duty line of a unit where nobody is appointed."""

    id: str
    """Account id; for a unit's line the post key."""
    name: str
    post: str
    """Key of the post in which he is called."""
    why: Why
    addresses: tuple[Address, ...] = ()
    """In the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that keeps somebody from being reached."""

    lack: Lack
    post: str
    person: str = ""
    """Account id, where it is about a person."""
    name: str = ""
    """The person, or the party where it has nobody."""
    address: str = ""
    """Id of the address, where it is about one."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who would be called at a moment."""

    first: tuple[Person, ...]
    """Those who hold the post, or stand in for whoever does."""
    deputies: tuple[Person, ...] = ()
    """Those whom the plan lets act in their absence, and colleagues."""
    missing: tuple[Missing, ...] = ()

    @property
    def persons(self) -> tuple[Person, ...]:
        """All of them, in order."""
        return (*self.first, *self.deputies)


class Book(Protocol):
    """The contact book, as far as a call needs it."""

    def addresses_of(self, whoms: Collection[str], at: datetime) -> Mapping[str, tuple[Address, ...]]:
        """The addresses of people (account ids), units and posts (post keys) at a moment, each in order; held rows left out.

        Whoever has none is left out of the answer.
        """

    def values_of(self, addresses: Collection[str]) -> Mapping[str, str]:
        """The numbers themselves, by id of the address, for the one moment at which they are given to a gateway."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What may be used to reach people."""

    kinds: frozenset[str]
    """Names and kinds of the channels that the deployment has, in an exercise those marked for exercises."""
    exercise: bool = False
    urgent: bool = False
    office_hours: str = "08:00-18:00"
    quiet: Mapping[str, datetime] = field(default_factory=dict)
    """Channels that are quiet for the matter at this moment, by name or kind → until when."""


@dataclass(frozen=True, slots=True)
class Callees:
    """Who should be called, before anybody asks by which way."""

    first: tuple[Person, ...]
    deputies: tuple[Person, ...]
    missing: tuple[Missing, ...]

    @property
    def ids(self) -> frozenset[str]:
        """Whom the contact book must be asked for."""
        return frozenset(person.id for person in (*self.first, *self.deputies))


def callees(party: Party, roll: Roll, area: str) -> Callees:
    """The people of a party at a moment, for a matter of an area.

    The nearest post that anybody holds comes first; whoever holds the others, those to whom it is delegated and the plan's
    deputies come behind. The line of a unit or post is called like a person.
    """
    first: dict[str, Person] = {}
    behind: dict[str, Person] = {}
    missing: list[Missing] = []
    for id_ in party.persons:
        _add(first, Person(id_, roll.name(id_), "", "named"), roll, missing)
    nearest = bool(party.persons)
    for post in party.posts:
        found = _of_post(post, roll, missing, area)
        if found and not nearest:
            first |= {id_: one for id_, one in found.items() if one.why != "colleague"}
        _behind(behind, found)
        nearest = nearest or bool(found)
        lines = {post: Person(post, "值班电话", post, "line")}
        first = first | lines if post in party.posts[:1] or not first else first
        _behind(behind, {**lines, **_delegates(post, roll, missing, area)})
    for post in party.deputies:
        found = {id_: replace(one, why="deputy") for id_, one in _of_post(post, roll, missing, area).items()}
        _behind(behind, {**found, post: Person(post, "值班电话", post, "line")})
    rest = tuple(person for id_, person in behind.items() if id_ not in first)
    return Callees(tuple(first.values()), rest, tuple(missing))


def _behind(behind: dict[str, Person], more: Mapping[str, Person]) -> None:
    for id_, person in more.items():
        behind.setdefault(id_, person)


def _of_post(post: str, roll: Roll, missing: list[Missing], of: str) -> dict[str, Person]:
    """Whoever holds a post, and who stands in for him; at an area's desk whoever is on watch comes before his colleagues."""
    found: dict[str, Person] = {}
    kind, _, area = post.partition(":")
    if kind == "duty":
        for person, name, why in roll.watch(area):
            _add(found, Person(person, name, post, cast("Why", why)), roll, missing)
    for one in roll.holders(post, of):
        if one.person not in found:
            _add(
                found,
                Person(one.person, one.name, post, "colleague" if found and kind == "duty" else "holder"),
                roll,
                missing,
            )
    return found


def _add(found: dict[str, Person], person: Person, roll: Roll, missing: list[Missing]) -> None:
    leave = roll.leave(person.id)
    if leave is None:
        found.setdefault(person.id, person)
    elif leave.stand_in and roll.leave(leave.stand_in) is None:
        found.setdefault(leave.stand_in, Person(leave.stand_in, leave.stand_in_name, person.post, "stand_in"))
    else:
        missing.append(Missing("on_leave", person.post, person.id, person.name))


def _delegates(post: str, roll: Roll, missing: list[Missing], of: str) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for one in roll.delegates(post, of):
        _add(found, Person(one.person, one.name, post, "delegate"), roll, missing)
    return found


def reach(party: Party, who: Callees, book: Mapping[str, tuple[Address, ...]], ways: Ways, at: datetime) -> Reach:
    """Who would be called at a moment, by which ways, and what is missing.

    Args:
        party: whom the matter names.
        who: its people.
        book: the addresses of `who.ids`.
        ways: what may be used.
        at: the moment: desk telephones answer in office hours only.
    """
    missing = list(who.missing)
    last: list[Person] = []
    first = tuple(_with_ways(one, book, ways, at, missing, last) for one in who.first)
    behind = tuple(_with_ways(one, book, ways, at, missing, last) for one in who.deputies)
    behind = (*(one for one in behind if one.id not in {person.id for person in last}), *last)
    # A line that the book does not have is no want of anybody, unless there is nobody else.
    first = tuple(one for one in first if one.addresses or one.why != "line")
    behind = tuple(one for one in behind if one.addresses or one.why != "line")
    if not first and not any(one.post in party.posts for one in missing):
        missing.append(Missing("nobody", party.posts[0] if party.posts else party.key, name=party.label))
    if not any(_rings(one.addresses, ways) for one in first):
        up = [one for one in behind if one.addresses and one.post in party.posts]
        first, behind = (*first, *up), tuple(one for one in behind if one not in up)
    return Reach(first, behind, tuple(dict.fromkeys(missing)))


def _rings(addresses: Iterable[Address], ways: Ways) -> list[Address]:
    """Those that count as reaching somebody: a page wakes nobody at level I and II."""
    return [one for one in addresses if not ways.urgent or one.kind != CONSOLE]


def _with_ways(
    person: Person, book: Mapping[str, tuple[Address, ...]], ways: Ways, at: datetime, missing: list[Missing],
    last: list[Person],
) -> Person:  # fmt: skip
    own = [one for one in book.get(person.id, ()) if (one.exercise if ways.exercise else one.real)]
    served = [replace(one, quiet=ways.quiet.get(one.by)) for one in own if one.by in ways.kinds]
    dead = [one for one in served if one.alive is False]
    missing += (Missing("dead", person.post, person.id, person.name, one.id) for one in dead)
    alive = [one for one in served if one.alive is not False]
    now = "office" if alive and in_office(at, ways.office_hours) else "off"
    fitting = [one for one in alive if one.hours in {"any", now}]
    if ways.urgent:  # a desk telephone at night is better than nothing, and somebody may sit beside it
        fitting += [one for one in alive if one not in fitting]
    rings = _rings(fitting, ways)
    if not rings and person.why != "line" and not dead:
        missing.append(
            Missing("off_hours" if _rings(alive, ways) else "no_channel", person.post, person.id, person.name)
        )
    if ways.urgent and dead and not rings:  # a test may err; at level I and II they are tried behind everybody else
        last.append(replace(person, addresses=(*fitting, *dead)))
    return replace(person, addresses=tuple(fitting))


def in_office(at: datetime, hours: str) -> bool:
    """Whether a moment lies in office hours: of a workday by the Chinese calendar, holidays and made-up Saturdays heeded."""
    return within(hours, at) and not day_mark(at.date()).rest
