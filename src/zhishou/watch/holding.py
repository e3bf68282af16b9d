"""Who holds a post at a moment, by appointment or by a written delegation; it stands alone because every room asks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from zhishou.acts import Actor
from zhishou.plan.lexicon import Lexicon
from zhishou.watch.state import Appointment, Delegation, Leave, State


def holders(state: State, post: str, at: datetime) -> tuple[Appointment, ...]:
    """The appointments to a post that hold at a moment; several where the plan has several deputies, and so on."""
    return tuple(one for one in state.appointments.values() if one.post == post and one.holds(at))


def posts_of(state: State, person: str, at: datetime) -> frozenset[str]:
    """Keys of the posts that a person holds by appointment at a moment."""
    return frozenset(one.post for one in state.appointments.values() if one.person == person and one.holds(at))


def delegations_of(state: State, post: str, at: datetime) -> tuple[Delegation, ...]:
    """The delegations of a post that count at a moment.

    One counts while it is confirmed, in its time and not revoked, and while the holder himself holds the post by
    appointment: what somebody no longer holds, nobody holds from him.
    """
    return tuple(
        one
        for one in state.delegations.values()
        if post in one.posts and one.counts(at) and post in posts_of(state, one.holder, at)
    )


def delegated_to(state: State, person: str, at: datetime) -> dict[str, str]:
    """The posts in which a person may act at a moment by delegation alone: key → id of the delegation."""
    own = posts_of(state, person, at)
    found: dict[str, str] = {}
    for one in state.delegations.values():
        if one.person != person or not one.counts(at):
            continue
        held = posts_of(state, one.holder, at)
        for post in one.posts:
            if post in held and post not in own:
                found.setdefault(post, one.id)
    return found


def leave_of(state: State, person: str, at: datetime) -> Leave | None:
    """The leave on which a person is at a moment; the last recorded of several."""
    return next(
        (one for one in reversed(tuple(state.leaves.values())) if one.person == person and one.covers(at)), None
    )


def actor(state: State, person: str, name: str, at: datetime) -> Actor:
    """A person as the giver of a command, with the posts he holds at that moment and those delegated to him."""
    return Actor(person, name, posts_of(state, person, at), delegated_to(state, person, at))


def within(someone: Actor, rooms: Iterable[State], lexicon: Lexicon, at: datetime) -> Actor:
    """Somebody as he counts in one area: a role (各煤层气抽采企业) is held only where it was given, or below.

    A role has no area of its own, so that a county's appointment would otherwise speak in the city's incidents.

    Args:
        someone: with the posts he holds anywhere.
        rooms: the duty rooms of the area and of those above it.
        lexicon: tells roles from organisations.
        at: the moment.
    """
    roles = frozenset(post for post in {*someone.posts, *someone.delegated} if is_role(post, lexicon))
    if not roles:
        return someone
    own: frozenset[str] = frozenset()
    lent: dict[str, str] = {}
    for state in rooms:
        own |= posts_of(state, someone.person, at) & roles
        lent |= {post: id_ for post, id_ in delegated_to(state, someone.person, at).items() if post in roles}
    others = {post: id_ for post, id_ in someone.delegated.items() if post not in roles}
    return replace(someone, posts=someone.posts - roles | own, delegated=others | lent)


def is_role(post: str, lexicon: Lexicon) -> bool:
    """Whether a post is a role of no area, which counts where it was given and below."""
    kind, _, rest = post.partition(":")
    return kind == "unit" and rest in lexicon.organisations and lexicon.organisations[rest].kind == "role"
