"""Processes of which each sends a command again and is killed at a point of the next: what `test_papers_killed.py` runs."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from desk.duty_rooms import Rooms

from zhishou import clock, database
from zhishou.acts import Actor
from zhishou.journal import SqlJournal, opened
from zhishou.paper.files import SqlFiles
from zhishou.paper.issuing import IssuePaper


def dying(kind: type, name: str, *, call: int, after: bool) -> None:
    """Have a method kill the process at its so-manieth call, before or after it has done its work."""
    own, calls = getattr(kind, name), iter(range(1, 100))

    def method(*given: Any, **more: Any) -> Any:
        last = next(calls) == call
        if last and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        made = own(*given, **more)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return made

    setattr(kind, name, method)


POINTS = {
    "before the first bytes": (SqlFiles, "keep", 1, False),
    "between the two forms": (SqlFiles, "keep", 2, False),
    "between the bytes and the event": (SqlJournal, "append", 1, False),
    "after the event, before the answer": (SqlJournal, "append", 1, True),
}


def night(url: str, again: str, point: str, key: str) -> str:
    """Send again what got no answer, then die at a point of the next: the number that was answered, if any."""
    rooms = Rooms(opened(database.engine(url)), clock.moment("2026-12-15T20:00"))
    officer = Actor("officer", "值班员甲", frozenset({"duty:jincheng"}))
    command = IssuePaper(kind="press_draft", incident="jincheng-2026-0001")
    number = rooms.desk.papers.issue("jincheng", command, officer, key=again).number if again else ""
    if point:
        os.write(ANSWER[1], number.encode())
        kind, name, call, after = POINTS[point]
        dying(kind, name, call=call, after=after)
        rooms.desk.papers.issue("jincheng", command, officer, key=key)
    return number


ANSWER = os.pipe()
"""What a child was answered before it died."""

if __name__ == "__main__":
    told = []
    for number, point in enumerate((*POINTS, ""), start=1):
        again = f"key{number - 1}" if number > 1 else ""
        pid = os.fork()
        if not pid:
            said = night(sys.argv[1], again, point, f"key{number}")
            if not point:
                os.write(ANSWER[1], said.encode())
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.set_blocking(ANSWER[0], False)
        try:
            said = os.read(ANSWER[0], 1000).decode()
        except BlockingIOError:
            said = ""
        told.append({"point": point, "status": status, "said": said})
    print(json.dumps(told, ensure_ascii=False))  # noqa: T201 - its answer
