"""Two emergencies from the first call to the review, in fast-forward: the cold wave in Jincheng, and a blown-out gas well.

Both go through the very desk that a duty room uses, on a record of their own that is marked as an exercise; the record is
anchored outside the database and then verified by the command that a duty room types. Events, people and figures are made up.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from zhishou import database
from zhishou.drill import exercise_desk, read_scenario, record_id, review, run, shipped
from zhishou.drill.outcome import Outcome
from zhishou.drill.story import story
from zhishou.journal import found
from zhishou.journal.anchors import cast, taken
from zhishou.plan.load import Library, library

NIGHTS = ("gas-winter-2021", "cbm-surface-2020")
COLOURS = (
    ("✗", "red"),
    ("△", "yellow"),
    ("⊘", "magenta"),
    ("级别已决定", "bold"),
    ("级别已结束", "bold"),
    ("◇", "cyan"),
)
CONSOLE = Console(soft_wrap=True, highlight=False)


def main() -> None:
    """Tell both."""
    shelf = library()
    say("指挥演示：从第一个电话到评估归档（演练，人物和数字虚构）")
    say("✓ 按时　△ 迟办　✗ 逾期　⊘ 无权或不合规定，被拒　〔条款〕\n")
    with tempfile.TemporaryDirectory() as folder:
        for name in NIGHTS:
            tell(name, Path(folder), shelf)
    others = len(shipped()) - len(NIGHTS)
    say(f"另有 {others} 个预案的情景：zhishou drill list；完整经过和评分：zhishou drill run 名称。")


def tell(name: str, folder: Path, shelf: Library) -> None:
    """Run one on a database of its own, tell it, and verify the record."""
    file = shipped()[name]
    script = read_scenario(file.read_text("utf-8"), file.name, shelf)
    url, anchors = f"sqlite:///{folder}/{name}.db", folder / f"{name}.anchors"
    engine = database.engine(url)
    database.upgrade(engine)
    journal = found(engine, record_id(script), script.scenario.start, exercise=True)
    outcome = run(script, exercise_desk(journal, script))
    cast(taken(journal), anchors)
    journal.close()
    engine.dispose()
    say(f"━━ {script.scenario.title}　{shelf.pack(script.scenario.plans[0]).plan.number}")
    for line in story(outcome, brief=True):
        say(line)
    say(summary(outcome))
    say(zhishou("journal", "verify", "--database", url, "--anchors", str(anchors)))


def summary(outcome: Outcome) -> str:
    """What the drill comes to."""
    score = review(outcome.happened, outcome.script.library)
    kept, late = (sum(getattr(unit, what) for unit in score.units) for what in ("kept", "late"))
    missed = sum(unit.missed for unit in score.units)
    met = len(outcome.checks) - len(outcome.unmet)
    return f"\n核对预案 {met}/{len(outcome.checks)} 条相符；时限按时 {kept} 次、迟办 {late} 次、逾期 {missed} 次"


def zhishou(*arguments: str) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "zhishou", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


def say(line: str) -> None:
    """Print a line, coloured where a terminal shows it."""
    CONSOLE.print(Text(line, style=next((colour for sign, colour in COLOURS if sign in line), "")))


if __name__ == "__main__":
    main()
