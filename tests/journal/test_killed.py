"""kill -9 at any moment: what was accepted is there, once, and the record is whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Engine

from zhishou.journal import opened, verify

ROUNDS = 5


def test_what_was_accepted_outlives_the_process(engine: Engine):
    url = engine.url.render_as_string(hide_password=False)
    program = Path(__file__).parent / "killed.py"
    path = str(Path(__file__).parents[1])
    chance = random.Random(11)  # noqa: S311 - moments, not secrets
    accepted: list[str] = []
    for number in range(ROUNDS):
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(program), url, str(number)],
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": path},
        ) as desk:
            assert desk.stdout is not None
            accepted.append(desk.stdout.readline().strip())
            time.sleep(chance.uniform(0.0, 0.15))
            desk.kill()
            lines = desk.stdout.read().split("\n")
            accepted += lines[:-1]  # the last may have been torn while it was said
        journal = opened(engine)
        entries = journal.since(0, 1_000_000)
        made = [entry.command for entry in entries]
        assert len(set(made)) == len(made)
        assert set(accepted) <= set(made)
        assert journal.count("b") == len(made)
        assert verify(journal).good
    assert len(accepted) > ROUNDS * 3
