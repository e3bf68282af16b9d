"""Orders of cutting and lists of the protected, held against the texts of superior authorities."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.plan.check.finding import Finding, joined
from zhishou.plan.pack import Pack


def findings(packs: tuple[Pack, ...]) -> Iterator[Finding]:
    """Contradictions between a plan and the plans of the areas above it."""
    for pack in packs:
        chain = pack.lexicon.upward(pack.plan.area)
        uppers = [other for other in packs if other.plan.area in chain[1:] and other.curtailment.protected]
        for upper in uppers:
            yield from _cut(pack, upper)
        yield from _unprotected(pack, uppers)


def _must(upper: Pack) -> list[str]:
    """The customer classes that a superior text puts first."""
    return list(dict.fromkeys(name for item in upper.curtailment.protected for name in item.classes))


def _named(upper: Pack) -> str:
    """A superior text with its clauses, and its season where it is for one winter only."""
    clauses = joined(list(dict.fromkeys(c for item in upper.curtailment.protected for c in item.clause)))
    once = len(upper.plan.scope.season) > len("11-01/03-31")
    season = f"，为 {upper.plan.scope.season.replace('/', ' 至 ')} 而发" if once else ""
    return f"《{upper.plan.short}》（{clauses}{season}）"


def _cut(pack: Pack, upper: Pack) -> Iterator[Finding]:
    """Orders of cutting that reach those whom a superior text puts first."""
    classes = pack.lexicon.customer_classes
    own = {name for item in pack.curtailment.protected for name in item.classes}
    for index, order in enumerate(pack.curtailment.orders):
        for cut in order.order:
            for name in _must(upper):
                chain = _up(pack, name)
                # An own list of the protected exempts a part of what is cut; it does not mend cutting the protected.
                if cut not in chain or (cut != name and own & set(chain[: chain.index(cut) + 1])):
                    continue
                at = joined([_label(pack, level) for level in order.levels])
                yield Finding(
                    "priority.superior", (pack.id, upper.id), joined(order.clause),
                    f"{at}压减到“{classes[cut].label}”，没有除去“{classes[name].label}”，而{_named(upper)}要求优先保障",
                    f"the order of cutting reaches {cut} without exempting {name}, which the superior text puts first",
                    {"order": list(order.order), "protected": _must(upper)}, pack.place("curtailment", "orders", index),
                )  # fmt: skip


def _unprotected(pack: Pack, uppers: list[Pack]) -> Iterator[Finding]:
    """Lists of the protected that lack those whom superior texts put first."""
    classes = pack.lexicon.customer_classes
    own = {name for item in pack.curtailment.protected for name in item.classes}
    if not own or pack.curtailment.orders:
        return
    missing = {
        name: [upper for upper in uppers if name in _must(upper)]
        for name in dict.fromkeys(name for upper in uppers for name in _must(upper))
        if not own & set(_up(pack, name))
    }
    if missing:
        clauses = list(dict.fromkeys(c for item in pack.curtailment.protected for c in item.clause))
        told = "；".join(
            f"“{classes[name].label}”为{joined([_named(upper) for upper in asking])}要求优先保障"
            for name, asking in missing.items()
        )
        involved = tuple(dict.fromkeys(upper.id for asking in missing.values() for upper in asking))
        yield Finding(
            "priority.unprotected", (pack.id, *involved), joined(clauses),
            f"优先保障名单缺少上级文件要求的对象：{told}",
            f"the list of the protected lacks {', '.join(missing)}, whom superior texts put first",
            {"missing": list(missing)}, pack.place("curtailment", "protected"),
        )  # fmt: skip


def _label(pack: Pack, level: str) -> str:
    found = [item.label for item in pack.response.levels if item.level == level] if pack.response else []
    return found[0] if found else level


def _up(pack: Pack, name: str) -> list[str]:
    """A customer class and those that hold it."""
    chain = [name]
    while within := pack.lexicon.customer_classes[chain[-1]].within:
        chain.append(within)
    return chain
