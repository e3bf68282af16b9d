"""What differs between two plans, or two versions of one: levels, conditions, deciders, deadlines, units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack
from zhishou.plan.rules import ladder_rules
from zhishou.plan.spans import SPANS, span


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs."""

    subject: str
    """What it is about, in Chinese: 级别、条件、决定人、时限、成员单位 …"""
    item: str
    """Which: a level, a report, a unit."""
    left: str
    """In the first plan; empty where it is not there."""
    right: str
    """In the second plan; empty where it is not there."""


def compare(left: Pack, right: Pack) -> tuple[Difference, ...]:
    """Every difference that a person who revises a plan wants to see, subject by subject."""
    found: list[Difference] = []
    for subject, reader in _SUBJECTS.items():
        one, other = reader(left), reader(right)
        found += [
            Difference(subject, _item(item, left, right), one.get(item, ""), other.get(item, ""))
            for item in dict.fromkeys([*one, *other])
            if one.get(item, "") != other.get(item, "")
        ]
    return tuple(found)


DUTIES = {
    "first": "首报", "follow_up": "续报", "final": "终报", "written": "书面报告", "answer": "答复催报核实", "return": "报表",
    "notification": "通报", "monitoring": "监测",
}  # fmt: skip
"""What a duty to report brings."""


def _item(item: str, *packs: Pack) -> str:
    """What an item is called: a duty to report, which both plans know by its id, by its kind."""
    for pack in packs:
        for duty in (*pack.reporting.duties, *pack.reporting.foreigners):
            if duty.id == item:
                return DUTIES[duty.kind]
    return item


def _names(pack: Pack, names: Iterable[str]) -> str:
    return "、".join(pack.actor(name).label for name in names)


def _level(kind: LadderKind, level: str) -> str:
    """应急响应Ⅱ级; what is no such number stays."""
    return f"{LADDER_LABELS[kind]}{_ROMAN[level]}级" if level in _ROMAN else f"{LADDER_LABELS[kind]} {level}"


_ROMAN = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _identity(pack: Pack) -> Mapping[str, str]:
    plan = pack.plan
    words = {True: "含本数", False: "不含本数", None: "未说明"}
    return {
        "名称": plan.title,
        "文号": plan.number,
        "印发": _day(plan.issued),
        "“以上”": words[plan.wording.at_least.includes_number],
        "“以下”": words[plan.wording.below.includes_number],
        "修订周期": span(plan.revision.every) if plan.revision and plan.revision.every else "未写",
    }


def _levels(pack: Pack) -> Mapping[str, str]:
    return {
        _level(kind, level.level): f"{level.label}{f'（{level.colour}）' if level.colour else ''}"
        for kind, ladder in pack.ladders.items()
        for level in ladder.levels
    }


def _conditions(pack: Pack) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for kind in pack.ladders:
        for level in ladder_rules(pack, kind).levels:
            ways = sorted(
                "且".join(leaf.text for leaf in way) for way in ladder_rules(pack, kind).ways.get(level.level, ())
            )
            found[_level(kind, level.level)] = "；".join(ways) or "没有写条件"
    return found


def _people(pack: Pack) -> Mapping[str, str]:
    acts = {"proposed_by": "建议", "approved_by": "批准", "decided_by": "决定", "ended_by": "结束"}
    return {
        f"{_level(kind, level.level)} {word}": "、".join(pack.actor(name).label for name in getattr(level, act))
        for kind, ladder in pack.ladders.items()
        for level in ladder.levels
        for act, word in acts.items()
        if getattr(level, act)
    }


def _posts(pack: Pack) -> Mapping[str, str]:
    return {post.label: "、".join(post.held_by) for post in pack.organisation.posts}


def _deadlines(pack: Pack) -> Mapping[str, str]:
    return {
        duty.id: "，".join(
            part
            for part in (
                f"{_names(pack, duty.by)}→{_names(pack, duty.to) or '原文没有写向谁'}",
                (span(duty.within) if duty.within in SPANS else f"限{span(duty.within)}") if duty.within else "",
                f"每{span(duty.every)}" if duty.every else "",
            )
            if part
        )
        for duty in (*pack.reporting.duties, *pack.reporting.foreigners)
    }


def _members(pack: Pack) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for listed in pack.organisation.members:
        for name in listed.units:
            actor = pack.actor(name)
            organisation = pack.lexicon.organisations.get(actor.id)
            names[organisation.label if organisation else name] = "成员"
    return names


def _measures(pack: Pack) -> Mapping[str, str]:
    return {
        _level(kind, level.level): f"{len(level.measures)} 项"
        for kind, ladder in pack.ladders.items()
        for level in ladder.levels
    }


def _drills(pack: Pack) -> Mapping[str, str]:
    return {
        "、".join(pack.actor(name).label for name in exercise.by): span(exercise.every) if exercise.every else "未写"
        for exercise in pack.support.exercises
        if exercise.kind == "drill"
    }


_SUBJECTS = {
    "基本信息": _identity,
    "级别": _levels,
    "条件": _conditions,
    "建议与决定": _people,
    "职务": _posts,
    "时限": _deadlines,
    "成员单位": _members,
    "措施": _measures,
    "演练": _drills,
}
