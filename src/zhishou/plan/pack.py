"""One plan, whole: all its files joined, and who its words mean. Its references are checked in references.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from zhishou.errors import NotFoundError
from zhishou.plan.aftermath import Aftermath
from zhishou.plan.annexes import Contacts, Forms, Stocks
from zhishou.plan.base import Model
from zhishou.plan.cases import Cases
from zhishou.plan.curtailment import Curtailment
from zhishou.plan.disposal import Disposal
from zhishou.plan.identity import Identity
from zhishou.plan.ladder import Ladder
from zhishou.plan.ledger import Ledger
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.marks import Marked
from zhishou.plan.organisation import Organising
from zhishou.plan.reporting import Reporting
from zhishou.plan.support import Support

LadderKind = Literal["warning", "response"]
LADDER_LABELS: Mapping[LadderKind, str] = {"warning": "预警", "response": "应急响应"}

FILES: Mapping[str, type[Model]] = {
    "plan": Identity,
    "organisation": Organising,
    "warning": Ladder,
    "response": Ladder,
    "reporting": Reporting,
    "curtailment": Curtailment,
    "disposal": Disposal,
    "aftermath": Aftermath,
    "support": Support,
    "contacts": Contacts,
    "stocks": Stocks,
    "forms": Forms,
    "ledger": Ledger,
    "cases": Cases,
}
"""The files of a pack, each with one subject; all but plan.yaml and ledger.yaml may be absent."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody whom a plan names."""

    kind: Literal["body", "post", "group", "unit"]
    """A body of the headquarters, a post, a work group, or an organisation."""
    id: str
    """Id in the pack (body, post, group) or in the lexicon (unit)."""
    label: str
    """As the plan calls it."""
    holders: tuple[str, ...] = ()
    """For a post, the offices whose holders fill it."""


@dataclass(frozen=True, eq=False)
class Pack:
    """A plan as data. Two packs are the same only where they are one object; compare `digest` for content."""

    plan: Identity
    ledger: Ledger
    lexicon: Lexicon = field(repr=False)
    organisation: Organising = field(default_factory=Organising)
    warning: Ladder | None = None
    response: Ladder | None = None
    reporting: Reporting = field(default_factory=lambda: Reporting(duties=()))
    curtailment: Curtailment = field(default_factory=Curtailment)
    disposal: Disposal = field(default_factory=Disposal)
    aftermath: Aftermath = field(default_factory=Aftermath)
    support: Support = field(default_factory=Support)
    contacts: Contacts = field(default_factory=Contacts)
    stocks: Stocks = field(default_factory=Stocks)
    forms: Forms = field(default_factory=Forms)
    cases: Cases = field(default_factory=Cases)
    digest: str = ""
    """SHA-256 of the rules (every file but cases.yaml, less the version)."""
    marks: Mapping[str, Marked] = field(default_factory=dict, repr=False)
    """The files as read, with their lines."""

    @property
    def id(self) -> str:
        """The plan's id."""
        return self.plan.id

    @cached_property
    def ladders(self) -> Mapping[LadderKind, Ladder]:
        """The ladders the plan has."""
        both: Mapping[LadderKind, Ladder | None] = {"warning": self.warning, "response": self.response}
        return {kind: ladder for kind, ladder in both.items() if ladder is not None}

    def in_force(self, on: date) -> bool:
        """Whether the plan holds on a day."""
        return self.plan.effective <= on and (self.plan.expires is None or on <= self.plan.expires)

    def place(self, file: str, *path: str | int) -> str:
        """`file:line` of something in the pack, the file's path relative to the packs."""
        mark = self.marks.get(file)
        return mark.place(path) if mark else f"{self.id}/{file}.yaml"

    @cached_property
    def _own(self) -> Mapping[str, Actor]:
        org = self.organisation
        own: dict[str, Actor] = {}
        for id_, body, plain in (
            ("headquarters", org.headquarters, "指挥部"),
            ("office", org.office, "指挥部办公室"),
        ):
            label = body.label if body else plain
            own[id_] = own[label] = Actor("body", id_, label)
        own["members"] = own["成员单位"] = Actor("body", "members", "各成员单位")
        own["groups"] = Actor("body", "groups", "各应急工作组")
        if org.on_scene:
            own["on_scene"] = own[org.on_scene.label] = Actor("body", "on_scene", org.on_scene.label)
        if org.experts:
            own["experts"] = Actor("body", "experts", "专家")
        if org.superior:
            own["superior"] = own[org.superior] = Actor("body", "superior", org.superior)
        for group in org.groups:
            own[group.id] = own[group.label] = Actor("group", group.id, group.label)
        for post in org.posts:
            own[post.id] = own[post.label] = Actor("post", post.id, post.label, post.held_by)
        return own

    def actor(self, name: str) -> Actor:
        """Whom the plan means by a name.

        Raises:
            NotFoundError: the name is no body, post or group of the plan and no organisation of the lexicon.
        """
        if found := self._own.get(name):
            return found
        if (id_ := self.lexicon.organisation(name, self.plan.area)) is None:
            raise NotFoundError(
                f"“{name}”不在本预案的机构、职务、工作组之中，也不是词库里的单位",
                mend="改正名称，或在 lexicon/organisations 里为它加一个单位或别名",
            )
        return Actor("unit", id_, name)
