"""Orders of cutting and lists of the protected, held against the texts of superior authorities."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.plan.check.finding import Finding, joined
from zhishou.plan.pack import Pack


def findings(packs: tuple[Pack, ...]) -> Iterator[Finding]:
    """Contradictions between a plan and a plan of an area above it."""
    for pack in packs:
        chain = pack.lexicon.upward(pack.plan.area)
        for upper in packs:
            if upper.plan.area in chain[1:]:
                yield from _against(pack, upper)


def _against(pack: Pack, upper: Pack) -> Iterator[Finding]:
    classes = pack.lexicon.customer_classes
    must = list(dict.fromkeys(name for item in upper.curtailment.protected for name in item.classes))
    own = {name for item in pack.curtailment.protected for name in item.classes}
    above = f"《{upper.plan.short}》"
    above_clause = joined(list(dict.fromkeys(c for item in upper.curtailment.protected for c in item.clause)))
    for index, order in enumerate(pack.curtailment.orders):
        hit = [
            (cut, name) for cut in order.order for name in must
            if cut in _up(pack, name) and not own & set(_up(pack, name)[: _up(pack, name).index(cut) + 1])
        ]  # fmt: skip
        for cut, name in hit:
            yield Finding(
                "priority.superior", (pack.id, upper.id), joined(order.clause),
                f"{joined(order.levels)}级压减到“{classes[cut].label}”，没有除去“{classes[name].label}”，"
                f"而{above}（{above_clause}）要求始终优先保障它",
                f"the order of cutting reaches {cut} without exempting {name}, which the superior text puts first",
                {"order": list(order.order), "protected": must}, pack.place("curtailment", "orders", index),
            )  # fmt: skip
    if own and pack.curtailment.protected:
        missing = [name for name in must if not own & set(_up(pack, name))]
        if missing and not pack.curtailment.orders:
            clauses = list(dict.fromkeys(c for item in pack.curtailment.protected for c in item.clause))
            yield Finding(
                "priority.unprotected", (pack.id, upper.id), joined(clauses),
                f"优先保障名单里没有{joined([f'“{classes[name].label}”' for name in missing])}，"
                f"而{above}（{above_clause}）要求始终放在首位",
                f"the list of the protected lacks {', '.join(missing)}, whom the superior text puts first",
                {"missing": missing}, pack.place("curtailment", "protected"),
            )  # fmt: skip


def _up(pack: Pack, name: str) -> list[str]:
    """A customer class and those that hold it."""
    chain = [name]
    while within := pack.lexicon.customer_classes[chain[-1]].within:
        chain.append(within)
    return chain
