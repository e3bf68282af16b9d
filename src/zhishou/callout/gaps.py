"""What is reported where nobody answers, and what is said before a deadline passes: matters of the duty room's own; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from zhishou.callout.calls import Call
from zhishou.callout.matters import Matter, Party
from zhishou.callout.parties import room
from zhishou.callout.ranks import severity
from zhishou.incident.state import Incident
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import Pack
from zhishou.plan.posts import admin_post, answering, duty_post
from zhishou.watch.events import ShiftHandoverOffered

REPORTED = frozenset(
    {"task", "directive", "level", "proposal", "approval", "query", "report", "handover", "cancel", "missed"}
)
"""Kinds of matter of which it is reported that nobody answered. A report of a report helps nobody: that one is repeated."""


def gap_group(matter: Matter) -> str:
    """Gaps of one matter are reported together, whatever the number of parties."""
    return f"{matter.kind}/{matter.id}"


def gap(
    silent: Sequence[Call], number: int, at: datetime, packs: Mapping[str, Pack], lexicon: Lexicon
) -> Matter | None:  # fmt: skip
    """The report that nobody of some parties answered, to the duty officer and the office behind him.

    Where the duty officers themselves are among those who did not answer, it goes to the office and the administrator.

    Args:
        silent: the calls, all of one matter.
        number: of the report among those of the matter, from 1.
        at: the moment.
        packs: the plans.
        lexicon: its areas.
    """
    found = [one.matter for one in silent if one.matter is not None and one.matter.kind in REPORTED]
    if not found:
        return None
    matter = found[0]
    names = tuple(one.party.label for one in found)
    who = names[0] if len(names) == 1 else f"{names[0]}等 {len(names)} 家"
    own = [pack for pack in packs.values() if pack.plan.area == matter.area and pack.id == matter.plan]
    label = f"{lexicon.areas[matter.area].label}值班室"
    party = room(matter.area, label, own)
    admins = (*party.deputies, admin_post(matter.area))
    if any(one.party.key == duty_post(matter.area) for one in found):
        offices = dict.fromkeys(post for pack in own for post in answering(pack, ("office",)).posts)
        party = party.model_copy(
            update={"posts": (*offices, admin_post(matter.area)), "deputies": (duty_post(matter.area),)}
        )
    else:
        party = party.model_copy(update={"deputies": admins})
    return Matter(
        kind="gap", id=f"{gap_group(matter)}/{number}", incident=matter.incident, area=matter.area, plan=matter.plan,
        level=matter.level, level_label=matter.level_label, rank=matter.rank, party=party, need="full",
        what=f"{who}（{matter.what}）", since=at, of=silent[0].id, calls=tuple(one.id for one in silent), names=names,
    )  # fmt: skip


def coming(
    incident: Incident, duty: str, packs: Mapping[str, Pack], lexicon: Lexicon, at: datetime
) -> Matter | None:  # fmt: skip
    """That a deadline of the duty room's own is about to pass; None where it is another's, or done."""
    one = incident.duties.get(duty)
    if (
        one is None
        or one.due is None
        or one.incoming
        or one.status not in {"open", "missed"}
        or incident.status != "open"
    ):
        return None
    if one.kind in {"task", "directive"}:
        return None  # whoever owes it was called when it was given
    own = [packs[plan] for plan in incident.plans if plan in packs and packs[plan].plan.area == incident.area]
    party = room(incident.area, f"{lexicon.areas[incident.area].label}值班室", own)
    return Matter(
        kind="due", id=f"{duty}/{one.round}/{one.due:%m%dT%H%M%S}", incident=incident.id, area=incident.area,
        plan=one.plan, rank=severity(incident, packs), party=party, need="full", what=one.label, name=duty,
        clause=one.clause, due=one.due, use_by=one.due, since=at,
    )  # fmt: skip


def of_room(area: str, events: Iterable[Any], at: datetime) -> tuple[Matter, ...]:
    """What arises from the events of a duty room: a hand-over waits for its second signature."""
    return tuple(
        Matter(
            kind="handover", id=event.handover, area=area, need="full", since=at,
            party=Party(key=f"person:{event.incoming}", label=event.incoming_name, persons=(event.incoming,)),
            what=f"{event.outgoing_name}已签字交班",
        )
        for event in events
        if isinstance(event, ShiftHandoverOffered)
    )  # fmt: skip
