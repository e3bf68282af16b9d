"""Published cases replayed: a small system, what was published of some days, and the gap that was published.

They stand alone because their places and classes need not be in the lexicon, and because nothing that was not published may be
added without saying so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pydantic import Field, ValidationError

from zhishou.clock import SHANGHAI
from zhishou.errors import PackError, ZhishouError
from zhishou.plan import marks
from zhishou.plan.base import Model
from zhishou.plan.lexicon import Area, CustomerClass, Lexicon
from zhishou.supply.reading import part_of, shape_problems, system_of
from zhishou.supply.returns.model import Return, Value
from zhishou.supply.system import Amount, System


class CaseSource(Model):
    """Where a case was published."""

    title: str
    """Title of the document or report."""
    issuer: str
    """Who issued or printed it."""
    published: str
    """When, as exactly as it is known: `2017-12-21`, `2016-12`."""


class CaseDay(Model):
    """What was published of one day, or of one state of affairs."""

    gas_day: date
    """The day; where the text gives none, one chosen, and `says` tells so."""
    says: str
    """What the figures stand for, and which of them are worked out from others."""
    demand: Mapping[str, Amount]
    """Customer id → 万立方米/日."""
    available: Mapping[str, Amount]
    """Source id → 万立方米/日."""
    gap: Amount
    """The gap as published or as it follows from what was, 万立方米/日."""
    gap_pct: Amount
    """The same in per cent of demand, to two decimals."""


class CaseText(Model):
    """The file of a case, its system aside."""

    id: str
    """English id."""
    title: str
    """Its name."""
    source: CaseSource
    """Where it was published."""
    note: str = ""
    """What a reader should know."""
    areas: Mapping[str, Area] = {}
    """Areas that the lexicon does not hold."""
    customer_classes: Mapping[str, CustomerClass] = {}
    """Customer classes that the lexicon does not hold."""
    days: tuple[CaseDay, ...] = Field(min_length=1)
    """What was published, day by day."""


@dataclass(frozen=True)
class Case:
    """A published case."""

    text: CaseText
    system: System
    lexicon: Lexicon
    """The lexicon with the case's own areas and classes."""

    def returns(self) -> tuple[Return, ...]:
        """What was published, as returns of the evenings before."""
        return tuple(one for day in self.text.days for one in self._of(day))

    def _of(self, day: CaseDay) -> tuple[Return, ...]:
        evening = day.gas_day - timedelta(days=1)
        at = datetime.combine(evening, time(20), SHANGHAI)
        found = []
        for reporter in self.system.reporters:
            things = [
                ("demand", one.id, day.demand.get(one.id))
                for one in self.system.customers
                if one.reporter == reporter.id
            ]
            things += [
                ("available", one.id, day.available.get(one.id))
                for one in self.system.sources
                if one.reporter == reporter.id
            ]
            values = tuple(Value(item, of, day.gas_day, amount) for item, of, amount in things if amount is not None)
            found.append(Return(reporter.id, evening, 1, values, at, source=self.text.source.title))
        return tuple(found)


def read_case(text: str, name: str, lexicon: Lexicon) -> Case:
    """Read a published case.

    Args:
        text: the YAML document: `CaseText`, and the system under `system`.
        name: the file's name, for messages.
        lexicon: areas and classes beside the case's own.

    Raises:
        PackError: with every problem found, each with file, line and mend.
    """
    marked = marks.read(text, name)
    data = marked.data if isinstance(marked.data, dict) else {}
    try:
        case = CaseText.model_validate({key: value for key, value in data.items() if key != "system"})
    except ValidationError as error:
        raise PackError(shape_problems(error, marked, (CaseText, CaseDay, CaseSource))) from None
    wider = Lexicon.model_validate(
        {
            **{field: getattr(lexicon, field) for field in Lexicon.model_fields},
            "areas": {**lexicon.areas, **case.areas},
            "customer_classes": {**lexicon.customer_classes, **case.customer_classes},
        }
    )
    system = system_of(part_of(marked, "system"), wider)
    problems = [
        ZhishouError(
            f"本案没有“{id_}”", where=marked.place(("days", index, key, id_)), mend=f"现有：{'、'.join(known) or '无'}"
        )
        for index, day in enumerate(case.days)
        for key, known in (("demand", system.customers_by_id), ("available", system.sources_by_id))
        for id_ in getattr(day, key)
        if id_ not in known
    ]
    if problems:
        raise PackError(problems)
    return Case(case, system, wider)
