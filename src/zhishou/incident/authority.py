"""Who may give a command: posts from the plan, its deputies, delegations on record; everybody else is refused with the clause.

Every command has one rule, `Permitted`; the table of every command and every post is made from it (`tests/incident`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zhishou.acts import Actor
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.context import Context
from zhishou.incident.state import Incident
from zhishou.plan.pack import Pack
from zhishou.plan.posts import Answering, answering, duty_post, plan_post, post_label, unit_post

SYSTEM_POST = "system"
"""The desk itself: it records and reminds, it decides nothing."""
ANYONE = "anyone"
"""Everybody who holds any post."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """The posts that may give a command."""

    posts: tuple[str, ...]
    deputies: tuple[str, ...] = ()
    """Posts that the plan lets act in the absence of those."""
    clause: tuple[str, ...] = ()
    """The clauses that name them; empty where it is the duty room's own matter."""
    plan: str = ""
    """The plan whose clauses they are."""

    def __or__(self, other: Permitted) -> Permitted:
        """Either of the two; the clause is the first one's."""
        posts = Answering(self.posts, self.deputies) | Answering(other.posts, other.deputies)
        return Permitted(posts.posts, posts.deputies, self.clause or other.clause, self.plan or other.plan)


SYSTEM_ALONE = Permitted((SYSTEM_POST,))
EVERYBODY = Permitted((ANYONE,))


def named(pack: Pack, names: Iterable[str], state: Incident, clause: Iterable[str] = ()) -> Permitted:
    """Those whom a plan names."""
    found = answering(pack, names, state.roles)
    return Permitted(found.posts, found.deputies, tuple(dict.fromkeys(clause)), pack.id)


def staff(state: Incident, context: Context) -> Permitted:
    """The duty officers of the area and the offices of its own plans: who keeps the desk.

    In a county's duty room the office of the city's plan has no desk to keep.
    """
    area = state.area or context.area
    found = Permitted((duty_post(area),))
    for plan in state.plans:
        if plan in context.packs and context.packs[plan].plan.area == area:
            found = found | office(context.packs[plan])
    return found


def office(pack: Pack) -> Permitted:
    """A plan's office."""
    clause = pack.organisation.office.clause if pack.organisation.office else ()
    return Permitted(answering(pack, ("office",)).posts, (), clause, pack.id)


def leaders(pack: Pack) -> Permitted:
    """The commanders of a plan, of whatever rank, and whoever acts for its headquarters."""
    own = (plan_post(pack.id, post.id) for post in pack.organisation.posts if post.id.endswith("commander"))
    head = pack.organisation.headquarters
    return Permitted((*own, plan_post(pack.id, "headquarters")), (), head.clause if head else (), pack.id)


def leading(pack: Pack, state: Incident) -> Permitted:
    """Those who direct the work: commanders, the office, and the on-scene commander where one is set up."""
    at_work = state.on_scene is not None and state.on_scene.until is None and state.on_scene.plan == pack.id
    scene = ("on_scene",) if at_work and pack.organisation.on_scene else ()
    return leaders(pack) | office(pack) | named(pack, scene, state)


def units(state: Incident, organisations: Iterable[str]) -> Permitted:
    """Whoever speaks for these organisations; roles are filled as the incident fills them."""
    filled = (one for id_ in organisations for one in state.roles.get(id_, (id_,)))
    return Permitted(tuple(unit_post(one) for one in filled))


def post_of(actor: Actor, permitted: Permitted, label: str, context: Context) -> str:
    """The post in which an actor may give a command.

    Held posts go before delegated ones, and those before the deputies that the plan lets act.

    Raises:
        RefusedError: none of his posts may; the message names those that may and the clause.
    """
    if ANYONE in permitted.posts and actor.posts:
        return min(actor.posts)
    for post in permitted.posts:
        if post in actor.posts or (post == SYSTEM_POST and actor.person == "system"):
            return post
    for post in (*permitted.posts, *permitted.deputies):
        if post in actor.posts or post in actor.delegated:
            return post
    who = [post_label(post, context.packs, context.lexicon) for post in (*permitted.posts, *permitted.deputies)]
    shown = "、".join(who[:6]) + (f" 等 {len(who)} 个职务" if len(who) > 6 else "")
    held = "、".join(post_label(post, context.packs, context.lexicon) for post in sorted(actor.posts)) or "没有任何职务"
    raise RefusedError(
        f"“{label}”不在您的职权之内（您现任：{held}）",
        clause=permitted.clause,
        where=context.packs[permitted.plan].plan.short if permitted.plan in context.packs else "",
        mend=f"可由以下职务办理：{shown}" if who else "预案没有写明由谁办理，请由指挥部研究后以书面委托登记",
        code="post",
    )


def pack_of(state: Incident, context: Context, plan: str) -> Pack:
    """A plan attached to the incident.

    Raises:
        RefusedError: the plan is not attached, or not among the packs.
    """
    if plan not in state.plans:
        known = "、".join(context.packs[one].plan.short for one in state.plans if one in context.packs) or "无"
        raise RefusedError("这个事件没有适用该预案", where=plan, mend=f"已适用：{known}；先登记适用该预案", code="plan")
    if plan not in context.packs:
        raise RefusedError("预案包里没有这个预案", where=plan, mend="检查预案包是否完整", code="plan")
    return context.packs[plan]


def organisation(name: str, context: Context, state: Incident) -> str:
    """The id of an organisation by any of its names, or the name itself where the lexicon does not have it."""
    found = context.lexicon.organisation(name, state.area or context.area)
    return found if found is not None else name


def check_names(pack: Pack, names: Iterable[str]) -> None:
    """Refuse names that a plan does not know.

    Raises:
        RefusedError: with the first such name.
    """
    for name in names:
        try:
            pack.actor(name)
        except NotFoundError as error:
            raise RefusedError(error.message, where=pack.plan.short, mend=error.mend, code="missing") from None


def check_clauses(pack: Pack, clauses: Iterable[str]) -> None:
    """Refuse a citation that does not resolve.

    Raises:
        RefusedError: with the first clause that the plan does not have.
    """
    for clause in clauses:
        if clause not in pack.ledger.clauses:
            raise RefusedError(
                f"预案没有〔{clause}〕这一条", where=pack.plan.short, mend="核对条款号，或不写", code="missing"
            )
