"""Who holds which post at a moment, looked up once for many calls: duty rooms put in order by post and by person; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from zhishou.plan.lexicon import Lexicon
from zhishou.watch.holding import is_role
from zhishou.watch.roster import on_duty, planned
from zhishou.watch.state import Appointment, Delegation, Leave, State


class Roll:
    """The people of all duty rooms at a moment.

    Args:
        rooms: area → its duty room.
        at: the moment.
        lexicon: tells roles from organisations.
    """

    def __init__(self, rooms: Mapping[str, State], at: datetime, lexicon: Lexicon) -> None:
        self.rooms, self.at, self._lexicon = rooms, at, lexicon
        self._by_post: dict[str, list[tuple[str, Appointment]]] = defaultdict(list)
        self._delegated: dict[str, list[tuple[str, Delegation]]] = defaultdict(list)
        self._away: dict[str, Leave] = {}
        self._names: dict[str, str] = {}
        for room in rooms.values():
            self._read(room)

    def _read(self, room: State) -> None:
        held = set()
        for one in room.appointments.values():
            self._names[one.person] = one.name
            if one.holds(self.at):
                self._by_post[one.post].append((room.area, one))
                held.add((one.person, one.post))
        for delegation in room.delegations.values():
            if delegation.counts(self.at):
                for post in delegation.posts:
                    if (delegation.holder, post) in held:
                        self._delegated[post].append((room.area, delegation))
        for leave in room.leaves.values():
            if leave.covers(self.at):
                self._away[leave.person] = leave

    def holders(self, post: str, area: str) -> list[Appointment]:
        """The appointments to a post that hold in an area: of a role only those given there, or above."""
        return [one for of, one in self._by_post.get(post, ()) if self._counts(post, of, area)]

    def delegates(self, post: str, area: str) -> list[Delegation]:
        """The delegations of a post that count in an area."""
        return [one for of, one in self._delegated.get(post, ()) if self._counts(post, of, area)]

    def _counts(self, post: str, of: str, area: str) -> bool:
        return not is_role(post, self._lexicon) or of in self._lexicon.upward(area)

    def leave(self, person: str) -> Leave | None:
        """The leave on which a person is."""
        return self._away.get(person)

    def name(self, person: str) -> str:
        """What a person is called; the account where he never held a post."""
        return self._names.get(person, person)

    def watch(self, area: str) -> tuple[tuple[str, str, str], ...]:
        """Person, name and why (watch, roster) of those at an area's desk: who signed last, then whom the roster has."""
        room = self.rooms.get(area)
        if room is None:
            return ()
        found: dict[str, tuple[str, str, str]] = {}
        held = {one.person for one in self.holders(f"duty:{area}", area)}
        keeper = on_duty(room, self.at)
        if keeper is not None and keeper.person in held:
            found[keeper.person] = (keeper.person, keeper.name, "watch")
        for role in ("chief", "second", "leader"):
            shift = planned(room, self.at, role)
            if shift is not None:
                found.setdefault(shift.person, (shift.person, shift.name, "roster"))
        return tuple(found.values())
