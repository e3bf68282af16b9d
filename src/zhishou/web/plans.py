"""The plans and the lexicon as data, for whoever has logged in: they are public documents."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel

from zhishou.plan.lexicon import Area, CustomerClass, Fact, Organisation, Subject
from zhishou.plan.pack import Pack
from zhishou.web.auth import Known
from zhishou.web.strict import StrictRoute

plans = APIRouter(prefix="/api/plans", route_class=StrictRoute, tags=["plans"])
lexicon = APIRouter(prefix="/api/lexicon", route_class=StrictRoute, tags=["plans"])


class PlanLine(BaseModel):
    """A plan, in one line."""

    id: str
    title: str
    short: str
    number: str
    """Number of the document."""
    area: str
    version: str
    digest: str
    effective: date
    expires: date | None
    in_force: bool


class Plans(BaseModel):
    """Every plan."""

    plans: list[PlanLine]


class PlanView(PlanLine):
    """A plan whole, file by file, as its pack has it."""

    content: dict[str, Any]


class Words(BaseModel):
    """What facts, units, areas and kinds of trouble there are, and how they are called."""

    facts: dict[str, Fact]
    organisations: dict[str, Organisation]
    areas: dict[str, Area]
    subjects: dict[str, Subject]
    customer_classes: dict[str, CustomerClass]
    digest: str


_PARTS = (
    "organisation", "warning", "response", "reporting", "curtailment", "disposal", "aftermath", "support", "contacts",
    "stocks", "forms",
)  # fmt: skip


def _line(pack: Pack, today: date) -> dict[str, Any]:
    plan = pack.plan
    return {
        "id": pack.id, "title": plan.title, "short": plan.short, "number": plan.number, "area": plan.area,
        "version": plan.version, "digest": pack.digest, "effective": plan.effective, "expires": plan.expires,
        "in_force": pack.in_force(today),
    }  # fmt: skip


@plans.get("")
def list_plans(caller: Known) -> Plans:
    """Every plan on the shelf."""
    today = caller.house.now().date()
    return Plans(plans=[PlanLine(**_line(pack, today)) for pack in caller.house.library.packs.values()])


@plans.get("/{plan:path}")
def read_plan(
    caller: Known, plan: Annotated[str, Path(max_length=200, examples=["jincheng/gas-winter-2021"])]
) -> PlanView:
    """One plan whole."""
    pack = caller.house.library.pack(plan)
    content = {name: part.model_dump(mode="json") for name in _PARTS if (part := getattr(pack, name)) is not None}
    return PlanView(**_line(pack, caller.house.now().date()), content=content)


@lexicon.get("")
def read_lexicon(caller: Known) -> Words:
    """The lexicon that all plans share."""
    found = caller.house.library.lexicon
    return Words(
        facts=dict(found.facts), organisations=dict(found.organisations), areas=dict(found.areas),
        subjects=dict(found.subjects), customer_classes=dict(found.customer_classes), digest=found.digest,
    )  # fmt: skip
