"""Member units, duties and work groups held against each other."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.plan.check.finding import Finding, is_role, joined, unit_id
from zhishou.plan.pack import Pack


def findings(pack: Pack) -> Iterator[Finding]:
    """Everything wrong with the roster of one plan."""
    org = pack.organisation
    yield from _posts(pack)
    if not org.members:
        return
    members: dict[str, str] = {}
    for listed in org.members:
        for name in listed.units:
            members.setdefault(unit_id(pack, name), name)
    charged = {unit_id(pack, item.unit): item.unit for item in org.duties}
    cited = [*(listed.clause for listed in org.members), *(item.clause[:1] for item in org.duties[:1])]
    clauses = joined(list(dict.fromkeys(clause for found in cited for clause in found)))
    if charged:
        idle = [name for id_, name in members.items() if id_ not in charged and not is_role(pack, id_)]
        if idle:
            yield Finding(
                "roster.member-without-duty", (pack.id,), clauses,
                f"列为成员单位而没有写职责：{joined(idle)}",
                f"{len(idle)} member units have no duties",
                {"units": idle}, pack.place("organisation", "members"),
            )  # fmt: skip
        outside = [name for id_, name in charged.items() if id_ not in members and not is_role(pack, id_)]
        if outside:
            yield Finding(
                "roster.duty-without-member", (pack.id,), clauses,
                f"写了职责而不在成员单位之列：{joined(outside)}",
                f"{len(outside)} units have duties but are no members",
                {"units": outside}, pack.place("organisation", "duties"),
            )  # fmt: skip
    yield from _lists(pack)
    yield from _groups(pack, set(members) | set(charged))
    yield from _names(pack)


def _posts(pack: Pack) -> Iterator[Finding]:
    """Posts that two clauses fill differently."""
    for index, post in enumerate(pack.organisation.posts):
        for other in post.elsewhere:
            extra = [name for name in other.held_by if name not in post.held_by]
            missing = [name for name in post.held_by if name not in other.held_by]
            if extra or missing:
                told = [f"后者多出{joined(extra)}" if extra else "", f"后者缺少{joined(missing)}" if missing else ""]
                yield Finding(
                    "roster.posts-differ", (pack.id,), joined([*post.clause, *other.clause]),
                    f"两处写的{post.label}人选不一致：{'，'.join(part for part in told if part)}",
                    f"two clauses fill the post {post.id} differently",
                    {"post": post.id, "extra": extra, "missing": missing}, pack.place("organisation", "posts", index),
                )  # fmt: skip


def _lists(pack: Pack) -> Iterator[Finding]:
    lists = pack.organisation.members
    for other in lists[1:]:
        first = {unit_id(pack, name): name for name in lists[0].units}
        second = {unit_id(pack, name): name for name in other.units}
        missing = [second[id_] for id_ in second if id_ not in first]
        extra = [first[id_] for id_ in first if id_ not in second]
        if missing or extra:
            told = [f"后者多出{joined(missing)}" if missing else "", f"前者多出{joined(extra)}" if extra else ""]
            yield Finding(
                "roster.lists-differ", (pack.id,), joined([*lists[0].clause, *other.clause]),
                f"两处成员名单不一致：{'，'.join(part for part in told if part)}",
                "two lists of member units differ",
                {"only_first": extra, "only_second": missing}, pack.place("organisation", "members"),
            )  # fmt: skip


def _groups(pack: Pack, known: set[str]) -> Iterator[Finding]:
    for index, group in enumerate(pack.organisation.groups):
        if len(group.lead) > 1:
            yield Finding(
                "roster.two-leads", (pack.id,), joined(group.clause),
                f"{group.label}由{joined(group.lead)}同时牵头，没有写以谁为主",
                f"the group {group.id} has {len(group.lead)} leads",
                {"lead": list(group.lead)}, pack.place("organisation", "groups", index),
            )  # fmt: skip
        outside = [
            name
            for name in (*group.lead, *group.members)
            if pack.actor(name).kind == "unit" and (id_ := unit_id(pack, name)) not in known and not is_role(pack, id_)
        ]
        if outside:
            yield Finding(
                "roster.group-outsider", (pack.id,), joined(group.clause),
                f"{group.label}列入的{joined(outside)}不是成员单位，也没有写职责",
                f"the group {group.id} holds units that are no members",
                {"units": outside}, pack.place("organisation", "groups", index),
            )  # fmt: skip


def _names(pack: Pack) -> Iterator[Finding]:
    """One unit under several names in the formal lists of one plan (short names inside groups are usual)."""
    org = pack.organisation
    names: dict[str, list[str]] = {}
    for name in [n for listed in org.members for n in listed.units] + [item.unit for item in org.duties]:
        found = names.setdefault(unit_id(pack, name), [])
        if name not in found:
            found.append(name)
    varied = {id_: found for id_, found in names.items() if len(found) > 1 and not is_role(pack, id_)}
    if varied:
        yield Finding(
            "roster.name-variants", (pack.id,), joined([*org.members[0].clause]),
            f"同一单位在成员名单和职责中名称不一：{'；'.join(' / '.join(found) for found in varied.values())}",
            f"{len(varied)} units stand under several names in the lists of members and duties",
            varied, pack.place("organisation", "members"),
        )  # fmt: skip
