"""The server, or its database, killed again and again while clients give commands and send what was not done once more; a program.

The socket stays open in the parent, as a service manager keeps it, so that clients wait and are not refused. The clock of
the house runs twenty minutes a second, so that deadlines pass while the night lasts. It prints what it found as JSON.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from nights import EVENING
from postgres import Server as Postgresql
from postgres import server as postgresql
from soundness import all_entries, fired, unsound

from zhishou.bootstrap import House, first_start, open_house
from zhishou.database import writing
from zhishou.desk import Desk
from zhishou.incident import deadlines
from zhishou.journal import Journal
from zhishou.people.passwords import Cost
from zhishou.people.sessions import csrf
from zhishou.people.tables import accounts
from zhishou.plan.load import library
from zhishou.watch.commands import AppointToPost
from zhishou.web.app import app
from zhishou.web.serving import bound

PLAN = "jincheng/hazchem-2020"
CLIENTS = 4
"""Threads that give commands; they stop when the last kill is done and all is answered."""
FASTER = 1200
LEAST = timedelta(minutes=100)
"""How long a night lasts by the clock of the house: long enough for an hour's deadlines to pass."""
PATIENCE = 600
"""Seconds after which a child ends whatever it is at, so that none outlives a night that hangs."""
BEGAN = time.monotonic()
SETTINGS = "areas: [jincheng]\nimmediately: 15 min\npromptly: 1 h\nidle: 30 d\nlongest: 30 d\nreassess_every: 5 min\n"


def now() -> datetime:
    """The clock of the house, the same in every process."""
    return EVENING + timedelta(seconds=(time.monotonic() - BEGAN) * FASTER)


def prepared(url: str, folder: Path) -> tuple[House, dict[str, str]]:
    """A house with one officer who is also the commander, and what his browser sends."""
    (folder / "house.yaml").write_text(SETTINGS, "utf-8")
    house = open_house(url, folder, now=now, plans=library(), cost=Cost(memory_kib=64, passes=1, lanes=1))
    first_start(house)
    house.gate.accounts.add_person("li", "李值班", now(), "admin")
    admin = house.desk.actor("admin", "系统管理员")
    for post in ("duty:jincheng", f"{PLAN}:commander"):
        wish = AppointToPost(post=post, person="li", person_name="李值班", basis="任职文件")
        house.desk.keep("jincheng", wish, admin, key=post)
    house.desk.record_people(house.gate.changes)
    with writing(house.engine) as connection:
        connection.execute(accounts.update().where(accounts.c.id == "li").values(must_change=False))
        token = house.gate.sessions.begin(connection, "li", now(), {"address": "127.0.0.1"}).token
    return house, {"cookie": f"zhishou={token.get_secret_value()}", "x-csrf-token": csrf(token).get_secret_value()}


