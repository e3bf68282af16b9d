"""Posts that people hold, as keys, and whose post may act where a plan names somebody.

A plan says 市指挥部, 总指挥, 市能源局 or 事发地县级人民政府; a person holds a post. This file alone says which posts answer
for which name, so that authority, deadlines and calls never disagree about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhishou.errors import NotFoundError
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.organisation import Post
from zhishou.plan.pack import Actor, Pack

Roles = Mapping[str, tuple[str, ...]]
"""Role id of the lexicon (事发地县级人民政府 …) → the organisations that fill it in this incident."""

NO_ROLES: Roles = {}


def plan_post(plan: str, id_: str) -> str:
    """The key of a post, body or group of a plan: `jincheng/gas-winter-2021:commander`."""
    return f"{plan}:{id_}"


def unit_post(organisation: str) -> str:
    """The key of the post of whoever speaks for an organisation: `unit:jincheng_energy`."""
    return f"unit:{organisation}"


def duty_post(area: str) -> str:
    """The key of the duty officers of an area's duty room: `duty:jincheng`."""
    return f"duty:{area}"


def admin_post(area: str) -> str:
    """The key of the administrators of an area's duty room: `admin:jincheng`."""
    return f"admin:{area}"


def reporter_post(area: str, reporter: str) -> str:
    """The key of the post of whoever sends a reporter's returns to an area's duty room: `reporter:jincheng/field`."""
    return f"reporter:{area}/{reporter}"


@dataclass(frozen=True, slots=True)
class Answering:
    """Who may act for somebody whom a plan names."""

    posts: tuple[str, ...]
    """Keys of the posts that may act, the nearest first."""
    deputies: tuple[str, ...] = ()
    """Posts that the plan lets act in their absence."""

    def __or__(self, other: Answering) -> Answering:
        """Either of the two."""
        return Answering(
            tuple(dict.fromkeys((*self.posts, *other.posts))), tuple(dict.fromkeys((*self.deputies, *other.deputies)))
        )


NOBODY = Answering(())


def answering(pack: Pack, names: Iterable[str], roles: Roles = NO_ROLES) -> Answering:
    """The posts that may act for the names that a plan uses.

    A headquarters acts through its commander, an office through its staff and its director, the members through each
    unit, a work group through its own post, whoever the plan puts at its head (应急专班主任) and the units that lead it. A unit that the plan leaves to the incident
    (事发地……) is taken from `roles`.

    Raises:
        NotFoundError: a name is nobody whom the plan knows.
    """
    found = NOBODY
    for name in names:
        found = found | _of(pack, pack.actor(name), roles)
    return found


def _of(pack: Pack, actor: Actor, roles: Roles) -> Answering:
    own = Answering((plan_post(pack.id, actor.id),))
    org = pack.organisation
    match actor.kind, actor.id:
        case "unit", id_:
            found = Answering(tuple(map(unit_post, organisations(pack.lexicon, id_, roles))))
        case "post", id_:
            found = Answering(
                own.posts, tuple(plan_post(pack.id, post.id) for post in org.posts if id_ in post.acts_for)
            )
        case "group", id_:
            heads = Answering(tuple(plan_post(pack.id, post.id) for post in org.posts if _head_of(pack, post, id_)))
            found = own | heads | answering(pack, next(group.lead for group in org.groups if group.id == id_), roles)
        case _, "headquarters" if _has(pack, "commander"):
            found = _of(pack, pack.actor("commander"), roles) | own
        case _, "office":
            staff = (plan_post(pack.id, post.id) for post in org.posts if post.id.startswith("office"))
            found = Answering((*own.posts, *staff))
        case _, "members":
            found = own | answering(pack, (unit for roll in org.members for unit in roll.units), roles)
        case _, "groups":
            found = own | answering(pack, (group.id for group in org.groups), roles)
        case _, "on_scene" if _has(pack, "on_scene_commander"):
            found = Answering((plan_post(pack.id, "on_scene_commander"), *own.posts))
        case _:
            found = own
    return found


def _head_of(pack: Pack, post: Post, group: str) -> bool:
    """Whether a post is one of a work group's own: 应急专班主任 of the 专班."""
    if not post.of:
        return False
    try:
        body = pack.actor(post.of)
    except NotFoundError:  # a body of another plan
        return False
    return (body.kind, body.id) == ("group", group)


def _has(pack: Pack, post: str) -> bool:
    return any(one.id == post for one in pack.organisation.posts)


def organisations(lexicon: Lexicon, id_: str, roles: Roles = NO_ROLES) -> tuple[str, ...]:
    """The organisations that one of the lexicon stands for: itself, its parts, or those that fill its role."""
    entry = lexicon.organisations[id_]
    if entry.kind == "role":
        return roles.get(id_, (id_,))
    return entry.parts or (id_,)


def filled_roles(lexicon: Lexicon, place: str, area: str) -> dict[str, tuple[str, ...]]:
    """The roles that the place of an incident fills by itself, where it is a county and not the whole city.

    `incident_emergency` is the emergency office of the place, `governments_county` every government within the plan's
    area, `governments_from_county` these and the area's own, `superior_government` the government of the area above. Roles
    that only people can fill (the enterprise that had the accident, its supervisor) are not among them.

    Args:
        lexicon: the lexicon.
        place: area id of where it happens.
        area: area id of the duty room.
    """
    found: dict[str, tuple[str, ...]] = {}
    for role, entry in lexicon.organisations.items():
        if is_county(lexicon, place) and entry.kind == "role" and role.startswith("incident_"):
            own = f"{place}_{role.removeprefix('incident_')}"
            if own in lexicon.organisations:
                found[role] = (own,)
    below = tuple(id_ for id_, one in lexicon.areas.items() if one.within == area)
    governments = tuple(f"{one}_government" for one in below if f"{one}_government" in lexicon.organisations)
    if governments:
        found["governments_county"] = governments
    if own := own_government(lexicon, area):
        found["governments_from_county"] = (own, *governments)
    above = lexicon.areas[area].within
    if f"{above}_government" in lexicon.organisations:
        found["superior_government"] = (f"{above}_government",)
    return found


def is_county(lexicon: Lexicon, area: str) -> bool:
    """Whether an area is a county, a district or a county-level city: it is dialled with the code of the city around it."""
    one = lexicon.areas[area]
    return bool(one.within) and lexicon.areas[one.within].dialling_code == one.dialling_code


def own_government(lexicon: Lexicon, area: str) -> str:
    """The id of an area's own government, not one of its towns'; empty where the lexicon has none."""
    id_ = f"{area}_government"
    return id_ if id_ in lexicon.organisations else ""


def post_label(key: str, packs: Mapping[str, Pack], lexicon: Lexicon) -> str:
    """A post as people call it: 天然气迎峰度冬预案 总指挥, 市能源局, 晋城市 值班员."""
    kind, _, rest = key.partition(":")
    if kind == "unit":
        return lexicon.organisations[rest].label if rest in lexicon.organisations else rest
    if kind == "reporter":
        return f"报送单位 {rest.partition('/')[2]}"
    if kind in {"duty", "admin"}:
        place = lexicon.areas[rest].label if rest in lexicon.areas else rest
        return f"{place}{'值班员' if kind == 'duty' else '系统管理员'}"
    if kind in packs:
        pack = packs[kind]
        try:
            return f"{pack.plan.short} {pack.actor(rest).label}"
        except NotFoundError:
            return f"{pack.plan.short} {rest}"
    return {"system": "系统", "anyone": "任何在岗人员"}.get(key, key)
