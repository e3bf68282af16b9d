"""Ten thousand people called on one machine: how soon a local gateway has all of them, how soon those of level I, in what memory.

Beside it apprise, the library that most programs of this kind send with, in its own loop to the same gateway. It keeps no
record, asks nobody whether the matter still stands, and forgets what it was about to send when it is killed; so it shows what
sending alone costs, and what the record, the claims and the second look cost besides.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from databases import DURABLE, databases
from timing import Row, Subject

HERE = Path(__file__).resolve().parent
PEOPLE, SEVERE, PEER = 10_000, 200, 1_000


@contextmanager
def gateway() -> Iterator[str]:
    """The port of a running gateway."""
    running = subprocess.Popen([sys.executable, str(HERE / "calling_gateway.py")], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
    finally:
        running.kill()
        running.wait()


def came(port: str) -> dict[str, Any]:
    """What the gateway says."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/came") as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def ours(url: str) -> dict[str, Any]:
    """One run in a process of its own."""
    with gateway() as port:
        run = subprocess.run(
            [sys.executable, str(HERE / "calling_child.py"), url, port, str(PEOPLE), str(SEVERE)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        told = json.loads(run.stdout.splitlines()[-1])
        times = came(port)
    severe = set(told["severe"])
    urgent = sorted(at - told["urgent"] for id_, at in times["times"].items() if id_[:12] in severe)
    every = sorted(times["times"].values())
    return told | {"all": every[-1] - told["begun"], "sending": every[-1] - told["opened"], "count": len(every),
                   "twice": times["twice"], "urgent_last": urgent[-1], "urgent_count": len(urgent)}  # fmt: skip


def peer() -> float:
    """Apprise to the same gateway: messages per second."""
    with gateway() as port:
        code = (
            "import apprise, time\n"
            f"one = apprise.Apprise(); [one.add('json://127.0.0.1:{port}/' + str(n)) for n in range({PEER})]\n"
            "begun = time.perf_counter(); assert one.notify(body='按预案到岗', title='值守')\n"
            "print(time.perf_counter() - begun)"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return PEER / float(run.stdout.splitlines()[-1])


def measure() -> Subject:
    """The section."""
    rows: list[Row] = []
    with databases() as urls:
        for name, url in urls.items():
            found = ours(url)
            assert (found["count"], found["urgent_count"]) == (PEOPLE, SEVERE), found
            rows += [
                Row(
                    f"{name}: {PEOPLE:,} people, from the first matter to the last message at the gateway",
                    f"{found['all']:.1f} s", "≤ 60 s",
                    f"{PEOPLE / found['all']:,.0f} a second; {found['all'] - found['sending']:.1f} s of it opening the calls; "
                    f"{found['twice']} given twice",
                ),
                Row(
                    f"{name}: {SEVERE} people of level I, while the flood is under way, the last of them",
                    f"{found['urgent_last']:.2f} s", "≤ 2 s", "from before their calls are opened",
                ),
                Row(f"{name}: peak memory of the whole process", f"{found['peak'] / 1e6:.0f} MB", "≤ 400 MB"),
            ]  # fmt: skip
            time.sleep(1)
    alone = peer()
    rows.append(Row("apprise alone, its own loop, no record", f"{alone:,.0f} a second", "", f"{PEER:,} addresses"))
    text = (
        f"{DURABLE} Every message is claimed, looked up once more, rendered, opened from its seal, given over HTTP and noted in "
        "the sealed record. apprise is given the addresses in memory and keeps nothing: it is no queue, and shows what sending "
        "alone costs in the way most programs of this kind do it."
    )
    return Subject("Calling ten thousand people", rows, text)


if __name__ == "__main__":
    print(measure())
