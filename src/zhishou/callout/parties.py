"""From the names that a plan uses to parties: each unit, post or group that must be told by itself; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zhishou.callout.calls import Party
from zhishou.errors import NotFoundError
from zhishou.plan.pack import Actor, Pack
from zhishou.plan.posts import NO_ROLES, Answering, Roles, answering, duty_post, organisations, plan_post, unit_post


def parties(pack: Pack, names: Iterable[str], roles: Roles = NO_ROLES) -> tuple[Party, ...]:
    """Those whom names mean, each once: the members unit by unit, a work group by each unit that leads it.

    A name that the plan does not know is a party without posts, so that it is reported and not dropped.
    """
    found = {party.key: party for name in names for party in _of(pack, name, roles)}
    return tuple(found.values())


def _of(pack: Pack, name: str, roles: Roles) -> Iterator[Party]:
    try:
        actor = pack.actor(name)
    except NotFoundError:
        yield Party(key=f"name:{name}", label=name)
        return
    org = pack.organisation
    match actor.kind, actor.id:
        case "unit", id_:
            for one in organisations(pack.lexicon, id_, roles):
                known = pack.lexicon.organisations.get(one)
                yield Party(key=unit_post(one), label=known.label if known else one, posts=(unit_post(one),))
        case "group", id_:
            lead = next(group.lead for group in org.groups if group.id == id_)
            yield from _group(pack, actor, lead, roles)
        case _, "members":
            for roll in org.members:
                for unit in roll.units:
                    yield from _of(pack, unit, roles)
        case _, "groups":
            for group in org.groups:
                yield from _of(pack, group.id, roles)
        case _:
            yield _party(plan_post(pack.id, actor.id), actor.label, answering(pack, (name,), roles))


def _group(pack: Pack, actor: Actor, lead: tuple[str, ...], roles: Roles) -> Iterator[Party]:
    own = plan_post(pack.id, actor.id)
    units = [party for name in lead for party in _of(pack, name, roles)]
    for unit in units:
        yield Party(key=f"{own}/{unit.key}", label=f"{actor.label}（{unit.label}）", posts=(own, *unit.posts))
    if not units:
        yield Party(key=own, label=actor.label, posts=(own,))


def _party(key: str, label: str, who: Answering) -> Party:
    return Party(key=key, label=label, posts=who.posts, deputies=who.deputies)


def together(key: str, label: str, who: Answering) -> Party:
    """Several posts of which any one may answer, as one party."""
    return _party(key, label, who)


def room(area: str, label: str, offices: Iterable[Pack]) -> Party:
    """The duty officers of an area, behind them the offices of plans."""
    behind = tuple(dict.fromkeys(post for pack in offices for post in answering(pack, ("office",)).posts))
    return Party(key=duty_post(area), label=label, posts=(duty_post(area),), deputies=behind)


def without(party: Party, post: str) -> Party | None:
    """The party without the post of whoever brought it about, who knows; None where nobody is left.

    Where the nearest post knows, those behind it are told.
    """
    if post not in party.posts:
        return party
    posts = tuple(one for one in party.posts if one != post)
    if posts:
        return party.model_copy(update={"posts": posts})
    return party.model_copy(update={"posts": party.deputies, "deputies": ()}) if party.deputies else None
