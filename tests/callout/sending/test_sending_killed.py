"""kill -9 while messages are sent to a real gateway over HTTP: none is lost, none is given twice that must not be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from postgres import Server

CALLING = Path(__file__).resolve().parents[2] / "calling.py"


def sent(*arguments: str) -> dict[str, Any]:
    """What came of it."""
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(CALLING), *arguments], capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told


def check(told: dict[str, Any], kills: int) -> None:
    assert told["killed"] == kills
    assert told["queued"] >= told["calls"]
    assert told["left"] == 0
    assert told["unnoted"] == []
    assert told["noted_twice"] == []
    assert told["accepted_unheard"] == []
    assert told["strange"] == []
    assert told["numbers_in_record"] == 0


def test_a_gateway_that_honours_keys_gets_every_message(tmp_path: Path):
    told = sent(f"sqlite:///{tmp_path}/desk.db", "--kills", "6", "--incidents", "5")
    check(told, 6)
    assert told["unknown"] == 0, "what was begun is given again under the same key, and then it is known"
    assert told["asked_again"] > 0, "no kill fell between the gateway's taking it and the note of it"


def test_a_gateway_that_does_not_is_asked_once_and_the_rest_is_unknown(tmp_path: Path):
    told = sent(f"sqlite:///{tmp_path}/desk.db", "--kills", "6", "--incidents", "5", "--no-keys")
    check(told, 6)
    assert told["asked_again"] == 0
    assert told["unknown"] > 0, "no kill fell while something was being sent"


def test_two_servers_on_one_postgresql(postgres: Server):
    url = postgres.fresh()
    told = sent(url, "--servers", "2", "--kills", "6", "--incidents", "5", "--seed", "3")
    postgres.drop(url)
    check(told, 6)
    assert told["unknown"] == 0


def test_two_servers_that_nobody_kills_give_each_message_once(postgres: Server):
    url = postgres.fresh()
    told = sent(url, "--servers", "2", "--incidents", "5", "--kills", "0", "--no-keys", "--lease", "60")
    postgres.drop(url)
    check(told, 0)
    assert told["asked_again"] == 0
    assert told["unknown"] == 0
