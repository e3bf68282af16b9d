"""Scopes held beside each other: what one plan leaves to others and no plan covers."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.plan.check.finding import Finding, joined
from zhishou.plan.pack import Pack


def findings(packs: tuple[Pack, ...]) -> Iterator[Finding]:
    """Subjects that a plan leaves out and that no plan of its area, or of the areas above it, covers."""
    for pack in packs:
        chain = pack.lexicon.upward(pack.plan.area)
        covered = {item.subject for other in packs if other.plan.area in chain for item in other.plan.scope.covers}
        for index, item in enumerate(pack.plan.scope.excludes):
            if item.subject in covered:
                continue
            label = pack.lexicon.subjects[item.subject].label
            titles = {other.plan.title: other.id for other in packs}
            code, english = "scope.uncovered", "covered by no plan of the set"
            if item.left_to in titles:
                told = f"转由《{item.left_to}》管，而那个预案并不包括它"
            elif item.left_to:
                told = f"转由《{item.left_to}》管，而库中没有那个预案"
                code, english = "scope.elsewhere", "left to a plan that is not in the set"
            else:
                told = "没有写由哪个预案管，库中其他预案也都不包括"
            yield Finding(
                code, (pack.id,), joined(item.clause),
                f"{label}被排除在外，{told}",
                f"{item.subject} is left out and {english}",
                {"subject": item.subject}, pack.place("plan", "scope", "excludes", index),
            )  # fmt: skip
