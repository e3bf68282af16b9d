"""The runner: what was expected and did not come is told with its line; a real record is never touched; time passes once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from drill.conftest import SMALL, played

from zhishou import database
from zhishou.desk import Desk
from zhishou.drill import exercise_desk, memory_record, run
from zhishou.drill.reading import Script
from zhishou.drill.story import end, story
from zhishou.errors import JournalError
from zhishou.incident.deadlines import DutyMissed
from zhishou.journal import MemoryJournal, found


def test_the_small_drill_comes_as_expected(small: Callable[..., Script]):
    outcome = played(small())
    assert outcome.good
    assert len(outcome.checks) == 7, "six expectations and one refusal"


@pytest.mark.parametrize(
    ("old", "new", "found_instead"),
    [
        ("assessed: {level: II,", "assessed: {level: I,", "级别应为I，是II"),
        ("- level: {level: II}", "- level: {level: III}", "在生效的是II"),
        ("status: issued, due: T+1 h 20 min", "status: done, due: T+1 h 20 min", "状态应为done，是issued"),
        ("status: issued, due: T+1 h 20 min", "status: issued, due: T+1 h 21 min", "应于应为12-15 17:21，是12-15 17:20"),
        ("due: T+1 h 20 min, clause: 4.2.2.2(4)", "due: T+1 h 20 min, clause: 4.2.2.2(5)", "是4.2.2.2(4)"),
        ("tasks: 8}", "tasks: 9}", "任务 issued应为9，是8"),
        ("where: {late: true}", "where: {late: false}", "有 0 次；同类的有 1 次"),
        ("between: [T+1 h 20 min, T+1 h 21 min]", "between: [T+2 h, T+3 h]", "有 0 次；同类的有 2 次"),
        ("times: 1}", "times: 2}", "有 1 次"),
        ("refused: {code: post, clause: 4.2.2.1}", "refused: {code: own_proposal, clause: 4.2.2.1}", "代码 post"),
        ("refused: {code: post, clause: 4.2.2.1}", 'refused: {code: post, clause: "2.1"}', "引〔4.2.2.1〕"),
        ("is: 上报省指挥部, status", "is: 上报省里, status", "没有“上报省里”这项任务"),
    ],
)  # fmt: skip
def test_a_wrong_expectation_is_told_with_its_line(
    small: Callable[..., Script], old: str, new: str, found_instead: str
):
    outcome = played(small((old, new)))
    (unmet,) = outcome.unmet
    assert not outcome.good
    assert outcome.verdict.good, "the record is whole all the same"
    line = SMALL[: SMALL.index(old)].count("\n") + 1
    assert unmet.place in {f"small.yaml:{line}", f"small.yaml:{line - 2}"}, "a refusal is told at its step"
    assert found_instead in unmet.found
    assert any(unmet.place in text and found_instead in text for text in end(outcome))


def test_a_step_that_was_refused_unexpectedly_is_told(small: Callable[..., Script]):
    outcome = played(small(("    refused: {code: post, clause: 4.2.2.1}\n", "")))
    (unmet,) = outcome.unmet
    assert unmet.what == "办成"
    assert "不在您的职权之内" in unmet.found


def test_a_step_that_was_not_refused_is_told(small: Callable[..., Script]):
    before, after = "  - at: T+1 h\n    by: director\n", "    with: {task: 上报省指挥部}\n"
    outcome = played(small((after, f"{after}    refused: {{code: post}}\n")))
    assert before in SMALL
    assert [(one.what, one.found) for one in outcome.unmet] == [("被拒，代码 post", "没有被拒，已办成")]


def test_a_drill_goes_into_no_real_record(small: Callable[..., Script]):
    script = small()
    real = MemoryJournal("real", script.scenario.start, exercise=False)
    with pytest.raises(JournalError, match="正式记录"):
        exercise_desk(real, script)

    def smuggled(now: Callable[[], datetime]) -> Desk:
        return Desk(real, script.library, machine="drill", now=now)

    with pytest.raises(JournalError, match="正式记录"):
        run(script, smuggled)
    assert real.head().position == 0


def test_a_real_database_takes_no_drill_and_a_drill_no_real_desk(small: Callable[..., Script], tmp_path: Path):
    script = small()
    engine = database.engine(f"sqlite:///{tmp_path}/real.db")
    database.upgrade(engine)
    real = found(engine, "real", script.scenario.start, exercise=False)
    with pytest.raises(JournalError, match="正式记录"):
        found(engine, "drill", script.scenario.start, exercise=True)
    assert real.head().position == 0
    real.close()
    engine.dispose()


def test_a_used_record_is_refused(small: Callable[..., Script]):
    script = small()
    journal = memory_record(script)
    run(script, exercise_desk(journal, script))
    with pytest.raises(JournalError, match="已有内容"):
        exercise_desk(journal, script)


def test_a_clock_that_jumps_misses_every_deadline_once(small: Callable[..., Script]):
    """Five hours without power: what passed meanwhile is recorded when the desk wakes, once, with the moment it was due."""
    jumped = small(("  - at: T+1 h 30 min\n    by", "  - at: T+1 h 5 min\n    clock: +5 h\n  - at: +0 min\n    by"),
                   ("between: [T+1 h 20 min, T+1 h 21 min]", "between: [T+6 h 5 min, T+6 h 5 min]"))  # fmt: skip
    outcome = played(jumped)
    assert outcome.good
    missed = [one for one in outcome.happened if isinstance(one.event, DutyMissed) and one.event.duty == "task/t7"]
    assert [(f"{one.event.due:%H:%M}", f"{one.recorded:%H:%M}") for one in missed] == [("17:20", "22:05")]
    lines = list(story(outcome))
    jump = next(number for number, line in enumerate(lines) if "时钟跳动" in line)
    assert "✗ 逾期" in lines[jump + 1], "told after the jump that let it pass"


def test_a_clock_set_back_misses_nothing_twice(small: Callable[..., Script]):
    back = small(
        ("  - at: T+1 h 30 min\n    by", '  - at: T+1 h 25 min\n    clock: "-30 min"\n  - at: T+1 h 30 min\n    by')
    )
    assert played(back).good


def test_a_restart_is_told_and_changes_nothing_else(small: Callable[..., Script]):
    restarted = played(small(("  - at: T+1 h\n    by: director", "  - restart: true\n  - at: T+1 h\n    by: director")))
    assert restarted.good
    lines = [line for line in story(restarted) if "▣" not in line]
    assert lines == list(story(played(small())))
