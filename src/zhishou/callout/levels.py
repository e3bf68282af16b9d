"""Whom a level must be told to: one answer for the night and for the dry run before it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from zhishou.callout.matters import Matter, Need, Party
from zhishou.callout.parties import parties, room
from zhishou.callout.ranks import rank
from zhishou.incident.context import HouseRules
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack
from zhishou.plan.posts import NO_ROLES, Roles

Owing = Mapping[str, tuple[str, ...]]
"""Task → by whom, as the plan names them."""


def of_level(
    pack: Pack, ladder: LadderKind, level: str, owing: Owing, area: str, roles: Roles = NO_ROLES
) -> Iterator[tuple[Party, Need, tuple[str, ...]]]:
    """The office, whom the plan has informed, every unit that owes a measure, the members; each with its tasks.

    Who commands or keeps the desk needs to know all of it, who owes something his own, the rest that there is something.
    In the duty room of a county under the city's plan the city's members are the city's to call: its own units are called,
    and its own desk.

    Args:
        pack: the plan.
        ladder: warning or response.
        level: the level's id.
        owing: its tasks.
        area: the duty room's area.
        roles: the roles that the incident fills.
    """
    found = next(one for one in pack.ladders[ladder].levels if one.level == level)
    tasks: dict[str, list[str]] = {}
    owe: dict[str, Party] = {}
    for task, names in owing.items():
        for party in parties(pack, names, roles):
            tasks.setdefault(party.key, []).append(task)
            owe[party.key] = party
    heads = {party.key: party for party in parties(pack, ("office", *found.informed), roles)}
    rest = {party.key: party for party in parties(pack, ("members",), roles)}
    home = pack.plan.area == area
    for key, party in (heads | owe | rest).items():
        if home or _within(pack, party, area):
            need: Need = "full" if key.startswith(f"{pack.id}:") else "own" if key in tasks else "bare"
            yield party, need, tuple(tasks.get(key, ()))
    if not home:
        yield room(area, f"{pack.lexicon.areas[area].label}值班室", ()), "full", ()


def _within(pack: Pack, party: Party, area: str) -> bool:
    unit = pack.lexicon.organisations.get(party.key.removeprefix("unit:"))
    return unit is not None and bool(unit.area) and area in pack.lexicon.upward(unit.area)


def rehearsed(
    pack: Pack, ladder: LadderKind, level: str, area: str, at: datetime, roles: Roles = NO_ROLES, *,
    rules: HouseRules | None = None,
) -> Sequence[Matter]:  # fmt: skip
    """The matters that a level would bring at a moment, as if it were decided then, with the deadlines of its measures.

    Raises:
        StopIteration: the plan has no such level.
    """
    found = next(one for one in pack.ladders[ladder].levels if one.level == level)
    measures = (*found.measures, *pack.ladders[ladder].measures)
    owed = [one for one in measures if not one.optional]
    owing = {one.task: one.by or ("headquarters",) for one in owed}
    spans = {one.task: (rules or HouseRules()).span(one.within)[0] for one in owed}
    return [
        Matter(
            kind="level", id=f"{pack.id}|{ladder}/0", area=area, plan=pack.id, level=level, level_label=found.label,
            rank=rank(pack, ladder, level), party=party, need=need, what=f"{LADDER_LABELS[ladder]}{found.label}",
            tasks=tasks, since=at,
            due=min((at + span for task in tasks if (span := spans[task]) is not None), default=None),
        )
        for party, need, tasks in of_level(pack, ladder, level, owing, area, roles)
    ]  # fmt: skip
