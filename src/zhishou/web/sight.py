"""Who sees what: a duty room's posts see its incidents whole, a unit sees what is addressed to it and nothing else.

Everything that can be seen has an audience, a set of marks; everybody who looks has marks of his own; he sees it where
they meet. Lists, one incident, its story and the news all ask here, so that they never disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from zhishou.acts import Actor
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.incident.authority import named
from zhishou.incident.context import Context
from zhishou.incident.proposals import steps
from zhishou.incident.state import Directive, Incident, Proposal
from zhishou.incident.suppliers import names_of
from zhishou.plan.load import Library
from zhishou.plan.pack import Pack
from zhishou.plan.posts import unit_post
from zhishou.projections import STANDING
from zhishou.watch.holding import is_role

Marks = frozenset[str]


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees."""

    marks: Marks
    """`area:jincheng`, `plan:…`, and the keys of his posts."""
    areas: tuple[str, ...]
    """Areas whose duty rooms he sees whole."""
    administers: tuple[str, ...]
    """Areas whose administrator he is."""

    def sees(self, audience: Marks) -> bool:
        """Whether something with this audience is for him."""
        return not self.marks.isdisjoint(audience)

    def whole(self, state: Incident) -> bool:
        """Whether he sees an incident whole."""
        return self.sees(whole(state))


def area_mark(area: str) -> str:
    """The mark of whoever sees an area's duty room."""
    return f"area:{area}"


def plan_mark(plan: str) -> str:
    """The mark of whoever leads under a plan: the city's commander sees a county's incident that runs under his plan."""
    return f"plan:{plan}"


def role_mark(post: str, area: str) -> str:
    """The mark of whoever holds a role that no area owns, for what is addressed to it in one area."""
    return f"{post}@{area}"


def here(posts: Iterable[str], area: str, library: Library) -> Marks:
    """The marks by which something addressed to posts in an area is seen."""
    lexicon = library.lexicon
    return frozenset(role_mark(post, area) if is_role(post, lexicon) else post for post in posts)


def sight(actor: Actor, library: Library, roles: Mapping[str, Iterable[str]]) -> Sight:
    """What a person sees by his posts, those delegated to him included.

    Args:
        actor: the person.
        library: the plans.
        roles: of roles that no area owns, those that he holds → the areas in which they count.
    """
    marks, areas = set(), set()
    posts = actor.posts | set(actor.delegated)
    for post in posts:
        kind, _, rest = post.partition(":")
        marks |= {role_mark(post, area) for area in roles[post]} if post in roles else {post}
        if kind in {"duty", "admin"}:
            areas.add(rest)
        elif kind in library.packs and _leads(library.packs[kind], rest):
            areas.add(library.packs[kind].plan.area)
            marks.add(plan_mark(kind))
    administers = tuple(sorted(post.partition(":")[2] for post in posts if post.startswith("admin:")))
    return Sight(frozenset(marks | {area_mark(area) for area in areas}), tuple(sorted(areas)), administers)


def _leads(pack: Pack, id_: str) -> bool:
    """Whether a post is of the headquarters or its office; work groups and members see what is addressed to them."""
    return id_ in {"headquarters", "office", "on_scene"} or any(post.id == id_ for post in pack.organisation.posts)


def whole(state: Incident) -> Marks:
    """Whose sight takes in a whole incident."""
    return frozenset({area_mark(state.area), *map(plan_mark, state.plans)})


def area_of(incident: str) -> str:
    """The area of a duty room from an incident's id."""
    if incident.startswith(STANDING):
        return incident.removeprefix(STANDING)
    return incident.rsplit("-", 2)[0]


@dataclass(frozen=True, slots=True)
class Addressed:
    """What in an incident is addressed to somebody: id → the posts it is addressed to."""

    tasks: Mapping[str, Marks]
    directives: Mapping[str, Marks]
    duties: Mapping[str, Marks]
    resources: Mapping[str, Marks]
    proposals: Mapping[str, Marks]
    reports: Mapping[str, Marks]
    """Of reports that somebody sent himself: who did."""

    @property
    def everybody(self) -> Marks:
        """All to whom anything is addressed."""
        found = (self.tasks, self.directives, self.duties, self.resources, self.proposals, self.reports)
        return frozenset().union(*(marks for kind in found for marks in kind.values()))


