"""kill -9 between a paper's number and its bytes: no number is lost, none is given twice, and no event names what is not there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from paper.issuing_to_death import POINTS
from paper.paper_nights import Rooms

from zhishou import clock, database
from zhishou.incident.opening import OpenIncident
from zhishou.journal import found, opened, verify

SCRIPT = Path(__file__).parent / "issuing_to_death.py"


def test_numbers_have_no_holes_wherever_the_machine_dies(tmp_path: Path):
    engine = database.engine(f"sqlite:///{tmp_path}/desk.db")
    database.upgrade(engine)
    at = clock.moment("2026-12-15T19:00")
    rooms = Rooms(found(engine, "killed", at, exercise=False), at).people()
    rooms.open("city", OpenIncident(title="供气紧张", subject="gas_supply_shortage", place="jincheng"))
    engine.dispose()
    done = subprocess.run(  # noqa: S603 - this interpreter, on a script of ours
        [sys.executable, str(SCRIPT), f"sqlite:///{tmp_path}/desk.db"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [one["point"] for one in told] == [*POINTS, ""]
    for number, one in enumerate(told):
        assert one["status"] == (-signal.SIGKILL if one["point"] else 0), one
        assert one["said"] == (f"晋城市通稿〔2026〕{number}号" if number else ""), (
            one
        )  # what got no answer is sent again
    engine = database.engine(f"sqlite:///{tmp_path}/desk.db")
    rooms = Rooms(opened(engine), at)
    issued = rooms.desk.papers.all("jincheng")
    assert [one.number for one in issued] == [f"晋城市通稿〔2026〕{number}号" for number in range(1, len(POINTS) + 1)]
    assert all(all(rooms.desk.papers.bytes_of(one.number)) for one in issued)
    assert verify(rooms.journal).good
    engine.dispose()
