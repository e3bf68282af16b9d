"""Ten thousand people called in a process of its own, so that its memory is its own: the server's two threads at work.

Arguments: database URL, the gateway's port, number of recipients, of which so many at level I. The rest is a flood at a
lesser level; level I comes while the flood is under way. It prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine, insert

from zhishou import clock, database
from zhishou.acts import SYSTEM, Actor
from zhishou.callout.book.keeping import ContactBook
from zhishou.callout.channels.gateway import Gateway
from zhishou.callout.channels.settings import GatewaySettings
from zhishou.callout.codes import Codes
from zhishou.callout.matters import Matter, Party
from zhishou.callout.sending.claims import Claims
from zhishou.callout.sending.sender import Sender
from zhishou.callout.tables import addresses, contacts
from zhishou.desk import Desk
from zhishou.desk.callout import CallOut
from zhishou.incident.opening import OpenIncident
from zhishou.incident.reports import ReportGiven
from zhishou.journal import found
from zhishou.people.key import Seal, new_key
from zhishou.plan.load import library
from zhishou.plan.posts import admin_post, duty_post
from zhishou.watch.commands import AppointToPost, OpenDutyRoom

INCIDENTS = 25
"""Open incidents that the matters belong to."""


def now() -> datetime:
    """The machine's clock."""
    return clock.moment(datetime.now(UTC))


def book(engine: Engine, seal: Seal, people: int) -> ContactBook:
    """A contact book with one sealed number for each; bulk, since keeping it is not what is measured."""
    names = [f"p{number}" for number in range(people)]
    at = now()
    with database.writing(engine) as connection:
        connection.execute(insert(contacts), [
            {"id": f"c-{one}", "holder": one, "name": "", "role": "", "rank": 0, "source": "", "added": at} for one in names
        ])  # fmt: skip
        connection.execute(insert(addresses), [
            {"id": f"a-{one}", "contact": f"c-{one}", "kind": "sms", "channel": "", "hours": "any", "real": True,
             "sealed": seal.close(SecretStr(f"#{one}"), f"a-{one}"), "mark": f"m-{one}", "exercise": False, "rank": 0,
             "source": "", "added": at, "found": "", "found_why": ""} for one in names
        ])  # fmt: skip
    return ContactBook(engine, seal)


def incidents(desk: Desk, number: int) -> list[str]:
    """So many open incidents: how a matter stands in its own is looked up before each step and each message."""
    admin = Actor("admin", "管理员", frozenset({admin_post("jincheng")}))
    opening = OpenDutyRoom(area="jincheng", person="admin", person_name="管理员")
    desk.keep("jincheng", opening, SYSTEM, key="bench/room")
    duty = duty_post("jincheng")
    wish = AppointToPost(post=duty, person="officer", person_name="值班员", basis="任职文件")
    desk.keep("jincheng", wish, admin, key="bench/officer")
    officer = Actor("officer", "值班员", frozenset({duty}))
    command = OpenIncident(
        title="管线失压",
        subject="gas_supply_shortage",
        place="jincheng",
        report=ReportGiven(sender="市能源局", text="失压"),
    )
    given = (desk.open(command, officer, area="jincheng", key=f"bench/{one}") for one in range(number))
    return [one.incident for one in given]


def matters(first: int, last: int, rank: int, at: datetime, of: list[str]) -> list[Matter]:
    """One matter for each person."""
    return [
        Matter(
            kind="task", id=f"t{number}", incident=of[number % len(of)], area="jincheng", rank=rank, what="按预案到岗", since=at,
            party=Party(key=f"person:p{number}", label=f"第 {number} 人", persons=(f"p{number}",)),
        )
        for number in range(first, last)
    ]  # fmt: skip


def at_work(out: CallOut, sender: Sender, stop: threading.Event) -> list[threading.Thread]:
    """The server's two threads, not yet begun."""

    def rounds() -> None:
        while not stop.is_set():
            if not out.round(now()):
                stop.wait(0.1)
            sender.wake()

    def sending() -> None:
        while not stop.is_set():
            if not sender.turn():
                sender.wait(0.05)

    return [threading.Thread(target=rounds), threading.Thread(target=sending)]


def main(url: str, port: str, people: int, severe: int) -> None:
    """Measure."""
    engine = database.engine(url)
    database.upgrade(engine)
    key = new_key()
    desk = Desk(found(engine, "bench", now(), exercise=False), library(), machine="bench", now=now)
    open_ = incidents(desk, INCIDENTS)
    out = desk.connect(book(engine, Seal(key), people), Codes(key), lambda _matter, _at: frozenset({"sms"}))
    settings = GatewaySettings.model_validate(
        {"kind": "sms", "url": f"http://127.0.0.1:{port}/send", "body": {"id": "{id}", "to": "{to}", "text": "{text}"},
         "accepted": {"code": 0}, "honours_keys": True, "per_minute": 60000, "burst": 1000}
    )  # fmt: skip
    sender = Sender(out.outbox, Claims(engine, "bench"), {"sms": Gateway("sms", settings, None)}, now)
    stop = threading.Event()
    threads = at_work(out, sender, stop)
    begun = time.time()
    at = now()
    for start in range(severe, people, 500):
        out.open(matters(start, min(start + 500, people), 3, at, open_), at)
    opened = time.time()
    for thread in threads:
        thread.start()
    time.sleep(1)
    urgent = time.time()
    out.open(matters(0, severe, 1, now(), open_), now())
    desk_journal = desk.journal
    while time.time() < begun + 600:
        time.sleep(0.2)
        left = desk_journal.count("outbox") or desk_journal.count("calls", due_before=now())
        if not left and not sender.flying:
            break
    stop.set()
    for thread in threads:
        thread.join()
    status = Path("/proc/self/status").read_text("ascii")  # what getrusage tells holds the parent's peak too
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
    refs = {out.calls.get(row.key).ref for row in desk_journal.rows("calls", states=("first",), limit=10_000)}
    print(json.dumps({"begun": begun, "opened": opened, "urgent": urgent, "peak": peak, "severe": sorted(refs)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