class Client:
    """One client: it sends again under the same key until it has an answer.

    Args:
        name: goes into the keys.
        port: of the server.
        headers: what its browser sends.
        told: a pipe that gets a byte for every answer.
    """

    def __init__(self, name: str, port: int, headers: dict[str, str], told: int) -> None:
        self.name, self.port, self.headers, self.told = name, port, headers, told
        self.connection = self._connected()
        self.said: dict[str, dict[str, Any]] = {}
        self.away = 0

    def _connected(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def give(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Give a command: what was answered in the end."""
        headers = {**self.headers, "idempotency-key": key, "content-type": "application/json"}
        while True:
            try:
                self.connection.request("POST", path, json.dumps(body), headers)
                answer = self.connection.getresponse()
                said: dict[str, Any] = json.loads(answer.read())
            except (OSError, http.client.HTTPException, ValueError):
                self.connection.close()
                self.connection = self._connected()
                continue
            if answer.status == 503:  # the database is away; the server says so and asks for the same again
                self.away += 1
                assert said["error"]["code"] == "database"
                time.sleep(0.05)
                continue
            if answer.status not in {200, 201}:
                raise AssertionError(f"{answer.status} {said}")
            self.said[key] = {"repeated": said["repeated"], "version": said["version"]}
            os.write(self.told, b".")
            return said

    def all_night(self, stop: int) -> None:
        """An incident, and all that is said of it, until the parent closes the other end."""
        report = {"sender": "晋城市人民政府", "text": "来电报告", "how": "phone"}
        opening = {"title": "夜间来电", "subject": "hazchem_accident", "place": "jincheng", "report": report}
        here = f"/api/incidents/{self.give('/api/incidents?area=jincheng', opening, f'{self.name}/open')['incident']}"
        number = 0
        while _open(stop):
            key = f"{self.name}/{number}"
            if number % 10 == 3:
                at = (now() + timedelta(minutes=60)).isoformat()
                self.give(f"{here}/issue_task", {"plan": PLAN, "text": key, "by": ["市公安局"], "due": at}, key)
            elif number % 10 == 7:
                self.give(f"{here}/receive_query", {"by": "市政府", "text": key}, key)
            else:
                self.give(f"{here}/add_note", {"text": key}, key)
            number += 1


def _open(stop: int) -> bool:
    try:
        return bool(os.read(stop, 1))
    except BlockingIOError:
        return True


def clients(port: int, headers: dict[str, str], stop: int, told: int, result: Path) -> None:
    """The process of the clients."""
    os.set_blocking(stop, False)
    all_ = [Client(f"c{number}", port, headers, told) for number in range(CLIENTS)]
    threads = [Thread(target=one.all_night, args=(stop,)) for one in all_]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = {key: said for one in all_ for key, said in one.said.items()}
    result.write_text(json.dumps({"said": said, "away": sum(one.away for one in all_)}), "utf-8")


def forked(work: Callable[[], object]) -> int:
    """A child that does some work and ends."""
    pid = os.fork()
    if not pid:
        signal.alarm(PATIENCE)
        try:
            work()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - nothing of the parent must run on in the child
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
    return pid


def main(url: str, folder: Path, kills: int, seed: int) -> None:
    """Kill the server so often, or where the address is `stopped` a PostgreSQL under it, and print what came of it."""
    with ExitStack() as held:
        database = held.enter_context(postgresql()) if url == "stopped" else None
        night(database.fresh() if database else url, folder, kills, seed, database)


def night(url: str, folder: Path, kills: int, seed: int, database: Postgresql | None) -> None:
    """One night under fire."""
    rng = random.Random(seed)  # noqa: S311 - chance, not secrets
    house, headers = prepared(url, folder)
    served = app(house)
    listening = bound("127.0.0.1", 0)
    house.engine.dispose()  # every child opens connections of its own
    stop_out, stop = os.pipe()
    told, told_in = os.pipe()

    def client() -> None:
        os.close(stop)
        clients(listening.getsockname()[1], headers, stop_out, told_in, folder / "said.json")

    def server() -> None:
        os.close(stop)  # or the clients would never see it closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        config = uvicorn.Config(served, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        uvicorn.Server(config).run(sockets=[listening])

    begun = now()
    giving = forked(client)
    os.close(told_in)
    serving = forked(server)
    for _ in range(kills):
        os.read(told, 65536)  # somebody has been answered
        time.sleep(rng.uniform(0, 0.25))
        if database is None:
            os.kill(serving, signal.SIGKILL)
            os.waitpid(serving, 0)
            serving = forked(server)
        else:
            database.stop(at_once=rng.random() < 0.5)
            time.sleep(rng.uniform(0, 0.5))
            database.start()
        os.set_blocking(told, False)
        with suppress(BlockingIOError):
            os.read(told, 65536)
        os.set_blocking(told, True)
    while os.read(told, 65536) and now() < begun + LEAST:
        pass
    os.close(stop)
    _, status = os.waitpid(giving, 0)
    alive = os.waitpid(serving, os.WNOHANG) == (0, 0)
    os.kill(serving, signal.SIGKILL)
    os.waitpid(serving, 0)
    answer = {"clients": status, "kills": kills, "alive": alive, **judged(house, folder)}
    print(json.dumps(answer, ensure_ascii=False))  # noqa: T201 - its answer


def judged(house: House, folder: Path) -> dict[str, Any]:
    """What the record holds beside what was answered."""
    result = json.loads((folder / "said.json").read_text("utf-8"))
    said = result["said"]
    at = now()
    desk = Desk(house.journal, house.library, machine="judge", now=lambda: at)
    by_servers = sum(fired(house.journal).values())
    desk.tick()
    texts = Counter(
        one.payload["text"] for one in all_entries(house.journal)
        if one.type in {"note_added", "task_issued", "query_received"}
    )  # fmt: skip
    commands = {one.command for one in all_entries(house.journal)}
    ids = [row.key for row in desk.incidents(["jincheng"], limit=1000)]
    return {
        "answered": len(said),
        "away": result["away"],
        "caught": sum(one["repeated"] for one in said.values()),
        "lost": [key for key in said if f"http/li/{key}" not in commands],
        "twice": [text for text, times in texts.items() if times > 1],
        "unasked": sorted(texts.keys() - said.keys()),
        "incidents": len(ids),
        "fired": by_servers,
        "wrongly_fired": wrongly_fired(house.journal, at),
        "left": [one.duty for id_ in ids for one in deadlines.due(desk.incident(id_), at)],
        "unsound": unsound(desk),
    }


def wrongly_fired(journal: Journal, at: datetime) -> list[str]:
    """Deadlines not recorded as missed exactly once when they passed unmet, read off the entries and not from the desk's rules."""
    times: Counter[tuple[str, str]] = Counter()
    for (stream, duty, *_), count in fired(journal).items():
        times[stream, duty] += count
    kept: set[tuple[str, str]] = set()
    due: dict[tuple[str, str], datetime] = {}
    for one in all_entries(journal):
        key = (one.stream, str(one.payload.get("duty")))
        if one.type == "duty_set" and one.payload.get("due") and not one.payload.get("every"):
            due[key] = datetime.fromisoformat(one.payload["due"])
        if one.type in {"duty_met", "duty_voided"} and key in due and one.at <= due[key]:
            kept.add(key)
    return [f"{key} {times[key]}" for key, when in due.items() if times[key] != (when < at and key not in kept)]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
