"""From where the choices of a form come: the plan's own names, the incident as it stands, the lexicon."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from zhishou.errors import ZhishouError
from zhishou.incident.context import Context
from zhishou.incident.level_rules import endings
from zhishou.incident.state import Incident
from zhishou.plan.pack import Pack
from zhishou.plan.posts import duty_post, post_label, reporter_post
from zhishou.web.auth import Caller


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a form is about: who fills it in, the incident, and what is settled already."""

    caller: Caller
    state: Incident
    settled: Mapping[str, Any]

    @property
    def packs(self) -> list[Pack]:
        """The plan that is settled, else every plan of the incident."""
        packs = self.caller.house.library.packs
        plan = self.settled.get("plan")
        return [packs[one] for one in ([plan] if plan else self.state.plans) if one in packs]

    @property
    def outside(self) -> bool:
        """Whether the form is a duty room's that the caller does not see: it tells him nothing of it."""
        return not self.state.id and self.state.area not in self.caller.sight.areas

    def actor(self, name: str) -> str:
        """Whom the plans mean by a name."""
        for pack in self.packs:
            with suppress(ZhishouError):
                return pack.actor(name).label
        organisation = self.caller.house.library.lexicon.organisations.get(name)
        return organisation.label if organisation else name


def _plans(about: About) -> Iterator[Choice]:
    return (Choice(pack.id, pack.plan.short) for pack in about.packs)


def _told(about: About) -> Iterator[Choice]:
    """Those to whom the plans have something reported, and the authorities above."""
    names: dict[str, str] = {}
    for pack in about.packs:
        for duty in pack.reporting.duties:
            names |= {about.actor(one): "预案写明报给" for one in duty.to}
        if pack.organisation.superior:
            names.setdefault(pack.organisation.superior, "上级")
    lexicon = about.caller.house.library.lexicon
    above = lexicon.upward(about.state.area)[1:]
    for one in lexicon.organisations.values():
        if one.kind == "government" and one.area in above:
            names.setdefault(one.label, "上级")
    return (Choice(name, name, group) for name, group in names.items())


def _doers(about: About) -> Iterator[Choice]:
    """Everybody whom the plans name: bodies, posts, groups, units."""
    found: dict[str, str] = {}
    for pack in about.packs:
        org = pack.organisation
        for body in (org.office, org.headquarters):
            if body:
                found.setdefault(body.label, "指挥机构")
        for roll in org.members:
            found |= {unit: "成员单位" for unit in roll.units if unit not in found}
        found |= {unit.unit: "其他单位" for unit in (*org.duties, *org.lower_levels) if unit.unit not in found}
        found |= {group.label: "工作组" for group in org.groups if group.label not in found}
    return (Choice(name, name, group) for name, group in found.items())


def units(about: About) -> Iterator[Choice]:
    """Organisations of the place and of the areas above it, by name; for a field that takes any name."""
    lexicon = about.caller.house.library.lexicon
    near = {*lexicon.upward(about.state.area or "state"), about.state.place, about.state.area, ""}
    labels = dict.fromkeys(one.label for one in lexicon.organisations.values() if one.area in near)
    return (Choice(label, label) for label in labels)


def _duties(about: About) -> Iterator[Choice]:
    return (
        Choice(id_, one.label) for id_, one in about.state.duties.items()
        if one.status in {"open", "missed"} and one.kind != "task"
    )  # fmt: skip


def _reports(about: About) -> Iterator[Choice]:
    for id_, one in about.state.reports.items():
        yield Choice(id_, f"{one.at:%H:%M} {about.actor(one.sender)}：{one.text[:30]}")


def _report_items(about: About) -> Iterator[Choice]:
    items = dict.fromkeys(item for pack in about.packs for part in pack.reporting.contents for item in part.items)
    return (Choice(item, item) for item in items)


def _ladder(about: About) -> tuple[Pack, Any] | None:
    pack = next(iter(about.packs), None)
    kind = about.settled.get("ladder", "response")
    found = {str(name): one for name, one in pack.ladders.items()}.get(kind) if pack else None
    return (pack, found) if pack and found else None


def _end_conditions(about: About) -> Iterator[Choice]:
    found = _ladder(about)
    kind = str(about.settled.get("ladder", "response"))
    active = about.state.active.get(f"{about.settled.get('plan')}|{kind}")
    if found is None or active is None:
        return
    library = about.caller.house.library
    context = Context(about.caller.house.now(), about.state.area, library.packs, library.lexicon)
    rules = endings(found[0], kind, active, about.state, context)  # type: ignore[arg-type]
    for text in dict.fromkeys(text for rule in rules for text in rule.conditions):
        yield Choice(text, text)


def _notice_items(about: About) -> Iterator[Choice]:
    for pack in about.packs:
        if pack.warning:
            yield from (Choice(item, item) for item in pack.warning.contents)


def _channels(about: About) -> Iterator[Choice]:
    for pack in about.packs:
        if pack.warning:
            yield from (Choice(item, item) for item in pack.warning.channels)


def _roles(about: About) -> Iterator[Choice]:
    for id_, one in about.caller.house.library.lexicon.organisations.items():
        if one.kind == "role" and id_ not in about.state.roles:
            yield Choice(one.label, one.label)


def _incidents(about: About) -> Iterator[Choice]:
    for row in about.caller.house.desk.incidents((about.state.area,), ("open",)):
        if row.key != about.state.id:
            yield Choice(row.key, str((row.data or {}).get("title", row.key)))


