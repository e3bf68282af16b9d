"""ledger.yaml: every numbered clause of the source, and where it lives in the pack or why it needs no rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from zhishou.plan.base import Model

Status = Literal["rule", "task", "duty", "roster", "judgement", "background"]


class Entry(Model):
    """One numbered clause."""

    status: Status
    """rule 判定规则 · task 处置任务 · duty 职责义务 · roster 机构人员名录 · judgement 由人判断 · background 背景."""
    title: str = ""
    """Its heading, or what it says in a few words."""
    why: str = ""
    """Why a background clause needs no place in the pack, or a clause is carried under another number."""
    within: str = ""
    """The clause under which the pack carries it, where it does not cite this number itself."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"status": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """A status alone may stand for an entry."""
        full = handler(core)
        handler.resolve_ref_schema(full)
        return {"anyOf": [{"enum": list(get_args(Status))}, full]}

    @model_validator(mode="after")
    def _reason(self) -> Entry:
        if self.status == "background" and not (self.why or self.title):
            raise ValueError("背景条款要写明标题或理由（title 或 why）")
        return self


class Ledger(Model):
    """ledger.yaml."""

    clauses: Mapping[str, Entry]
    """Clause number → entry, in the order of the text."""
