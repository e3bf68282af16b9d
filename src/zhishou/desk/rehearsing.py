"""A dry run of the call-out: for any plan, level, place and moment; nothing is recorded and nobody is called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from zhishou.callout.dry_run import Run, dry_run
from zhishou.callout.levels import rehearsed
from zhishou.desk.callout import CallOut
from zhishou.errors import NotFoundError
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.load import Library
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack
from zhishou.plan.posts import filled_roles

LADDERS: tuple[LadderKind, ...] = ("response", "warning")


def own_area(pack: Pack, areas: Sequence[str], lexicon: Lexicon) -> str:
    """In whose duty room a plan is carried out: its own area's, else the first within it, as a county's is.

    Args:
        pack: the plan.
        areas: those that the house has a duty room for, the main one first.
        lexicon: the areas.
    """
    if pack.plan.area in areas:
        return pack.plan.area
    return next((one for one in areas if pack.plan.area in lexicon.upward(one)), pack.plan.area)


def rehearse(
    callout: CallOut, library: Library, plan: str, level: str, at: datetime, *, place: str = "", ladder: str = "response",
    areas: Sequence[str] = (),
) -> tuple[Run, ...]:  # fmt: skip
    """Who would be called if a level were decided at a moment.

    Args:
        callout: the call-out of a desk.
        library: the plans.
        plan: id of the plan.
        level: id or name of the level, `II`.
        at: the moment.
        place: id or name of the area where it happens; empty: all of the duty room's area.
        ladder: `response` or `warning`.
        areas: those that the house has a duty room for; empty: the plan's own.

    Raises:
        NotFoundError: there is no such plan, level or area.
    """
    pack = library.packs.get(plan)
    if pack is None:
        raise NotFoundError(f"没有“{plan}”这个预案", mend="用 zhishou plan list 查看预案编号")
    kind = next((one for one in LADDERS if one == ladder and one in pack.ladders), None)
    if kind is None:
        known = "、".join(LADDER_LABELS[one] for one in pack.ladders)
        raise NotFoundError("这个预案没有这一类级别", where=pack.plan.short, mend=f"可用：{known}")
    levels = pack.ladders[kind].levels
    found = next((one.level for one in levels if level in {one.level, one.label}), None)
    if found is None:
        labels = "、".join(one.label for one in levels)
        raise NotFoundError(f"{LADDER_LABELS[kind]}没有“{level}”这一级", where=pack.plan.short, mend=f"可用：{labels}")
    area = own_area(pack, areas, library.lexicon)
    where = library.lexicon.area(place) if place else area
    roles = filled_roles(library.lexicon, where, area)
    matters = rehearsed(pack, kind, found, area, at, roles, rules=callout.rules)
    return dry_run(matters, callout.who(matters, at), callout.calls.policy, at)
