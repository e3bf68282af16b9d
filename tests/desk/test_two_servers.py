"""Two servers on one database: no update is lost, no number given twice, what rests on an old version is refused, deadlines fire once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from postgres import Server

HAMMERING = Path(__file__).resolve().parent.parent / "hammering.py"


def hammered(url: str) -> dict[str, Any]:
    """What came of it."""
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(HAMMERING), url], capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_two_servers_lose_nothing_and_give_nothing_twice(postgres: Server):
    url = postgres.fresh()
    told = hammered(url)
    postgres.drop(url)
    check(told)
    # what all this rests on: the servers' commands did fall between each other's
    order = [command.split(".")[0] for command, *_ in told["entries"] if command[:2] in {"0.", "1."}]
    assert sum(one != other for one, other in pairwise(order)) > 5


def test_neither_do_two_processes_on_one_file(tmp_path: Path):
    check(hammered(f"sqlite:///{tmp_path}/desk.db"))


def check(told: dict[str, Any]) -> None:
    said = [one for server in told["servers"] for one in server["said"]]
    done = [one for one in said if "stale" not in one]
    stale = [one for one in said if "stale" in one]
    first = {command: (stream, version) for command, stream, version, _ in reversed(told["entries"])}
    # what was acknowledged is in the record, what was refused is not
    assert {one["key"] for one in done} <= first.keys()
    assert not {one["key"] for one in stale} & first.keys()
    # a command tied to a version follows that version at once; one on an older version never does
    assert all(first[one["key"]][1] == one["seen"] + 1 for one in done if one["kind"] == "fresh")
    assert not [one for one in done if one["kind"] == "stale"]
    assert not [one for one in stale if one["kind"] not in {"fresh", "stale"}]
    # each task, report and incident has a number of its own, and none is missing
    texts = Counter(one["key"] for one in done if one["kind"] == "any task")
    assert Counter(told["tasks"].values()) == texts
    assert list(told["tasks"]) == [f"t{number}" for number in range(1, len(texts) + 1)]
    calls = Counter(one["key"] for one in done if one["kind"] == "any")
    assert Counter(told["reports"].values()) - Counter(["来电"]) == calls
    opened = sorted(one["incident"] for one in done if one["kind"] == "open")
    assert len(set(opened)) == len(opened)
    assert sorted(told["incidents"]) == sorted([told["incident"], *opened])
    assert {one.rsplit("-", 1)[1] for one in told["incidents"]} == {f"{n:04d}" for n in range(1, len(opened) + 2)}
    # deadlines: both recorded them at once, none is left, none came twice
    fired = Counter(one for server in told["servers"] for one in server["fired"])
    assert fired
    assert max(fired.values()) == 1
    assert sum(kind == "duty_missed" for *_, kind in told["entries"]) == fired.total()
    assert told["left"] == []
