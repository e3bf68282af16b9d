"""The flash report form, as the plan's annex prints it; what the record does not know stays empty for the pen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zhishou.errors import RefusedError
from zhishou.incident.casualties import CASUALTIES
from zhishou.paper import words
from zhishou.paper.case import Case, duty_room
from zhishou.paper.content.reports import newest_items
from zhishou.paper.content.wish import Wish
from zhishou.paper.value import Citation, Form, Paper, Signatures, blank


def flash_report(case: Case, wish: Wish) -> Paper:
    """The form.

    Raises:
        RefusedError: the plan prescribes none.
    """
    pack = case.pack(wish.plan)
    form = next((one for one in pack.forms.forms if one.id == "flash_report"), None)
    if form is None:
        raise RefusedError("这个预案没有规定信息快报表", where=pack.plan.short, mend="出情况报告（首报）")
    told = newest_items(dict(case.state.reports))
    seen: set[str] = set()
    rows = []
    for name in form.fields:
        # The same heading may stand twice: whose telephone it is then, only its place tells.
        label = f"{name}（填报单位）" if name in seen else name
        seen.add(name)
        rows.append((name, told.get(name) or _known(case, name) or blank(label)))
    return Paper(
        kind="flash_report", area=case.state.area, issuer=duty_room(case.lexicon, case.state.area), title=form.title,
        made=case.at, body=(Form(tuple(rows)), Signatures(("审核人", "填报人"))), rests_on=(Citation(pack.id, form.clause),),
        basis=f"表式依据{words.cited(pack, form.clause, numbered=True)}", event=case.newest, plan=pack.id,
        incident=case.state.id, exercise=case.state.exercise,
    )  # fmt: skip


def _known(case: Case, name: str) -> str:
    fill = _FILL.get(name)
    return fill(case) if fill else ""


def _count(case: Case, *kinds: str) -> str:
    hurt = case.state.casualties
    found = [hurt[kind] for kind in kinds if kind in hurt]
    return f"{sum(found)}人" if found else ""


def _loss(case: Case) -> str:
    one = case.state.facts.get("direct_loss")
    return words.fact(case.lexicon.facts["direct_loss"], one.given).partition("为")[2] if one else ""


def _first(case: Case) -> str:
    first = min(case.state.reports.values(), key=lambda one: one.at, default=None)
    return case.unit(first.sender) if first else ""


def _told(case: Case) -> str:
    """What reports said, in order; the refuted ones left out."""
    said = [one.text for one in sorted(case.state.reports.values(), key=lambda one: one.at) if one.status != "refuted"]
    return "".join(words.sentence(text) for text in dict.fromkeys(said) if text.strip())


def _subject(case: Case) -> str:
    found = case.lexicon.subjects.get(case.state.subject)
    return found.label if found else ""


def _hurt(case: Case) -> str:
    hurt = case.state.casualties
    counted = "、".join(f"{label}{hurt[kind]}人" for kind, label in CASUALTIES.items() if kind in hurt)
    return f"{counted}。" if counted else ""


_FILL: Mapping[str, Callable[[Case], str]] = {
    "事故单位": lambda case: words.listed(map(case.unit, case.state.roles.get("incident_unit", ()))),
    "事故时间": lambda case: words.moment(case.state.occurred) if case.state.occurred else "",
    "事故类型": _subject,
    "死亡人数": lambda case: _count(case, "deaths"),
    "受伤人数": lambda case: _count(case, "serious_injuries", "minor_injuries"),
    "事故地点": lambda case: case.place,
    "初步直接经济损失": _loss,
    "报告单位": _first,
    "报告内容": _told,
    "事故简要情况": _told,
    "伤亡人员情况": _hurt,
    "填报单位": lambda case: duty_room(case.lexicon, case.state.area),
    "填报时间": lambda case: words.moment(case.at),
    "汇报时间": lambda case: words.moment(case.at),
}
"""Field of a form → what the record knows of it."""
