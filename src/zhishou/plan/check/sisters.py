"""Plans written from one template: conditions that one lacks though all its sisters share them."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.plan.check.finding import Finding, joined
from zhishou.plan.judge import JudgementRule
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack
from zhishou.plan.rules import ladder_rules, terms

_ENOUGH = 3
"""A family of two says nothing about which of the two is odd."""


def findings(packs: tuple[Pack, ...]) -> Iterator[Finding]:
    """Conditions missing in one plan of a family."""
    families: dict[str, list[Pack]] = {}
    for pack in packs:
        if pack.plan.family:
            families.setdefault(pack.plan.family, []).append(pack)
    for family in families.values():
        if len(family) < _ENOUGH:
            continue
        for kind in LADDER_LABELS:
            if all(kind in pack.ladders for pack in family):
                yield from _missing(family, kind)


def _missing(family: list[Pack], kind: LadderKind) -> Iterator[Finding]:
    known = {pack.id: _conditions(pack, kind) for pack in family}
    for pack in family:
        others = [other for other in family if other is not pack]
        for index, level in enumerate(pack.ladders[kind].levels):
            shared = set.intersection(*(set(known[other.id].get(level.level, {})) for other in others))
            for words in sorted(shared - set(known[pack.id].get(level.level, {}))):
                clauses = list(dict.fromkeys([*level.clause, *known[others[0].id][level.level][words]]))
                names = joined([f"《{other.plan.short}》" for other in others])
                yield Finding(
                    "sister.missing-condition", (pack.id, *(other.id for other in others)), joined(clauses),
                    f"{LADDER_LABELS[kind]}：{names}的{level.label}都有“{words}”这一条件，本预案没有",
                    f"{kind} {level.level}: its sister plans share the condition '{words}', this plan lacks it",
                    {"level": level.level, "condition": words}, pack.place(kind, "levels", index),
                )  # fmt: skip


def _conditions(pack: Pack, kind: LadderKind) -> dict[str, dict[str, tuple[str, ...]]]:
    """Level → the ways to meet it, in words → their clauses."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for level in ladder_rules(pack, kind).levels:
        ways = found.setdefault(level.level, {})
        for term in terms(level.rule) if level.rule is not None else ():
            if any(isinstance(leaf, JudgementRule) for leaf in term):
                continue
            words = "且".join(sorted(leaf.text for leaf in term))
            ways[words] = tuple(clause for leaf in term for clause in leaf.clause)
    return found
