"""Where a rule stands: the file and line of a level, a clause, a fact or a unit, with its clause and its cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zhishou.plan.conditions import leaves
from zhishou.plan.pack import FILES, LADDER_LABELS, Pack
from zhishou.plan.references import citations

_KINDS = {"response": "response", "响应": "response", "应急响应": "response", "warning": "warning", "预警": "warning"}
_ROMAN = str.maketrans({"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV"})


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a pack."""

    plan: str
    place: str
    """file:line."""
    what: str
    """What stands there, in Chinese."""
    clause: tuple[str, ...]
    cases: tuple[str, ...] = ()
    """file:line of the cases that show it."""


def where(pack: Pack, query: str) -> tuple[Place, ...]:
    """Find a level (`response III`, `预警 Ⅱ`), a clause (`4.2.1(1)`), a fact (id or label) or a unit in a pack."""
    words = query.translate(_ROMAN).replace("级", "").split()
    if len(words) == 2 and words[0] in _KINDS:
        return tuple(_level(pack, _KINDS[words[0]], words[1]))
    text = query.strip().translate(str.maketrans("（）", "()"))
    if text in pack.ledger.clauses:
        return tuple(_clause(pack, text))
    if (fact := pack.lexicon.facts_by_name.get(query)) is not None:
        return tuple(_fact(pack, fact))
    return tuple(_unit(pack, query))


def _level(pack: Pack, kind: str, name: str) -> Iterator[Place]:
    for found, ladder in pack.ladders.items():
        if found != kind:
            continue
        for index, level in enumerate(ladder.levels):
            if level.level == name:
                cases = [
                    pack.place("cases", "cases", i)
                    for i, case in enumerate(pack.cases.cases)
                    if (getattr(case, kind) or "").rstrip("?") == name
                ]
                cases += [
                    pack.place("cases", "steps", i)
                    for i, steps in enumerate(pack.cases.steps)
                    if steps.ladder == kind and name in {value.rstrip("?") for value in steps.expect.values()}
                ]
                yield Place(
                    pack.id, pack.place(kind, "levels", index), f"{LADDER_LABELS[found]} {level.label}",
                    tuple(dict.fromkeys((*level.clause, *level.decision_clause))), tuple(cases),
                )  # fmt: skip


def _clause(pack: Pack, clause: str) -> Iterator[Place]:
    entry = pack.ledger.clauses[clause]
    title = f"条款 {clause} {entry.title}".strip()
    yield Place(pack.id, pack.place("ledger", "clauses", clause), f"{title}（{entry.status}）", (clause,))
    for cited, file, path in citations(pack):
        if cited == clause:
            yield Place(pack.id, pack.place(file, *path), f"{file}.yaml 引用", (clause,))


def _fact(pack: Pack, fact: str) -> Iterator[Place]:
    for kind, ladder in pack.ladders.items():
        for index, level in enumerate(ladder.levels):
            for leaf in leaves(level.when):
                if getattr(leaf, "fact", None) == fact:
                    yield Place(
                        pack.id, pack.place(kind, "levels", index, "when"),
                        f"{LADDER_LABELS[kind]} {level.label}的条件", leaf.clause,
                    )  # fmt: skip
    for index, target in enumerate(pack.reporting.targets):
        if any(getattr(leaf, "fact", None) == fact for leaf in leaves(target.when)):
            yield Place(pack.id, pack.place("reporting", "targets", index), target.label, target.clause)


def _unit(pack: Pack, name: str) -> Iterator[Place]:
    id_ = pack.lexicon.organisation(name, pack.plan.area)
    if id_ is None:
        return
    organisation = pack.lexicon.organisations[id_]
    names = {id_, organisation.label, *organisation.aliases, name}
    for file in FILES:
        mark = pack.marks.get(file)
        if mark is None or file in {"ledger", "cases"}:
            continue
        seen: set[int] = set()
        for path, line in mark.lines.items():
            value = mark.data
            for part in path:
                value = value[part]
            if isinstance(value, str) and value in names and line not in seen:
                seen.add(line)
                yield Place(pack.id, f"{mark.name}:{line}", f"{organisation.label}（写作“{value}”）", ())
