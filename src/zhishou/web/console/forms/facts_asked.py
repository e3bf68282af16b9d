"""Which facts a form asks for: those that the incident's plans look at, in the plans' order, with what is known of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from zhishou.incident.state import Statement
from zhishou.plan.lexicon import Fact
from zhishou.plan.rules import ladder_rules
from zhishou.web.console.forms.sources import About, Choice


@dataclass(frozen=True, slots=True)
class FactAsked:
    """One fact of a form."""

    id: str
    fact: Fact
    now: str
    """What is stated of it, in words; empty where nothing is."""
    said: Statement | None


def facts_asked(about: About, only: Iterable[str] = ()) -> list[FactAsked]:
    """The facts, those that have been stated already first.

    Args:
        about: what the form is about.
        only: ids, where the giver may state no others; empty: all that the plans look at.
    """
    lexicon = about.caller.house.library.lexicon
    wanted = list(only) or list(_looked_at(about))
    standing = about.caller.house.desk.standing(about.state.area).facts if about.state.area else {}
    found = []
    for id_ in wanted:
        if id_ in lexicon.facts:
            said = about.state.facts.get(id_) or standing.get(id_)
            found.append(FactAsked(id_, lexicon.facts[id_], value_text(lexicon.facts[id_], said), said))
    return sorted(found, key=lambda one: one.said is None)


def _looked_at(about: About) -> Iterator[str]:
    seen: dict[str, None] = {}
    for pack in about.packs:
        sums = pack.lexicon.sums
        for kind in pack.ladders:
            for id_ in sorted(ladder_rules(pack, kind).relevant):
                seen |= dict.fromkeys(sums[id_].sum_of if id_ in sums else (id_,))
    return iter(seen)


def words_for(about: About) -> Iterator[Choice]:
    """What can be written of the facts stated so far that are no figures: 是, 否, the values of a choice."""
    known = about.caller.house.library.lexicon.facts
    stated = [known[id_] for id_ in about.state.facts if id_ in known]
    flags = ("是", "否") if any(one.kind == "flag" for one in stated) else ()
    for word in dict.fromkeys((*flags, *(value for one in stated for value in one.values))):
        yield Choice(word, word)


def value_text(fact: Fact, said: Statement | None) -> str:
    """What is stated of a fact, in words."""
    if said is None:
        return ""
    given: Any = said.given
    value, unit = given.get("value"), fact.unit
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        low, high = given.get("at_least"), given.get("at_most")
        bounds = [f"≥ {_short(low)}" if low is not None else "", f"≤ {_short(high)}" if high is not None else ""]
        return f"{' 且 '.join(filter(None, bounds))}{'' if unit == '%' else ' '}{unit}".strip()
    text = _short(value) if isinstance(value, int | float) else str(value)
    return f"{text}{unit}" if unit == "%" else f"{text} {unit}".strip()


def _short(value: float) -> str:
    """A figure as people read it; the record keeps every decimal."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
