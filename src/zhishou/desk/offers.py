"""Which papers can be drawn up now, in which post, and why the others cannot: for the menu of a screen.

The rules that refuse when a paper is issued are asked beforehand here; there are no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from zhishou.acts import Actor
from zhishou.desk.drawing import Drawing
from zhishou.desk.keeping import Keeping
from zhishou.errors import RefusedError, ZhishouError
from zhishou.incident.authority import post_of
from zhishou.paper.issuing import IssuePaper
from zhishou.paper.kinds import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that somebody might have issued."""

    kind: Kind
    plan: str
    """The plan it would be drawn up under; empty where only one is meant."""
    post: str = ""
    """The post in which he would issue it; empty where he may not."""
    refused: ZhishouError | None = None
    """Why not, whoever asks or whatever is missing."""

    @property
    def may(self) -> bool:
        """Whether he may have it issued now."""
        return self.refused is None


def offers(keeping: Keeping, drawing: Drawing, area: str, by: Actor, incident: str, now: datetime) -> Iterator[Offer]:
    """Every kind that is made from an incident, or from the room itself where none is named.

    Raises:
        NotFoundError: there is no such incident.
        RefusedError: it is another duty room's.
    """
    plans: tuple[str, ...] = ("",)
    if incident:
        state = keeping.get(incident)
        own = tuple(plan for plan in state.plans if plan in keeping.library.packs)
        plans = own if len(own) > 1 else ("",)
    context = keeping.context(area, now)
    for of in KINDS.values():
        from_incident = of.about == "incident" or (of.about == "record" and keeping.journal.exercise)
        if from_incident != bool(incident) or (of.about == "record" and not incident):
            continue
        for plan in plans:
            command = IssuePaper(kind=of.id, incident=incident, plan=plan)
            post, refused = "", None
            try:
                post = post_of(by, drawing.may(area, of, command), f"印发{of.label}", context)
                drawing.ready(area, of, command, now)
            except ZhishouError as error:
                refused = error
            yield Offer(of, plan, post, refused)


def refused_for_post(offer: Offer) -> bool:
    """Whether it is his posts that do not allow it, and not the state of things."""
    return isinstance(offer.refused, RefusedError) and offer.refused.code == "post"
