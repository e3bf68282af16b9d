"""What waits for a decision or a signature: levels proposed, cut lists, a shift handed over; those for the caller on top.

It stands alone because it looks through every open incident, not only through those that the board has room for: whoever
must decide finds it at the top, however bad the night.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from zhishou.errors import ZhishouError
from zhishou.incident.authority import post_of
from zhishou.incident.context import Context
from zhishou.incident.cut_list import CutList
from zhishou.incident.cut_orders import title
from zhishou.incident.cutting import SendCutList, SignCutList
from zhishou.incident.index import permitted
from zhishou.incident.levels import DecideProposal
from zhishou.incident.proposals import ApproveProposal, steps
from zhishou.incident.state import Incident, Proposal
from zhishou.web.auth import Caller
from zhishou.web.boards import open_incidents
from zhishou.web.rooms import RoomLine
from zhishou.web.telling import Page

MORE = 500
"""Incidents looked through beyond those that the board shows."""
MINE, OTHERS = 20, 10
"""Lines at most of what waits for the caller, and for others; what is done makes room for the next."""
CHANGES = {"start": "启动", "raise": "提级", "lower": "降级"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a person."""

    label: str
    about: str
    """The incident or duty room, in words."""
    href: str
    since: datetime
    verb: str
    """What is to be done: 签发, 决定."""
    mine: bool
    """Whether the caller is one who may do it."""
    button: str = ""
    do: str = ""
    """Where the caller does it."""


def waiting(caller: Caller, shown: Page, rooms: Iterable[RoomLine]) -> tuple[list[Waiting], int]:
    """What waits, the caller's first, the longest waiting before the others; and how much of it is the caller's.

    Args:
        caller: who looks.
        shown: the incidents that the board shows.
        rooms: the duty rooms that he sees.
    """
    rows = shown.rows + (open_incidents(caller, MORE, shown.next) if shown.next else [])
    ids = [row.key for row in rows if row.data.get("waiting") or row.data.get("lists")]
    found = [*_handed_over(caller, rooms)]
    within: dict[str, Caller] = {}  # a person counts in an area by what its duty room says; asked once for each
    for state in caller.house.desk.incidents_of(ids):
        if state.area not in within:
            actor = caller.house.desk.within(caller.actor, state.area)
            within[state.area] = replace(caller, actor=actor)
        found += _proposals(within[state.area], state)
        if caller.sight.whole(state):
            found += _lists(within[state.area], state)
    ordered = sorted(found, key=lambda one: (not one.mine, one.since))
    mine = sum(one.mine for one in ordered)
    return ordered[: min(mine, MINE)] + ordered[mine : mine + OTHERS], mine


def _proposals(caller: Caller, state: Incident) -> Iterator[Waiting]:
    whole = caller.sight.whole(state)
    for id_, one in state.proposals.items():
        if one.status != "open":
            continue
        command = _answer(caller, state, id_, one)
        if not (whole or command):
            continue
        words = "审批" if command == ApproveProposal.name else "决定"
        yield Waiting(
            CHANGES.get(one.change, "") + one.label, state.title, f"/incidents/{state.id}#proposals", one.proposed.at, words,
            bool(command), f"看建议，{words}", f"/incidents/{state.id}/do/{command}?proposal={id_}",
        )  # fmt: skip


def _answer(caller: Caller, state: Incident, id_: str, one: Proposal) -> str:
    """The command with which the caller may answer a proposal now; empty where it waits for somebody else."""
    context = _context(caller, state)
    person = caller.actor.person
    if _post(caller, state, ApproveProposal(proposal=id_)) and not one.approvals and one.proposed.person != person:
        return ApproveProposal.name
    post = _post(caller, state, DecideProposal(proposal=id_))
    if not post or any(joined.person == person for joined in one.joined):
        return ""
    if one.approvals:
        return DecideProposal.name
    _, how = steps(state, context, one)
    early = how.approvers is not None and post not in how.direct.posts
    return "" if early or one.proposed.person == person else DecideProposal.name


def _lists(caller: Caller, state: Incident) -> Iterator[Waiting]:
    for id_, one in state.cut_lists.items():
        if one.status not in {"draft", "signed"} or not _of_now(one, state, caller.house.now()):
            continue
        href = f"/supply/cuts/{state.id}/{id_}"
        label = f"{title(id_)}，压减 {one.cut:.2f} 万立方米"
        if one.status == "draft":
            mine = bool(_post(caller, state, SignCutList(list=id_))) and not one.hand_of(caller.actor.person)
            yield Waiting(label, state.title, href, one.drawn_up.at, "签发", mine, "看清单，签发", href)
        elif one.signed is not None:
            mine = bool(_post(caller, state, SendCutList(list=id_)))
            yield Waiting(label, state.title, href, one.signed.at, "下达", mine, "看清单，下达", href)


def _of_now(one: CutList, state: Incident, now: datetime) -> bool:
    """Whether a list can still be carried out: its hours are not over, and its level is the one in force."""
    active = state.ladder(one.plan, "response")
    return one.until > now and active is not None and active.level == one.level


def _handed_over(caller: Caller, rooms: Iterable[RoomLine]) -> Iterator[Waiting]:
    for room in rooms:
        if (offer := room.waiting) is not None:
            href = f"/desk?area={room.area}#handover"
            yield Waiting(
                f"{offer.outgoing_name}交班", room.label, href, offer.signed, "签字接班",
                offer.incoming == caller.actor.person, "看交班，签字", href,
            )  # fmt: skip


def _post(
    caller: Caller, state: Incident, command: ApproveProposal | DecideProposal | SignCutList | SendCutList
) -> str:
    """The post in which the caller may give a command; empty where he may not."""
    context = _context(caller, state)
    try:
        return post_of(caller.actor, permitted(command, state, context), command.label, context)
    except ZhishouError:
        return ""


def _context(caller: Caller, state: Incident) -> Context:
    library = caller.house.library
    return Context(caller.house.now(), state.area, library.packs, library.lexicon)
