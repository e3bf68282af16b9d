"""plan.yaml: what the plan is, since when, for what, and how it uses its words."""

from __future__ import annotations

from datetime import date
from typing import Literal

from zhishou.plan.base import Clause, Model, Names, Span


class Replaced(Model):
    """An earlier document that this one replaces."""

    title: str
    """Its title."""
    number: str = ""
    """Its document number."""
    issued: date | None = None
    """When it was issued."""
    clause: Clause
    """Where the replacement is stated."""


class Source(Model):
    """The text that the pack encodes."""

    file: str
    """File name of the text copy."""
    lines: str = "all"
    """The lines of the file, `1130-1692`, or `all`."""


class Word(Model):
    """How the plan uses a word of quantity."""

    includes_number: bool | None = None
    """Whether the number itself is included; null where the text does not say."""
    used: bool = True
    """False where the text never uses the word of a quantity."""
    clause: Clause = ()
    """Where the text says so."""


class Wording(Model):
    """以上 and 以下."""

    at_least: Word = Word()
    """以上."""
    below: Word = Word()
    """以下."""


class Covered(Model):
    """A subject within the scope."""

    subject: str
    """Subject id in the lexicon."""
    clause: Clause
    """Where the text says so."""
    note: str = ""
    """Limits, in a few words."""


class Excluded(Model):
    """A subject that the plan leaves out."""

    subject: str
    """Subject id in the lexicon."""
    left_to: str = ""
    """The plan the text points to instead, by title; empty where it names none."""
    clause: Clause
    """Where the text says so."""
    note: str = ""
    """Limits, in a few words."""


class Scope(Model):
    """What the plan is for."""

    covers: tuple[Covered, ...]
    """The subjects it covers."""
    excludes: tuple[Excluded, ...] = ()
    """The subjects it leaves to others."""
    season: str = ""
    """The part of the year it is for, `11-01/03-31`; empty for the whole year."""
    clause: Clause
    """The scope clause."""
    note: str = ""
    """What a reader should know."""

    def season_past(self, on: date) -> date | None:
        """The last day of the one season the text is for, where it has passed; None where it is for every year."""
        end = self.season.rpartition("/")[2]
        if len(end) <= len("03-31"):
            return None
        last = date.fromisoformat(end)
        return last if on > last else None


class Grading(Model):
    """How an accident plan uses the table of grades."""

    clause: Clause
    """Where the plan states its grades."""
    deaths: str = ""
    """The fact that counts as deaths here where it is not the lexicon's (for instance the missing count as dead)."""
    expected_deaths: str = ""
    """The same for expected deaths."""
    social_impact: bool = False
    """True where the social impact alone can give the grade."""
    used_by_levels: bool = True
    """False where the plan states grades but no level refers to them."""


class Term(Model):
    """A word that the plan defines."""

    term: str
    """The word."""
    meaning: str
    """Its meaning, in short words."""
    clause: Clause
    """Where it is defined."""


class Annex(Model):
    """An annex that the plan lists."""

    id: str
    """`附录8.3`."""
    title: str
    """Its title."""
    state: Literal["full", "heading_only", "missing"]
    """Whether the published text holds it, its heading alone, or nothing of it."""
    clause: Clause
    """Where it is listed."""


class RevisionRule(Model):
    """When the plan must be revised."""

    every: Span | None
    """The interval; null where the text gives none."""
    by: Names = ()
    """Who revises."""
    triggers: tuple[str, ...] = ()
    """What calls for a revision before its time."""
    clause: Clause
    """Where the text says so."""


class Fault(Model):
    """A fault of the published text that a person read off it and that no rule of the check can find."""

    kind: Literal["conflict", "dangling", "gap", "slip"]
    """conflict 前后不一 · dangling 所指不存在 · gap 该写未写 · slip 用字用词之误. A scanner's error is none of these."""
    what: str
    """The fault, in one short sentence of the pack's own."""
    english: str
    """The same in English."""
    clause: Clause
    """Where it shows."""


class Identity(Model):
    """plan.yaml."""

    id: str
    """`<jurisdiction>/<plan>`, the same as the folder."""
    version: str
    """Version of the pack (not of the plan), raised with every change of its rules."""
    title: str
    """Official title."""
    short: str
    """What duty officers call it, ten characters or so."""
    number: str
    """Document number."""
    kind: Literal["supply", "heating", "accident", "notice"]
    """What sort of plan it is."""
    family: str = ""
    """Plans written from one template share a family, so that the check can compare sisters."""
    area: str
    """Area id in the lexicon."""
    issuer: str
    """Who issued it."""
    issued: date
    """Date of issue."""
    effective: date
    """Since when it holds."""
    expires: date | None = None
    """Until when, where the text says so."""
    made_by: Names = ()
    """Who drew it up and explains it."""
    replaces: tuple[Replaced, ...] = ()
    """What it replaces."""
    based_on: tuple[str, ...] = ()
    """Titles of the laws and plans it rests on."""
    source: Source
    """The text it encodes."""
    wording: Wording
    """以上 and 以下."""
    scope: Scope
    """What it is for."""
    grading: Grading | None = None
    """How it uses the table of accident grades."""
    terms: tuple[Term, ...] = ()
    """Words it defines."""
    annexes: tuple[Annex, ...] = ()
    """Its annexes."""
    revision: RevisionRule | None = None
    """When it must be revised; null where the text says nothing at all."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with the text beyond what the check finds by itself."""
    note: str = ""
    """What a reader should know about the text (scanner's errors, readings)."""
