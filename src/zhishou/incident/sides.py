"""Which end of a duty to report is this duty room's: what it owes itself, and what is owed to it.

It stands alone because a county's, a district's and a city's duty room read the same clause from different ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zhishou.errors import NotFoundError
from zhishou.incident.context import Context
from zhishou.incident.state import Incident
from zhishou.plan.pack import Pack
from zhishou.plan.posts import organisations, own_government
from zhishou.plan.reporting import ReportingDuty

_NOT_OF_THE_ROOM = frozenset({"superior", "members", "groups", "experts", "on_scene"})
"""Bodies that a plan names besides the headquarters and its office."""


@dataclass(frozen=True, slots=True)
class Side:
    """A duty as this duty room sees it: what it owes itself, or what is owed to it."""

    by: tuple[str, ...]
    to: tuple[str, ...]
    incoming: bool

    @property
    def mark(self) -> str:
        """What an id carries where a duty has both sides."""
        return "/in" if self.incoming else ""


def sides(state: Incident, pack: Pack, duty: ReportingDuty, context: Context) -> tuple[Side, ...]:
    """Both ends of a duty, where this duty room is one of them; none where it sees neither.

    Where one clause tells of a chain (town to office, office to the district), the room owes to the next above it and is
    owed by the next below.
    """
    by = _parted(state, pack, duty.by, context)
    to = _parted(state, pack, duty.to, context)
    relay = tuple(name for name in by[0] if name in duty.to)
    upward = tuple(name for name in duty.to if name not in duty.by)
    found: list[Side] = []
    if by[0]:
        found.append(Side(by[0], upward or tuple(name for name in duty.to if name not in by[0]), incoming=False))
    if by[1] and to[0]:
        found.append(Side(by[1], relay or to[0], incoming=True))
    return tuple(found)


def _parted(
    state: Incident, pack: Pack, names: Iterable[str], context: Context
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that are this duty room's own, and the others."""
    own = {name: ours(state, pack, name, context) for name in names}
    return tuple(name for name in own if own[name]), tuple(name for name in own if not own[name])


def ours(state: Incident, pack: Pack, name: str, context: Context) -> bool:
    """Whether a name is this duty room's own.

    The room of the plan's own area is its headquarters, its posts, the unit at which its office sits, and the area's
    government and party committee. The room of a county under a city's plan is the county: government, party, departments.
    """
    own = pack.plan.area == context.area
    actor = pack.actor(name)
    if actor.kind != "unit":
        return own and actor.id not in _NOT_OF_THE_ROOM
    seat = {pack.actor(one).id for one in pack.organisation.office.at} if own and pack.organisation.office else set()
    return any(
        id_ in seat or _of_the_area(pack, id_, context.area, own=own)
        for id_ in organisations(pack.lexicon, actor.id, state.roles)
    )


def _of_the_area(pack: Pack, id_: str, area: str, *, own: bool) -> bool:
    if id_ in {own_government(pack.lexicon, area), f"{area}_party_committee"}:
        return True
    unit = pack.lexicon.organisations.get(id_)  # an enterprise that fills a role is known by its name alone
    return not own and unit is not None and unit.area == area and unit.kind == "department"


def parties(pack: Pack, names: Iterable[str], state: Incident) -> frozenset[str]:
    """The organisations, and ids of the plan's bodies and posts, that the names stand for."""
    found: set[str] = set()
    for name in names:
        try:
            actor = pack.actor(name)
        except NotFoundError:
            found.add(name)
            continue
        found |= {actor.id}
        if actor.kind == "unit":
            found |= set(organisations(pack.lexicon, actor.id, state.roles))
    return frozenset(found)