def _stated(about: About) -> Iterator[Choice]:
    facts = about.caller.house.library.lexicon.facts
    return (Choice(id_, facts[id_].label if id_ in facts else id_) for id_ in about.state.facts)


def _all_checklists(about: About) -> Iterator[Choice]:
    for pack in about.packs:
        yield from (Choice(one.id, one.label, pack.plan.short) for one in pack.disposal.checklists)


def _checklists(about: About) -> Iterator[Choice]:
    return (Choice(id_, one.label) for id_, one in about.state.checklists.items())


def _steps(about: About) -> Iterator[Choice]:
    for id_, one in about.state.checklists.items():
        if about.settled.get("checklist") in {None, id_}:
            for number, text in enumerate(one.steps, 1):
                if str(number) not in one.checked:
                    yield Choice(str(number), f"{number} {text}", one.label)


def _hows(_: About) -> Iterator[Choice]:
    return iter((Choice("phone", "电话"), Choice("written", "书面"), Choice("console", "系统")))


def _posts(about: About) -> Iterator[Choice]:
    """Posts that can be held at the duty room, as the API lists them."""
    from zhishou.web.rooms import list_posts  # noqa: PLC0415 - only this form needs it

    library = about.caller.house.library
    groups = {"duty": "值班", "admin": "管理", "unit": "单位", "reporter": "报送单位"}
    for one in list_posts(about.caller, about.state.area).posts:
        kind = one.post.partition(":")[0]
        plan = library.packs[kind].plan.short if kind in library.packs else ""
        held = f"（{'、'.join(one.held_by)}）" if one.held_by else ""
        yield Choice(one.post, one.label + held, plan or groups.get(kind, ""))
    with suppress(ZhishouError):
        for reporter in about.caller.house.desk.returns.system(about.state.area).reporters:
            yield Choice(reporter_post(about.state.area, reporter.id), reporter.label, groups["reporter"])


def _people(about: About) -> Iterator[Choice]:
    return (
        Choice(one.id, f"{one.name}（{one.login}）") for one in about.caller.house.gate.accounts.all()
        if one.disabled is None and one.kind == "person"
    )  # fmt: skip


def _officers(about: About) -> Iterator[Choice]:
    """Those who are duty officers of the room now."""
    at, post = about.caller.house.now(), duty_post(about.state.area)
    held = about.caller.house.desk.room(about.state.area).appointments.values()
    names = {one.person: one.name for one in held if one.post == post and one.holds(at)}
    return (Choice(person, name) for person, name in names.items() if person != about.caller.account)


def _own_shifts(about: About) -> Iterator[Choice]:
    return _shifts(about, own=True)


def _others_shifts(about: About) -> Iterator[Choice]:
    return _shifts(about, own=False)


def _shifts(about: About, *, own: bool) -> Iterator[Choice]:
    at = about.caller.house.now()
    for one in sorted(about.caller.house.desk.room(about.state.area).shifts.values(), key=lambda shift: shift.since):
        if one.until > at and (one.person == about.caller.account) == own:
            who = "" if own else f"{one.name} "
            yield Choice(one.id, f"{who}{one.since:%m月%d日 %H:%M}—{one.until:%m月%d日 %H:%M}")


def _held_posts(about: About) -> Iterator[Choice]:
    """Posts that somebody holds in the room now, one's own first."""
    library, at = about.caller.house.library, about.caller.house.now()
    room = about.caller.house.desk.room(about.state.area)
    held = [one for one in room.appointments.values() if one.holds(at)]
    if about.outside:
        held = [one for one in held if one.person == about.caller.account]
    held.sort(key=lambda one: one.person != about.caller.account)
    for one in {one.post: one for one in reversed(held)}.values():
        if not one.post.startswith(("duty:", "admin:")):
            yield Choice(one.post, f"{post_label(one.post, library.packs, library.lexicon)}（{one.name}）")


def _all_plans(about: About) -> Iterator[Choice]:
    library = about.caller.house.library
    return (
        Choice(pack.id, pack.plan.short) for pack in library.packs.values() if pack.plan.area == about.state.area
    )  # fmt: skip


def _obligations(about: About) -> Iterator[Choice]:
    packs = about.caller.house.library.packs
    for one in about.caller.house.desk.upkeep(about.state.area):
        short = packs[one.plan].plan.short if one.plan in packs else one.plan
        yield Choice(one.id, one.label, short)


SOURCES: Mapping[str, Callable[[About], Iterator[Choice]]] = {
    "plans": _plans, "told": _told, "doers": _doers, "units": units, "duties": _duties, "reports": _reports,
    "report_items": _report_items, "end_conditions": _end_conditions, "notice_items": _notice_items,
    "channels": _channels, "roles": _roles, "incidents": _incidents, "stated": _stated, "checklists": _checklists,
    "all_checklists": _all_checklists, "steps": _steps, "hows": _hows, "posts": _posts, "people": _people,
    "officers": _officers, "own_shifts": _own_shifts, "others_shifts": _others_shifts, "held_posts": _held_posts,
    "all_plans": _all_plans, "obligations": _obligations,
}  # fmt: skip
"""The name that `words.yaml` uses → what can be chosen."""
OWN = frozenset({"own_shifts", "held_posts", "all_plans"})
"""Sources that tell somebody outside the duty room nothing but what is his own, or public."""


def offered(source: str, about: About) -> tuple[Choice, ...]:
    """What can be chosen; of a duty room that the caller does not see, his own alone."""
    return () if about.outside and source not in OWN else tuple(SOURCES[source](about))
