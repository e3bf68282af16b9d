"""A desk that is killed: appends without end and says on its output what was accepted. Run by test_killed.py."""

from __future__ import annotations

import sys
import threading
from itertools import count

from records import EVENING, act, drafts, row

from zhishou import database
from zhishou.journal import Write, found

URL, ROUND = sys.argv[1:]


def main() -> None:
    engine = database.engine(URL)
    database.upgrade(engine)
    journal = found(engine, "record-1", EVENING, exercise=False)
    lock = threading.Lock()

    def work(name: str) -> None:
        version = journal.version(name)
        for number in count():
            command = f"{name}-{ROUND}-{number}"
            journal.append([Write(name, version + number, drafts(number))], act(command), [row(command)])
            with lock:
                print(command, flush=True)  # noqa: T201 - what the test reads

    for name in ("a", "b", "c"):
        threading.Thread(target=work, args=(name,)).start()


main()