def addressed(state: Incident, library: Library) -> Addressed:
    """Everything in an incident that is addressed to posts."""

    def marks(of: Mapping[str, Iterable[str]]) -> dict[str, Marks]:
        return {id_: here(posts, state.area, library) for id_, posts in of.items()}

    return Addressed(
        marks({id_: task.posts for id_, task in state.tasks.items()}),
        marks({id_: _posts(one.plan, one.to, state, library) | _given(one) for id_, one in state.directives.items()}),
        marks({
            id_: _posts(one.plan, one.by, state, library) | _of_directive(id_, state)
            for id_, one in state.duties.items()
            if one.incoming or one.kind == "task"
        }),
        marks({id_: (unit_post(one.owner),) for id_, one in state.resources.items()}),
        marks({id_: _deciding(one, state, library) for id_, one in state.proposals.items() if one.status == "open"}),
        marks({id_: (one.post,) for id_, one in state.reports.items() if one.post}),
    )  # fmt: skip


def _given(directive: Directive) -> Marks:
    """Posts that answer for addressees whom the plan does not know: suppliers of gas."""
    return frozenset(post for posts in directive.posts.values() for post in posts)


def _of_directive(duty: str, state: Incident) -> Marks:
    kind, _, id_ = duty.partition("/")
    return _given(state.directives[id_]) if kind == "directive" and id_ in state.directives else frozenset()


def _deciding(proposal: Proposal, state: Incident, library: Library) -> Marks:
    """Who approves or decides a proposal; some plans leave that to a government or a department."""
    context = Context(proposal.proposed.at, state.area, library.packs, library.lexicon)
    with suppress(ZhishouError):
        _, how = steps(state, context, proposal)
        return frozenset((how.deciders | how.approvers if how.approvers else how.deciders).posts)
    return frozenset()


def _posts(plan: str, names: Iterable[str], state: Incident, library: Library) -> Marks:
    found: frozenset[str] = frozenset()
    if plan in library.packs:
        for name in names:
            with suppress(NotFoundError):  # a later version of the plan may not know the name any more
                found |= frozenset(named(library.packs[plan], (name,), state).posts)
    return found


def of_entry(payload: Mapping[str, Any], state: Incident, all_: Addressed) -> Marks:
    """The audience of one entry of an incident's stream."""
    kinds = (
        ("task", all_.tasks), ("directive", all_.directives), ("duty", all_.duties), ("resource", all_.resources),
        ("proposal", all_.proposals),
    )  # fmt: skip
    found = whole(state)
    for key, of in kinds:
        found |= of.get(str(payload.get(key, "")), frozenset())
    return found


def part(state: Incident, marks: Marks, library: Library) -> Incident | None:
    """Of an incident what is addressed to somebody; None where nothing is."""
    all_ = addressed(state, library)
    if marks.isdisjoint(all_.everybody):
        return None
    posts = {mark.removesuffix(role_mark("", state.area)) for mark in marks}
    mine = {post.removeprefix("unit:") for post in posts if post.startswith("unit:")}
    mine |= {library.lexicon.organisation(name, state.area) or name for name in names_of(state, posts)}

    def own(kept: Mapping[str, Any], of: Mapping[str, Marks]) -> dict[str, Any]:
        return {id_: one for id_, one in kept.items() if not marks.isdisjoint(of.get(id_, frozenset()))}

    return replace(
        Incident(state.id), area=state.area, place=state.place, where=state.where, title=state.title,
        subject=state.subject, exercise=state.exercise, occurred=state.occurred, opened=state.opened,
        status=state.status, version=state.version, plans=state.plans, active=state.active,
        releases=state.releases, tasks=own(state.tasks, all_.tasks), directives=own(state.directives, all_.directives),
        duties=own(state.duties, all_.duties), resources=own(state.resources, all_.resources),
        proposals=own(state.proposals, all_.proposals),
        reports={id_: one for id_, one in state.reports.items() if one.sender in mine},
    )  # fmt: skip
