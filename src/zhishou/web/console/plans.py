"""Plans as people know them: the shelf, one plan, what is wrong with it, two compared, and one search across all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from zhishou.plan.compare import compare
from zhishou.plan.pack import LADDER_LABELS
from zhishou.plan.references import citations
from zhishou.web.console.pages import page
from zhishou.web.console.plan_index import MOST, search
from zhishou.web.console.plans_shown import by_severity, findings, grouped, whole, witness
from zhishou.web.console.texts import texts_of
from zhishou.web.console.visiting import PageRoute, Visitor

plans = APIRouter(route_class=PageRoute, include_in_schema=False)

Plan = Annotated[str, Path(max_length=200)]
Words = Annotated[str, Query(max_length=60)]


@plans.get("/plans")
def show_all(request: Request, caller: Visitor, q: Words = "") -> Response:
    """The shelf; and what a search finds in all plans."""
    library, today = caller.house.library, caller.house.now().date()
    packs = list(library.packs.values())
    found = search(library, q)
    return page(
        request, "plans.html", caller, here="plans", q=q.strip(), found=found, groups=grouped(found, "plan"), most=MOST,
        areas=_by_area(caller),
        in_force={pack.id for pack in packs if pack.in_force(today)}, packs=library.packs, labels=LADDER_LABELS,
    )  # fmt: skip


def _by_area(caller: Visitor) -> list[tuple[str, list[str]]]:
    library = caller.house.library
    found: dict[str, list[str]] = {}
    for pack in library.packs.values():
        found.setdefault(pack.plan.area, []).append(pack.id)
    own = [area for area in caller.sight.areas if area in found]
    order = [*own, *(area for area in found if area not in own)]
    return [(library.lexicon.areas[area].label, found[area]) for area in order]


@plans.get("/plans/compare")
def show_two(
    request: Request, caller: Visitor, a: Annotated[str, Query(max_length=200)] = "",
    b: Annotated[str, Query(max_length=200)] = "",
) -> Response:  # fmt: skip
    """What differs between two plans."""
    library = caller.house.library
    left, right = (library.packs.get(one) for one in (a, b))
    found = compare(left, right) if left and right else ()
    return page(
        request, "plans_compared.html", caller, here="plans", packs=library.packs, left=left, right=right,
        groups=grouped(found, "subject"),
    )  # fmt: skip


@plans.get("/plans/findings/{plan:path}")
def show_findings(request: Request, caller: Visitor, plan: Plan) -> Response:
    """What is wrong with a plan; fetched by its page once that is there."""
    library = caller.house.library
    pack = library.pack(plan)
    found = findings(library, pack, caller.house.now().date())
    return page(
        request, "plan_findings.html", caller, here="plans", pack=pack, found=found, shelves=by_severity(found),
        witness=lambda one: witness(library, one),
    )  # fmt: skip


@plans.get("/plans/{plan:path}")
def show(request: Request, caller: Visitor, plan: Plan) -> Response:
    """One plan."""
    pack = caller.house.library.pack(plan)
    today = caller.house.now().date()
    cited = {clause for clause, _, _ in citations(pack)}
    return page(
        request, "plan.html", caller, here="plans", pack=pack, plan=pack.plan, org=pack.organisation, cited_clauses=cited,
        in_force=pack.in_force(today), texts=texts_of(caller.house.folder, pack.id), others=caller.house.library.packs,
        area_label=caller.house.library.lexicon.areas[pack.plan.area].label, **whole(pack),
    )  # fmt: skip
