"""A dry run of the call-out: for any plan, level, place and moment; nothing is recorded and nobody is called."""

from __future__ import annotations

from datetime import datetime

from zhishou.callout.dry_run import Run, dry_run
from zhishou.callout.levels import rehearsed
from zhishou.desk.callout import CallOut
from zhishou.errors import NotFoundError
from zhishou.plan.load import Library
from zhishou.plan.pack import LadderKind
from zhishou.plan.posts import filled_roles

LADDERS: tuple[LadderKind, ...] = ("response", "warning")


def rehearse(
    callout: CallOut, library: Library, plan: str, level: str, at: datetime, *, place: str = "", ladder: str = "response"
) -> tuple[Run, ...]:  # fmt: skip
    """Who would be called if a level were decided at a moment.

    Args:
        callout: the call-out of a desk.
        library: the plans.
        plan: id of the plan.
        level: id of the level, `II`.
        at: the moment.
        place: id or name of the area where it happens; empty: all of the plan's area.
        ladder: `response` or `warning`.

    Raises:
        NotFoundError: there is no such plan, level or area.
    """
    pack = library.packs.get(plan)
    if pack is None:
        raise NotFoundError(f"没有“{plan}”这个预案", mend="用 zhishou plan list 查看预案编号")
    kind = next((one for one in LADDERS if one == ladder and one in pack.ladders), None)
    if kind is None:
        raise NotFoundError("这个预案没有这一类级别", where=ladder, mend=f"可用：{'、'.join(pack.ladders)}")
    known = {name: one.level for one in pack.ladders[kind].levels for name in (one.level, one.label)}
    if level not in known:
        raise NotFoundError(
            f"没有“{level}”这一级", where=plan, mend=f"可用：{'、'.join(dict.fromkeys(known.values()))}"
        )
    area = pack.plan.area
    where = library.lexicon.area(place) if place else area
    roles = filled_roles(library.lexicon, where, area)
    matters = rehearsed(pack, kind, known[level], area, at, roles)
    return dry_run(matters, callout.who(matters, at), callout.calls.policy, at)
