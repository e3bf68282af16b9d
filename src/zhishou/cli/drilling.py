"""zhishou drill list|run|schema: a scenario found, run in memory or on a new database, and told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from zhishou import database
from zhishou.drill import exercise_desk, memory_record, read_scenario, record_id, review, run, shipped, story
from zhishou.drill.outcome import Outcome
from zhishou.drill.reading import Script
from zhishou.drill.schema import scenario_schema
from zhishou.errors import NotFoundError
from zhishou.incident import scoring
from zhishou.journal import Journal, found
from zhishou.plan.load import Library, library


def listed(*, as_json: bool) -> str:
    """The scenarios that come with the house."""
    shelf = library()
    scripts = {name: script(str(file), shelf) for name, file in shipped().items()}
    if as_json:
        rows = [
            {"name": name, "title": one.scenario.title, "plans": list(one.scenario.plans), "steps": len(one.moments)}
            for name, one in scripts.items()
        ]
        return json.dumps(rows, ensure_ascii=False, indent=2)
    return "\n".join(
        f"{name}\n    {one.scenario.title}　"
        f"《{'》《'.join(shelf.pack(plan).plan.short for plan in one.scenario.plans)}》{len(one.moments)} 步"
        for name, one in scripts.items()
    )


def script(name: str, shelf: Library) -> Script:
    """A scenario from a file, or one that comes with the house by its name.

    Raises:
        NotFoundError: there is none.
        PackError: it is not right; with every problem, each with file, line and mend.
    """
    file = shipped().get(name, Path(name))
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise NotFoundError("不是 UTF-8 文本", where=str(file), mend="另存为 UTF-8 编码") from None
    except OSError:
        mend = f"写文件路径，或附带情景的名称：{'、'.join(shipped())}"
        raise NotFoundError(f"没有“{name}”这个情景", mend=mend) from None
    return read_scenario(text, file.name, shelf)


@contextmanager
def record(url: str | None, one: Script) -> Iterator[Journal]:
    """Where the drill is recorded: in memory, or in a new database."""
    if not url:
        yield memory_record(one)
        return
    engine = database.engine(url)
    try:
        database.upgrade(engine)
        kept = found(engine, record_id(one), one.scenario.start, exercise=True)
        yield kept
        kept.close()
    finally:
        engine.dispose()


def ran(name: str, url: str | None, *, brief: bool, as_json: bool) -> tuple[str, bool]:
    """What to print of a drill, and whether everything came as expected."""
    one = script(name, library())
    with record(url, one) as journal:
        outcome = run(one, exercise_desk(journal, one))
    score = review(outcome.happened, one.library)
    if as_json:
        return json.dumps(_told(outcome), ensure_ascii=False, indent=2, default=str), outcome.good
    return f"{story.told(outcome, brief=brief)}\n\n{scoring.told(score)}", outcome.good


def _told(outcome: Outcome) -> dict[str, Any]:
    score = review(outcome.happened, outcome.script.library)
    return {
        "title": outcome.script.scenario.title,
        "note": outcome.script.scenario.note,
        "plans": list(outcome.script.scenario.plans),
        "good": outcome.good,
        "met": len(outcome.checks) - len(outcome.unmet),
        "checks": [asdict(one) | {"at": one.at.isoformat()} for one in outcome.checks],
        "incidents": {name: state.id for name, state in outcome.incidents.items()},
        "story": list(story.story(outcome)),
        "score": {
            "punctual": score.punctual, "finished": score.finished, "complete": score.complete,
            "units": [asdict(unit) for unit in score.units],
            "reports": [asdict(one) | {"at": one.at.isoformat()} for one in score.reports],
        },
        "record": asdict(outcome.verdict),
    }  # fmt: skip


def schema(write: Path | None) -> None:
    """Print or write the JSON Schema of a scenario."""
    text = json.dumps(scenario_schema(), ensure_ascii=False, indent=2)
    if write is None:
        typer.echo(text)
        return
    write.parent.mkdir(parents=True, exist_ok=True)
    write.write_text(text + "\n", "utf-8")
    typer.echo(f"写入 {write}")
