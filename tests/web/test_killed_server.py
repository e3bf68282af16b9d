"""kill -9 of the server, or of its database, while clients give commands over HTTP and send again, under the same key, what was not done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from postgres import Server

PROGRAM = Path(__file__).resolve().parent.parent / "serving_under_fire.py"
KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


def under_fire(url: str, folder: Path, kills: int) -> dict[str, Any]:
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(PROGRAM), url, str(folder), str(kills), "1"], capture_output=True, text=True, check=False,
        timeout=620, env={**os.environ, "ZHISHOU_KEY": KEY},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def check(told: dict[str, Any]) -> None:
    assert told["clients"] == 0
    assert told["alive"] is True
    assert told["answered"] > told["kills"]
    assert told["lost"] == []
    assert told["twice"] == []
    assert told["unasked"] == []
    assert told["incidents"] == 4
    assert told["fired"] > 0
    assert told["wrongly_fired"] == []
    assert told["left"] == []
    assert told["unsound"] == []


def test_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path):
    told = under_fire(f"sqlite:///{tmp_path}/desk.db", tmp_path, 12)
    check(told)
    assert told["caught"] > 0, "no kill fell between a command's record and its answer"


@pytest.mark.usefixtures("postgres")  # says loudly where there is none; the one that is struck is the program's own
def test_neither_does_a_database_stopped_and_started_under_the_server(tmp_path: Path):
    told = under_fire("stopped", tmp_path, 3)
    check(told)
    assert told["away"] > 0, "the server did not say that the database was away"


def test_neither_do_kills_on_postgresql(postgres: Server, tmp_path: Path):
    url = postgres.fresh()
    check(under_fire(url, tmp_path, 4))
    postgres.drop(url)
