"""A drill's outcome as the value from which its report is written; the room of papers stands below and knows no drills."""

from __future__ import annotations

from zhishou.drill.outcome import Outcome
from zhishou.errors import NotFoundError
from zhishou.paper.case import Case
from zhishou.paper.content.exercise import Check, Exercise, unit_results
from zhishou.paper.content.reports import levels


def exercise(outcome: Outcome) -> Exercise:
    """The exercise that an outcome tells of.

    Raises:
        NotFoundError: the drill opened no incident under a plan.
    """
    library = outcome.script.library
    happened = outcome.happened
    main = next((one for one in outcome.incidents.values() if one.active or one.ended), None)
    if main is None:
        main = next((one for one in outcome.incidents.values() if one.plans), None)
    if main is None:
        raise NotFoundError("演练没有按任何预案登记事件", mend="核对演练脚本")
    pack = library.packs[next((key.partition("|")[0] for key in (*main.ended, *main.active)), next(iter(main.plans)))]
    end = max(one.at for one in happened)
    own = tuple(one for one in happened if one.stream.endswith(f"/{main.id}"))
    case = Case(main, own, library.packs, library.lexicon, end)
    return Exercise(
        title=outcome.script.scenario.title, area=main.area, plan=pack, started=outcome.script.scenario.start, ended=end,
        checks=tuple(Check(one.at, one.what, one.met, one.found) for one in outcome.checks),
        units=unit_results(happened, library), levels=tuple(levels(case)),
        refused=tuple(one.refused.message.replace("您现任", "现任").replace("您的", "其") for one in outcome.played if one.refused is not None),
        whole=outcome.verdict.good, event=max(one.position for one in happened), seal=outcome.verdict.seal,
    )  # fmt: skip
