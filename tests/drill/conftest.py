from __future__ import annotations

from collections.abc import Callable

import pytest

from zhishou.drill import exercise_desk, memory_record, read_scenario, run, shipped
from zhishou.drill.outcome import Outcome
from zhishou.drill.reading import Script
from zhishou.plan.load import Library

SMALL = """\
title: 小演练
note: 人物和数字虚构
plans: [gas-winter-2021]
start: 2026-12-15T16:00
rooms: [jincheng]
house: {promptly: 1 h}
people:
  duty: {name: 程甲, posts: [duty:jincheng]}
  director: {name: 郭乙, posts: [office_director]}
  commander: {name: 王丙, posts: [commander]}
steps:
  - by: duty
    give: open_incident
    with: {title: 缺气, subject: gas_supply_shortage, place: yangcheng}
  - at: +10 min
    by: duty
    state: {area: jincheng, facts: {全市天然气供需缺口: 6}}
    expect:
      - assessed: {level: II, clause: 4.2.2(1)}
  - at: +5 min
    by: director
    give: propose_level
    with: {level: II}
  - by: director
    give: decide_proposal
    refused: {code: post, clause: 4.2.2.1}
  - at: T+20 min
    by: commander
    give: decide_proposal
    expect:
      - level: {level: II}
      - task: {is: 上报省指挥部, status: issued, due: T+1 h 20 min, clause: 4.2.2.2(4)}
      - incident: {status: open, tasks: 8}
  - at: T+1 h
    by: director
    give: accept_task
    with: {task: 上报省指挥部}
  - at: T+1 h 30 min
    by: director
    give: finish_task
    with: {task: 上报省指挥部, note: 已报}
    expect:
      - event: {type: duty_met, where: {late: true}}
expect:
  - event: {type: duty_missed, where: {duty: task/t7}, between: [T+1 h 20 min, T+1 h 21 min], times: 1}
"""
"""A drill small enough to be read at a glance; tests change a word of it."""


def played(script: Script) -> Outcome:
    """A scenario run in memory."""
    return run(script, exercise_desk(memory_record(script), script))


@pytest.fixture(scope="session")
def small(packs: Library) -> Callable[..., Script]:
    """The small drill, with words of it changed."""

    def made(*changes: tuple[str, str]) -> Script:
        text = SMALL
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        return read_scenario(text, "small.yaml", packs)

    return made


@pytest.fixture(scope="session")
def scripts(packs: Library) -> dict[str, Script]:
    """The shipped scenarios."""
    return {name: read_scenario(file.read_text("utf-8"), file.name, packs) for name, file in shipped().items()}


@pytest.fixture(scope="session")
def outcomes(scripts: dict[str, Script]) -> dict[str, Outcome]:
    """The shipped scenarios, each run once in memory."""
    return {name: played(script) for name, script in scripts.items()}
