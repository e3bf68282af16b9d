"""Words of quantity that a plan does not define, and how its two ladders stand to each other."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.plan.check.finding import Finding, joined
from zhishou.plan.conditions import GradeCondition, NumberCondition, ValueCondition, leaves
from zhishou.plan.ladder import Ladder
from zhishou.plan.pack import Pack


def findings(pack: Pack) -> Iterator[Finding]:
    """Everything of this kind that is wrong with one plan."""
    yield from _undefined(pack)
    yield from _between_ladders(pack)


def _undefined(pack: Pack) -> Iterator[Finding]:
    numeric = [
        leaf
        for ladder in pack.ladders.values()
        for level in ladder.levels
        for leaf in leaves(level.when)
        if isinstance(leaf, NumberCondition | GradeCondition)
    ]
    words = {"以上": pack.plan.wording.at_least, "以下": pack.plan.wording.below}
    open_ = [word for word, use in words.items() if use.used and use.includes_number is None]
    if numeric and open_:
        quoted = joined([f"“{word}”" for word in open_])
        yield Finding(
            "wording.undefined",
            (pack.id,),
            joined(list(dict.fromkeys(clause for ladder in pack.ladders.values() for clause in ladder.clause))),
            f"预案用数量划分级别，却没有说明{quoted}是否包含本数",
            f"the plan uses figures to tell levels apart but does not define {', '.join(open_)}",
            {"words": open_},
            pack.place("plan", "wording"),
        )


def _between_ladders(pack: Pack) -> Iterator[Finding]:
    if pack.response is not None and pack.warning is None:
        yield Finding(
            "ladder.no-warning",
            (pack.id,),
            joined(pack.response.clause),
            "预案有响应分级而没有预警分级，谁在什么情形下发布预警无从判断",
            "the plan has response levels but no warning levels",
            {},
            pack.place("plan"),
        )
    if pack.response is not None and not pack.response.adjusting:
        yield Finding(
            "ladder.no-adjusting",
            (pack.id,),
            joined(pack.response.clause),
            "没有写响应启动后由谁、按什么程序提高或降低级别",
            "no clause says who raises or lowers a response level once it is started",
            {},
            pack.place("response"),
        )
    if pack.response is not None and not pack.response.hand_over:
        yield Finding(
            "ladder.no-hand-over",
            (pack.id,),
            joined(pack.response.clause),
            "没有写什么情形下向上级指挥部移交指挥权",
            "no clause says when command is handed to the headquarters above",
            {},
            pack.place("response"),
        )
    if pack.warning is not None and pack.response is not None:
        numbers = len(pack.warning.levels), len(pack.response.levels)
        if numbers[0] != numbers[1]:
            yield Finding(
                "ladder.levels-differ",
                (pack.id,),
                joined([*pack.warning.clause, *pack.response.clause]),
                f"预警分 {numbers[0]} 级而响应分 {numbers[1]} 级，没有写哪级预警对应哪级响应",
                f"{numbers[0]} warning levels stand beside {numbers[1]} response levels without a mapping",
                {"warning": numbers[0], "response": numbers[1]},
                pack.place("warning"),
            )
    if pack.warning is not None:
        yield from _colourless(pack, pack.warning)
        yield from _after_response(pack, pack.warning)
        if pack.response is not None:
            yield from _bases(pack, pack.warning, pack.response)


def _facts(ladder: Ladder) -> list[str]:
    found = (getattr(leaf, "fact", "") for level in ladder.levels for leaf in leaves(level.when))
    return list(dict.fromkeys(filter(None, found)))


def _colourless(pack: Pack, warning: Ladder) -> Iterator[Finding]:
    """Warnings that are not marked by one of the four colours (law on responding to emergencies, 2024, article 63)."""
    plain = [level for level in warning.levels if not level.colour]
    if plain:
        yield Finding(
            "ladder.no-colour",
            (pack.id,),
            joined(list(dict.fromkeys(clause for level in plain for clause in level.clause))),
            f"{joined([level.label for level in plain])}没有用红、橙、黄、蓝标示，与上级和气象部门的预警对不上",
            f"warning levels {', '.join(level.level for level in plain)} have no colour",
            {"levels": [level.level for level in plain]},
            pack.place("warning"),
        )


def _after_response(pack: Pack, warning: Ladder) -> Iterator[Finding]:
    """Warnings that presuppose the plan's own response."""
    for level in warning.levels:
        names = [
            leaf.fact
            for leaf in leaves(level.when)
            if isinstance(leaf, ValueCondition) and pack.lexicon.facts[leaf.fact].level_of == pack.id
        ]
        if names:
            yield Finding(
                "ladder.warning-after-response",
                (pack.id,),
                joined(level.clause),
                f"预警：{level.label}以本预案的响应已经启动为前提，预警反而落在响应之后",
                f"warning {level.label} presupposes that a response has been started ({', '.join(names)})",
                {"facts": names},
                pack.place("warning"),
            )


def _bases(pack: Pack, warning: Ladder, response: Ladder) -> Iterator[Finding]:
    """One quantity that the two ladders measure against different bases."""
    facts = pack.lexicon.facts
    for quantity in dict.fromkeys(facts[name].quantity for name in _facts(warning)):
        before = [name for name in _facts(warning) if facts[name].quantity == quantity]
        after = [name for name in _facts(response) if facts[name].quantity == quantity]
        if quantity and after and not set(before) & set(after):
            told = [joined([facts[name].label for name in names]) for names in (before, after)]
            yield Finding(
                "ladder.basis",
                (pack.id,),
                joined([*warning.clause, *response.clause]),
                f"预警看的是{told[0]}，响应看的是{told[1]}，口径不同，本市缺口再大也不触发预警",
                f"warning looks at {', '.join(before)}, response at {', '.join(after)}",
                {"warning": before, "response": after},
                pack.place("warning"),
            )
