"""kill -9 and power cuts while commands flow: nothing that was acknowledged is lost, nothing is done twice, every deadline fires once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from postgres import Server

KILLING = Path(__file__).resolve().parent.parent / "killing.py"


def under_fire(*arguments: str) -> dict[str, Any]:
    """What came of a night under fire."""
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(KILLING), *arguments], capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def check(told: dict[str, Any], strikes: int) -> None:
    """The record must be that of the night which nothing disturbed, stream by stream, and sound in itself."""
    assert told["struck"] >= strikes
    assert told["fired"] > 0
    assert told["unanswered"] == []
    assert told["differing"] == []
    assert told["streams"] == []
    assert told["deadlines"] is True
    assert told["unsound"] == []


def test_one_duty_officer_and_two_hundred_kills(tmp_path: Path):
    told = under_fire(f"sqlite:///{tmp_path}/desk.db", "--phases", "260", "--strikes", "200")
    check(told, 200)
    assert told["caught"] > 0, "no kill fell between a command's record and its acknowledgement"
    assert told["same_seal"] is True, "what the desk does of itself came in another order or number"


def test_five_duty_rooms_at_once_killed(tmp_path: Path):
    check(under_fire(f"sqlite:///{tmp_path}/desk.db", "--lanes", "5", "--phases", "30", "--strikes", "30"), 30)


def test_killed_on_postgresql(postgres: Server):
    url = postgres.fresh()
    told = under_fire(url, "--phases", "40", "--strikes", "16", "--seed", "3")
    check(told, 16)
    assert told["same_seal"] is True
    postgres.drop(url)


def test_two_servers_on_one_postgresql_killed(postgres: Server):
    url = postgres.fresh()
    check(under_fire(url, "--lanes", "4", "--workers", "2", "--phases", "16", "--strikes", "12", "--seed", "4"), 12)
    postgres.drop(url)


@pytest.mark.usefixtures("postgres")  # says loudly where there is none; the one that is struck is the program's own
def test_postgresql_stopped_and_started_under_two_servers():
    check(under_fire("stopped", "--lanes", "4", "--workers", "2", "--phases", "14", "--strikes", "4", "--seed", "5"), 4)
