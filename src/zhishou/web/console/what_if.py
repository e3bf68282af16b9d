"""What if: some facts taken to be others, and what the plans would say then. Nothing is recorded."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zhishou.assess import Assessment
from zhishou.errors import ProblemsError, ZhishouError
from zhishou.incident.facts import FactGiven
from zhishou.web.auth import Caller
from zhishou.web.commands import Incident
from zhishou.web.console.forms import reading
from zhishou.web.console.forms.facts_asked import facts_asked
from zhishou.web.console.forms.sources import About
from zhishou.web.console.incident_parts import VERDICTS, texts
from zhishou.web.console.pages import page
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import of_error
from zhishou.web.incidents import seen_whole

what_if = APIRouter(route_class=PageRoute, include_in_schema=False)


@what_if.get("/incidents/{id}/what_if")
def ask(request: Request, caller: Visitor, id: Incident) -> Response:
    """The facts as they are, to be changed."""
    return _shown(request, caller, id, {}, {})


@what_if.post("/incidents/{id}/what_if")
def answer(request: Request, caller: Visitor, form: Filled, id: Incident) -> Response:
    """What the plans would say."""
    lexicon = caller.house.library.lexicon
    typed = {key.removeprefix("facts:"): str(one) for key, one in form.multi_items() if key.startswith("facts:")}
    facts: dict[str, FactGiven] = {}
    problems: list[ZhishouError] = []
    for fact, text in typed.items():
        if text.strip() and fact in lexicon.facts:
            try:
                given = reading.command(
                    FactGiven, reading.fact_given(text, fact, lexicon), {"value": lexicon.facts[fact].label}
                )
                assert isinstance(given, FactGiven)  # noqa: S101 - what was asked for
                facts[fact] = given
            except ZhishouError as error:
                problems.append(error)
    if problems:
        status, wrong = of_error(ProblemsError(problems))
        return _shown(request, caller, id, typed, {}, status=status, wrong=wrong)
    return _shown(request, caller, id, typed, facts)


def _shown(
    request: Request, caller: Caller, id_: str, typed: dict[str, str], facts: dict[str, FactGiven], *,
    status: int = 200, wrong: Any = None,
) -> Response:  # fmt: skip
    state = seen_whole(caller, id_)
    now = caller.house.desk.assess(id_)
    then: tuple[Assessment, ...] = ()
    try:
        then = caller.house.desk.assess(id_, facts) if facts else ()
    except ZhishouError as error:
        status, wrong = of_error(error)
    return page(
        request, "what_if.html", caller, status=status, here="incidents", state=state, wrong=wrong, typed=typed,
        asked=facts_asked(About(caller, state, {})), pairs=list(zip(now, then, strict=False)), texts=texts(caller, now),
        verdicts=VERDICTS, any=bool(facts),
    )  # fmt: skip
