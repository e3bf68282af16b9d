"""Whom a party means at a moment, by which ways, in which order, and what is missing; pure.

It stands alone so that the dry run before the night and the call in the night can never disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

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
