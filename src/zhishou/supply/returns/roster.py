"""Who reports what: a system's reporters and their objects, found by code or by name as people write them.

It stands alone because templates are filled from it, files are matched against it, and messages take their words from it.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from zhishou.plan.lexicon import Lexicon
from zhishou.supply.returns.lines import LINES, Line, lines_of
from zhishou.supply.returns.model import ITEMS
from zhishou.supply.system import Reporter, System


@lru_cache(maxsize=8192)
def visible(text: str) -> str:
    """A text without the marks that nobody sees; calculators, web pages and chat programmes put some round what is copied."""
    return text if text.isascii() else "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def plain(text: str) -> str:
    """A name without what people write differently: width of letters and brackets, spaces, line breaks."""
    return "".join(unicodedata.normalize("NFKC", visible(text)).split()).lower()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a form: a line and the object it is about."""

    line: Line
    of: str
    """Id of the object; empty in a form that knows only the kind of reporter, or where it is the reporter itself."""
    label: str
    """The object's name."""
    unit: str
    """Unit of its figures."""

    @property
    def code(self) -> str:
        """What the form's last column holds, so that a row is known wherever it is moved."""
        return f"{self.line.id}:{self.of}" if self.of else self.line.id


@dataclass(frozen=True)
class Roster:
    """A system, and the names of its areas."""

    system: System
    areas: Mapping[str, str] = field(default_factory=dict)
    """Area id → its name; an area without one is shown by its id."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Item id → what it may say, for a level."""
    limits: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    """Item id → the least and the greatest figure that can be, for an item that states a fact."""
    classes: Mapping[str, str] = field(default_factory=dict)
    """Customer class → its name."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Fact → its name and unit, `全市天然气供需缺口（%）`."""

    @cached_property
    def _reporters(self) -> Mapping[str, str]:
        return {plain(name): one.id for one in self.system.reporters for name in (one.organisation, one.label, one.id)}

    def reporter(self, name: str) -> Reporter | None:
        """The reporter of this id, name or organisation; None where there is none."""
        found = self._reporters.get(plain(name))
        return self.system.reporters_by_id[found] if found else None

    def area(self, id_: str) -> str:
        """An area's name."""
        return self.areas.get(id_, id_)

    @cached_property
    def rows(self) -> Mapping[str, tuple[Row, ...]]:
        """Reporter id → the rows of its form."""
        return {one.id: tuple(self._rows(one)) for one in self.system.reporters}

    def _rows(self, reporter: Reporter) -> Iterator[Row]:
        for line in lines_of(reporter.kind):
            if line.about == "reporter":
                if not line.total_of or self._has(reporter, LINES[line.total_of]):
                    yield Row(line, "", reporter.label, line.unit)
                continue
            for of, label, unit in self._objects(reporter, line):
                yield Row(line, of, label, unit)

    def _has(self, reporter: Reporter, line: Line) -> bool:
        return next(self._objects(reporter, line), None) is not None

    def _objects(self, reporter: Reporter, line: Line) -> Iterator[tuple[str, str, str]]:
        system = self.system
        if line.about == "source":
            yield from ((one.id, one.label, line.unit) for one in system.sources if one.reporter == reporter.id)
        elif line.about == "customer":
            yield from ((one.id, one.label, line.unit) for one in system.customers if one.reporter == reporter.id)
        elif line.about == "storage":
            for storage in system.storages:
                if storage.reporter == reporter.id:
                    tonnes = line.id == "stock" and storage.form == "lng"
                    yield storage.id, storage.label, "吨" if tonnes else line.unit
        elif line.about == "allocation":
            for source in system.sources:
                if source.reporter == reporter.id:
                    for area in source.feeds or system.areas:
                        yield f"{area}|{source.id}", f"{source.label} → {self.area(area)}", line.unit

    @cached_property
    def owners(self) -> Mapping[tuple[str, str], str]:
        """Line id and object → the reporter who returns it."""
        return {(row.line.id, row.of): reporter for reporter, rows in self.rows.items() for row in rows if row.of}

    @cached_property
    def by_code(self) -> Mapping[str, Row]:
        """Code → row, of every reporter; the rows about a reporter itself once for all."""
        return {row.code: row for rows in self.rows.values() for row in rows}

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], tuple[Row, ...]]:
        named: dict[tuple[str, str], tuple[Row, ...]] = {}
        for rows in self.rows.values():
            for row in rows:
                if row.of:
                    for name in dict.fromkeys((plain(row.label), plain(row.of))):
                        place = (row.line.id, name)
                        named[place] = (*named.get(place, ()), row)
        return named

    def named(self, line: Line, name: str, reporter: str) -> Row | None:
        """The row of a line about an object of this name, the reporter's own before another's."""
        if line.about == "reporter":
            return Row(line, "", name, line.unit)
        found = self._by_name.get((line.id, plain(name)), ())
        own = [row for row in found if self.owners.get((line.id, row.of)) == reporter]
        candidates = own or list(found)
        return candidates[0] if len(candidates) == 1 else None

    def label(self, item: str, of: str) -> str:
        """Item and object in words: 预计用气需求·城区居民."""
        system = self.system
        name = ""
        about = ITEMS[item].about
        if about == "source" and of in system.sources_by_id:
            name = system.sources_by_id[of].label
        elif about == "customer" and of in system.customers_by_id:
            name = system.customers_by_id[of].label
        elif about == "storage" and of in system.storages_by_id:
            name = system.storages_by_id[of].label
        elif about == "allocation" and "|" in of:
            area, source = of.split("|", 1)
            known = system.sources_by_id.get(source)
            name = f"{known.label if known else source} → {self.area(area)}"
        return f"{ITEMS[item].label}·{name}" if name else ITEMS[item].label

    def unit(self, item: str, of: str) -> str:
        """The unit of an item for an object: the stock of an LNG tank is in tonnes."""
        if item == "stock":
            storage = self.system.storages_by_id.get(of)
            return "吨" if storage is not None and storage.form == "lng" else "万立方米"
        return ITEMS[item].unit


def roster(system: System, lexicon: Lexicon) -> Roster:
    """The roster of a system, with names, choices and limits from the lexicon; made once for each."""
    for its_system, its_lexicon, made in tuple(_MADE):
        if its_system is system and its_lexicon is lexicon:
            return made
    made = _made(system, lexicon)
    _MADE.append((system, lexicon, made))
    return made


_MADE: deque[tuple[System, Lexicon, Roster]] = deque(maxlen=8)
"""A thousand reporters send their returns within a minute, and each is looked up in the roster."""


def _made(system: System, lexicon: Lexicon) -> Roster:
    facts = {item.id: lexicon.facts[item.fact] for item in ITEMS.values() if item.fact in lexicon.facts}
    return Roster(
        system,
        {id_: area.label for id_, area in lexicon.areas.items()},
        {item: fact.values for item, fact in facts.items() if fact.values},
        {item: (fact.minimum, fact.maximum) for item, fact in facts.items() if not fact.values},
        {id_: one.label for id_, one in lexicon.customer_classes.items()},
        {id_: f"{fact.label}（{fact.unit}）" if fact.unit else fact.label for id_, fact in lexicon.facts.items()},
    )


LINE_NAMES: Mapping[str, Line] = {
    plain(name): line
    for line in LINES.values()
    for name in (line.id, line.label, *(ITEMS[item].label for item in (line.actual, line.expected) if item))
}
"""Line by its name on the form, or by that of one of its items."""
