"""The duty lines that the plans' annexes print, as a start of the book; numbers of persons never stand in a pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zhishou.callout.book.lines import Line
from zhishou.errors import NotFoundError
from zhishou.plan.pack import Pack
from zhishou.plan.posts import plan_post, unit_post


def lines(packs: Iterable[Pack]) -> Iterator[Line]:
    """A line for each printed number; fax numbers are left out, nobody answers there.

    Lines of one unit that stand together in one entry keep the order in which they are printed; where the annex says that
    the first is for the day and the second for the night, so do they.
    """
    for pack in packs:
        for listed in pack.contacts.lists:
            clause = "、".join(listed.clause)
            for entry in listed.contacts:
                day_and_night = len(entry.phone) == 2 and "白天" in entry.note and "夜间" in entry.note
                for index, phone in enumerate(entry.phone):
                    yield Line(
                        place=f"{pack.plan.short}〔{clause}〕", who=entry.unit, kind="voice", written=phone,
                        name="值班电话", hours=("office", "off")[index] if day_and_night else "any",
                        rank=index + 1 if len(entry.phone) > 1 and not day_and_night else 0,
                        holder=_holder(pack, entry.unit),
                    )  # fmt: skip


def _holder(pack: Pack, unit: str) -> str:
    """The key of the holder that the annex means; empty where the plan does not know it."""
    try:
        actor = pack.actor(unit)
    except NotFoundError:
        return ""
    return unit_post(actor.id) if actor.kind == "unit" else plan_post(pack.id, actor.id)
