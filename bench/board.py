"""The board of a bad winter: 200 open incidents and 5,000 tasks, as the duty officer's browser asks for it."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
import structlog
import uvicorn
from first_screen import first_screen
from timing import Row, Subject

from zhishou import clock
from zhishou.bootstrap import House, first_start, open_house
from zhishou.database import writing
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.tasks import IssueTask
from zhishou.people.passwords import Cost
from zhishou.people.tables import accounts
from zhishou.watch.commands import AppointToPost
from zhishou.web.app import app
from zhishou.web.serving import bound

GAS = "jincheng/gas-winter-2021"
INCIDENTS, TASKS = 200, 5000
PEOPLE = {
    "duty": ("duty:jincheng",), "office": (f"{GAS}:office",), "commander": (f"{GAS}:commander",),
}  # fmt: skip
PLACES = ("yangcheng", "qinshui", "gaoping", "lingchuan", "zezhou", "chengqu")
ROUNDS = 25


def measure() -> Subject:
    """Fill a record, open the board again and again, and say how long the server took."""
    structlog.configure(processors=[_unlogged])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "house.yaml").write_text("areas: [jincheng]\n", "utf-8")
        now = clock.moment("2026-12-15T20:35")
        house = open_house(f"sqlite:///{folder}/board.db", Path(folder), now=lambda: now, cost=Cost(64, 1, 1))
        try:
            tasks = fill(house)
            rows = [opened(house, who, tasks) for who in ("duty", "commander")]
            with served(house, "duty") as (address, token):
                rows.append(first_screen(address, token))
        finally:
            house.close()
    return Subject("The board: 200 open incidents, 5,000 tasks", rows)


def fill(house: House) -> int:
    """Incidents at level II with their tasks, half of them with a proposal that waits; the number of tasks."""
    first_start(house)
    keys, desk = count(), house.desk
    for person, posts in PEOPLE.items():
        house.gate.accounts.add_person(person, person, house.now(), "admin")
        for post in posts:
            wish = AppointToPost(post=post, person=person, person_name=person, basis="任职文件")
            desk.keep("jincheng", wish, desk.actor("admin", "系统管理员"), key=f"b{next(keys)}")
    duty, office, commander = (desk.actor(person, person) for person in PEOPLE)
    total = 0
    for number in range(INCIDENTS):
        opening = OpenIncident(
            title=f"供气紧张 {number}", subject="gas_supply_shortage", place=PLACES[number % len(PLACES)]
        )
        id_ = desk.open(opening, duty, area="jincheng", key=f"b{next(keys)}").incident
        for level in ("III", "II") if number % 2 else ("III",):
            proposal = ProposeLevel(plan=GAS, level=level, reason="缺口扩大")
            desk.give(id_, proposal, office, key=f"b{next(keys)}")
            if level == "III":
                desk.give(id_, DecideProposal(proposal="p1"), commander, key=f"b{next(keys)}")
        for task in range(max(0, TASKS // INCIDENTS - len(desk.incident(id_).tasks))):
            due = clock.moment(f"2026-12-{15 + task % 3}T{(20 + task) % 24:02d}:50")
            order = IssueTask(plan=GAS, text=f"任务 {task}", by=("市能源局",), due=due if due > house.now() else None)
            desk.give(id_, order, office, key=f"b{next(keys)}")
        total += len(desk.incident(id_).tasks)
    return total


@contextmanager
def served(house: House, who: str) -> Iterator[tuple[str, str]]:
    """The console on a free port, and a login of somebody."""
    with writing(house.engine) as connection:
        connection.execute(accounts.update().where(accounts.c.id == who).values(must_change=False))
        begun = house.gate.sessions.begin(connection, who, house.now(), {"address": "127.0.0.1"})
    with bound("127.0.0.1", 0) as listening:
        server = uvicorn.Server(uvicorn.Config(app(house, ticking=False), log_config=None, access_log=False))
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        serving.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", begun.token.get_secret_value()
        finally:
            server.should_exit = True
            serving.join(10)


def opened(house: House, who: str, tasks: int) -> Row:
    """The board as one person's browser gets it."""
    with (
        served(house, who) as (address, token),
        httpx.Client(base_url=address, cookies={"zhishou": token}, timeout=60) as browser,
    ):
        taken = []
        worked = 0.0
        for _ in range(ROUNDS):
            worked = worked or (time.process_time() if taken else 0.0)
            began = time.perf_counter()
            answer = browser.get("/")
            taken.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200
        worked = (time.process_time() - worked) / (ROUNDS - 1) * 1000
    ordered = sorted(taken[1:])
    note = f"{worked:.0f} ms of one core, client and all; p95 {ordered[int(len(ordered) * 0.95)]:.0f} ms, first {taken[0]:.0f} ms; {len(answer.content):,} bytes; {tasks:,} tasks"
    return Row(f"`GET /` as {who}", f"{statistics.median(ordered):.0f} ms", "≤ 150 ms", note)


def _unlogged(*_: object) -> None:
    """Lines of the log would stand between those of the report."""
    raise structlog.DropEvent


if __name__ == "__main__":
    for row in measure().rows:
        print(row)
