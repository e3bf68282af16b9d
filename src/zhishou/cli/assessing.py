"""zhishou assess: facts from a file, every plan in force, an answer for a duty officer or for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from zhishou import clock
from zhishou.assess import Assessment, assess, assess_all, situation
from zhishou.assess.report import Report, dumped
from zhishou.assess.situation import Situation
from zhishou.cli import night
from zhishou.errors import FactsError, NotFoundError, ZhishouError
from zhishou.plan import marks
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.load import Library, library


def run(plans: list[str], facts: str, at: str | None, area: str | None, *, as_json: bool, measures: bool) -> None:
    """Read, assess and print."""
    typer.echo(answer(plans, facts, at, area, as_json=as_json, measures=measures))


def answer(plans: list[str], facts: str, at: str | None, area: str | None, *, as_json: bool, measures: bool) -> str:
    """Read and assess; the answer as text or JSON."""
    shelf = library()
    marked, data = _read(facts)
    given = _named(_situation(marked, data, shelf.lexicon), marked, shelf)
    stated = at if at is not None else data.get("at")
    moment = clock.moment(str(stated)) if stated is not None else clock.moment(datetime.now(UTC))
    area_id = shelf.lexicon.area(str(area or data.get("area") or _only_area(shelf, plans)))
    if plans:
        answers: tuple[Assessment, ...] = tuple(assess(shelf.pack(name), given, moment) for name in plans)
    else:
        answers = assess_all(shelf.for_area(area_id), given, moment)
        if not answers:
            raise NotFoundError(
                f"{shelf.lexicon.areas[area_id].label}在 {moment:%Y-%m-%d} 没有有效的预案", mend="换地区或时间"
            )
    note = str(data.get("note") or "")
    if as_json:
        return dumped(Report(at=moment.isoformat(), area=area_id, note=note, plans=answers))
    return night.told(answers, shelf, moment, area_id, note, measures=measures)


def _read(name: str) -> tuple[marks.Marked, Mapping[str, Any]]:
    if name == "-":
        if sys.stdin.isatty():  # nobody should wait before an empty screen
            raise ZhishouError("没有给要素", mend="加 --facts 文件名；示例见 examples/cold-night.yaml")
        given, shown = sys.stdin.buffer.read(), "标准输入"
    else:
        path = Path(name)
        if not path.is_file():
            raise NotFoundError(f"没有要素文件 {name}", mend="检查文件名，或用 --facts - 从标准输入读")
        given, shown = path.read_bytes(), name
    try:
        text = given.decode("utf-8")
    except UnicodeDecodeError:
        raise ZhishouError("要素文件不是 UTF-8 文本", where=shown, mend="另存为 UTF-8 编码") from None
    if text.lstrip().startswith("{") and name.endswith(".json"):
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            raise ZhishouError(
                f"不是合法的 JSON：{error.msg}", where=f"{shown}:{error.lineno}", mend="检查这一行的逗号和引号"
            ) from None
    marked = marks.read(text, shown)
    data = marked.data if marked.data is not None else {}
    if not isinstance(data, Mapping) or not set(data) <= {"facts", "judgements", "area", "at", "note"}:
        raise ZhishouError(
            "要素文件的顶层只能有 facts、judgements、area、at、note",
            where=marked.place(()),
            mend="把要素写在 facts: 之下",
        )
    return marked, data


def _situation(marked: marks.Marked, data: Mapping[str, Any], lexicon: Lexicon) -> Situation:
    try:
        return situation(data, lexicon)
    except FactsError as error:
        raise FactsError(
            ZhishouError(
                p.message, where=f"{marked.place(p.path)} {p.where}" if p.path else p.where, mend=p.mend, path=p.path
            )
            for p in error.problems
        ) from None


def _only_area(shelf: Library, plans: list[str]) -> str:
    areas = {shelf.pack(name).plan.area for name in plans}
    if len(areas) == 1:
        return areas.pop()
    if areas:
        return max(areas, key=lambda area: len(shelf.lexicon.upward(area)))
    raise NotFoundError("没有写地区", mend="加 --area 晋城，或在要素文件里写 area，或写明预案")


def _named(given: Situation, marked: marks.Marked, shelf: Library) -> Situation:
    """The situation with every judgement under its plan's full id, so that none is passed over for a short name."""
    judgements = []
    for index, judgement in enumerate(given.judgements):
        try:
            judgements.append(replace(judgement, plan=shelf.pack(judgement.plan).id))
        except NotFoundError as error:
            where = f"{marked.place(('judgements', index))} 第{index + 1}项认定"
            raise NotFoundError(error.message, where=where, mend=error.mend) from None
    return replace(given, judgements=tuple(judgements))
