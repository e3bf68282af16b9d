"""From messages that stand to facts for the assessment; which message says which fact is a table of data.

It stands alone because here a foreign text begins to count. A fact comes only from a real message of a source that the
deployment knows, for this area, still in force; what ran out without being lifted leaves the fact unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from zhishou.errors import FactsError, ProblemsError, ZhishouError
from zhishou.paper.cap.standing import Standing
from zhishou.paper.cap.values import Info
from zhishou.plan import marks
from zhishou.plan.base import Model, Names
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.wrong import translated

_ALL_CLEAR = "AllClear"
"""CAP 1.2, 3.2.2: what the info speaks of is no danger any more. Some services end a warning so, by an update."""
_COUNTRY = "000000"
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}(?=(?:[0-9]{3}|[0-9]{6}|[0-9]{8})?(?![0-9A-Za-z]))")
"""The six digits of an administrative code, of each where several stand in one value: alone, with those of the township
(nine), the village (twelve) or as the national network fills them up (fourteen). Seven are another country's."""


class When(Model):
    """Which infos are meant: of the event, by its name or code, and every parameter named."""

    event: Names = ()
    """Names of the event, any of which will do."""
    event_code: Names = ()
    """Codes of the event, any of which will do."""
    parameter: Mapping[str, Names] = Field(default_factory=dict)
    """Name of a parameter → the values it may have."""


class Parameter(Model):
    """The value of a parameter of this name."""

    parameter: str
    """Its name."""


class Rule(Model):
    """One line of the table: which message says which fact."""

    fact: str
    """Fact id of the lexicon."""
    source: str
    """The name under which the deployment knows the sender."""
    when: When
    """Which infos it speaks of."""
    value: Literal["severity"] | Parameter
    """Where the word stands that tells the value."""
    map: Mapping[str, str]
    """Word of the message → value of the fact."""
    lifted: str
    """The value once it is lifted."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sender that the deployment knows, under the name the table uses."""

    name: str
    senders: tuple[str, ...]
    """`sender` of its messages; in the national profile the unit's code."""
    signers: tuple[str, ...] = ()
    """The pinned certificates that may sign for it; empty: it need not sign."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that a message states."""

    fact: str
    value: str
    at: datetime
    source: str
    """Who said so, in which message, signed by whom."""
    message: str
    """SM3 of the message."""

    def statement(self) -> dict[str, Any]:
        """As the incident and the assessment take it."""
        return {"value": self.value, "at": self.at.isoformat(), "source": self.source}


def table(text: str, name: str, lexicon: Lexicon) -> tuple[Rule, ...]:
    """Read a table.

    Raises:
        ProblemsError: a fact that the lexicon does not have, a value that the fact cannot have, or no such table.
    """
    marked = marks.read(text, name)
    try:
        rules = TypeAdapter(tuple[Rule, ...]).validate_python(marked.data)
    except ValidationError as error:
        raise ProblemsError(translated(error, marked)) from None
    problems = []
    for index, rule in enumerate(rules):
        fact = lexicon.facts.get(rule.fact)
        if fact is None:
            problems.append(
                ZhishouError(f"词库里没有要素“{rule.fact}”", where=marked.place((index, "fact")), mend="核对名称")
            )
        elif strange := {*rule.map.values(), rule.lifted} - set(fact.values):
            problems.append(
                ZhishouError(
                    f"要素“{fact.label}”没有取值“{'、'.join(sorted(strange))}”", where=marked.place((index, "map")),
                    mend=f"取值有：{'、'.join(fact.values)}",
                )
            )  # fmt: skip
    if problems:
        raise FactsError(problems)
    return rules


@cache
def shipped() -> str:
    """The table that comes with the house; a deployment may add to it."""
    return files("zhishou.paper.cap").joinpath("data/facts.yaml").read_text("utf-8")


def told(
    found: Iterable[Standing],
    rules: Sequence[Rule],
    sources: Sequence[Source],
    code: str,
    lexicon: Lexicon,
    at: datetime,
) -> tuple[Told, ...]:
    """The facts that messages state at a moment, one for each fact at most; of several the worst.

    Args:
        found: every message with its state, see `standing.standings`.
        rules: the table.
        sources: the senders that the deployment knows.
        code: administrative code of this duty room's area, six digits.
        lexicon: the facts, whose values stand from the least severe to the most severe.
        at: now.
    """
    messages = tuple(found)
    best: dict[str, Told] = {}
    for rule in rules:
        ranks = lexicon.facts[rule.fact].values
        for one in _of_rule(messages, rule, sources, code, at):
            known = best.get(one.fact)
            if known is None or (ranks.index(one.value), one.at) > (ranks.index(known.value), known.at):
                best[one.fact] = one
    return tuple(best.values())


def _of_rule(
    messages: Sequence[Standing], rule: Rule, sources: Sequence[Source], code: str, at: datetime
) -> Iterator[Told]:
    named = [source for source in sources if source.name == rule.source]
    meant: list[tuple[Standing, list[Info]]] = []
    for one in messages:
        alert = one.message.alert
        if alert.status == "Actual" and any(_from(one, source) for source in named):
            infos = [info for info in alert.infos if _means(info, rule.when) and _here(info, code)]
            meant += [(one, infos)] if infos else []
    ran_out = max((one.message.alert.sent for one, _ in meant if one.state == "expired"), default=None)
    for one, infos in meant:
        sent = one.message.alert.sent
        if one.state == "standing":
            holding = [info for info in infos if info.expires is None or info.expires > at]
            clear = [info for info in holding if _ALL_CLEAR in info.response_types]
            for info in holding:
                if info not in clear and (value := _value(info, rule)) is not None:
                    yield _told(rule, value, one, sent)
            end = one.message if clear else None
        else:
            end = one.by if one.state == "cancelled" else None
        # one that came later and ran out leaves it unknown again
        if end is not None and (ran_out is None or ran_out < end.alert.sent):
            yield _told(rule, rule.lifted, Standing(end, "cancel"), end.alert.sent)


def _told(rule: Rule, value: str, one: Standing, at: datetime) -> Told:
    return Told(rule.fact, value, at, one.message.provenance, one.message.digest)


def _from(one: Standing, source: Source) -> bool:
    message = one.message
    return message.alert.sender in source.senders and (not source.signers or message.signer in source.signers)


def _means(info: Info, when: When) -> bool:
    event = info.event in when.event or any(code.value in when.event_code for code in info.event_codes)
    if (when.event or when.event_code) and not event:
        return False
    return all(
        any(one.name == name and one.value in values for one in info.parameters)
        for name, values in when.parameter.items()
    )


def _here(info: Info, code: str) -> bool:
    """Whether an info holds here: for this area, a part of it, or what contains it. Without codes nobody can say."""
    values = (geocode.value for area in info.areas for geocode in area.geocodes)
    codes = [code[0] for value in values for code in _CODE.finditer(value)]
    return any(_covers(one, code) or _covers(code, one) for one in codes)


def _covers(outer: str, inner: str) -> bool:
    """Whether one administrative code contains another: province 140000, city 140500, county 140521."""
    if outer == _COUNTRY:
        return True
    stem = outer[:2] if outer.endswith("0000") else outer[:4] if outer.endswith("00") else outer
    return inner.startswith(stem)


def _value(info: Info, rule: Rule) -> str | None:
    if rule.value == "severity":
        return rule.map.get(info.severity)
    values = (one.value for one in info.parameters if one.name == rule.value.parameter)
    return next((rule.map[value] for value in values if value in rule.map), None)
