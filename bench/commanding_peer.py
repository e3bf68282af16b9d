"""The yardstick for commands: DBOS workflows on SQLite, in a process of their own because DBOS is one per process.

A command is a workflow that checks what it was given and has one step that writes. Three ways: as DBOS comes (its file in
rollback mode); with its file in WAL mode; and, in WAL mode, with the step a transaction that puts the event into a table
by stream and version, as whoever builds a record on it would have to. Each workflow has an id, so that a repeated one
does nothing twice. SQLite's own default, `synchronous=FULL`, holds in all three: every commit waits for the disk.

It reads from stdin lines `threads hot seconds` and answers each with a line of JSON: wall time, and one time for each command, s.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy
from crowd import crowd
from dbos import DBOS, SetWorkflowID, SQLAlchemyDatasource

WAYS = {"rollback": "as it comes", "wal": "file in WAL mode", "table": "in WAL mode, into a table of events"}
_EVENTS = """CREATE TABLE events (stream TEXT, version INTEGER, said TEXT, PRIMARY KEY (stream, version))"""
_NEXT = "INSERT INTO events SELECT :stream, 1 + coalesce(max(version), 0), :said FROM events WHERE stream = :stream"


def commands(folder: Path, way: str) -> Callable[[str, str], Any]:
    """A launched DBOS and its workflow: stream and text of a command → what it wrote."""
    file, own = folder / "dbos.db", folder / "events.db"
    for one in (file, own):
        with sqlite3.connect(one) as connection:
            if way != "rollback":
                connection.execute("PRAGMA journal_mode=WAL")
            if one == own:
                connection.execute(_EVENTS)
    source = SQLAlchemyDatasource.create(f"sqlite:///{own}")
    DBOS(config={"name": "peer", "system_database_url": f"sqlite:///{file}", "log_level": "ERROR"})

    @DBOS.step()
    def plainly(stream: str, said: str) -> dict[str, str]:
        return {"stream": stream, "said": said}

    @source.transaction
    def into_table(stream: str, said: str) -> dict[str, str]:
        source.sql_session().execute(sqlalchemy.text(_NEXT), {"stream": stream, "said": said})
        return {"stream": stream, "said": said}

    written = into_table if way == "table" else plainly

    @DBOS.workflow()
    def command(stream: str, said: str) -> dict[str, str]:
        if not said or len(said) > 20_000:
            raise ValueError(said)
        return written(stream, said)

    DBOS.launch()
    return command


def main(folder: Path, way: str) -> None:
    """Answer what is asked until stdin ends."""
    command, numbers, runs = commands(folder, way), count(), count()
    print("ready", flush=True)

    def give(stream: str) -> None:
        with SetWorkflowID(f"command-{next(numbers)}"):
            command(stream, "续报情况：现场已警戒，伤员已送医")

    for line in sys.stdin:
        threads, hot, seconds = line.split()
        run = next(runs)
        acts = [partial(give, f"{run}-{0 if hot == 'hot' else number}") for number in range(int(threads))]
        wall, taken = crowd(acts, float(seconds))
        print(json.dumps({"wall": wall, "taken": taken}), flush=True)
    DBOS.destroy()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
