"""Messages sent by real processes to a real gateway on this machine, while the processes are killed: what came of it, as JSON.

The gateway keeps what it was given by key, lasts through every kill, and is the judge: each message once, none forgotten.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from calling_rooms import CODES, GAS, City, jincheng, members, shelf
from gateways import Answer, Asked, http_gateway
from soundness import all_entries

from zhishou import clock, database
from zhishou.callout.channels.gateway import Gateway
from zhishou.callout.channels.settings import GatewaySettings
from zhishou.callout.sending.claims import Claims
from zhishou.callout.sending.sender import Sender
from zhishou.callout.whom import Address
from zhishou.desk import Desk
from zhishou.incident.opening import OpenIncident
from zhishou.incident.reports import ReportGiven
from zhishou.incident.tasks import IssueTask
from zhishou.journal import found


class RuleBook:
    """Everybody has one telephone."""

    def add(self, *_: object, **__: object) -> None:
        """Nobody needs to be added."""

    def addresses_of(self, whoms: Collection[str], at: datetime) -> Mapping[str, tuple[Address, ...]]:  # noqa: ARG002
        return {whom: (Address(f"a-{whom}", "sms"),) for whom in whoms if ":" not in whom}

    def values_of(self, addresses: Collection[str]) -> Mapping[str, str]:
        return {id_: f"#{id_}#" for id_ in addresses}


def now() -> datetime:
    """The machine's clock."""
    return clock.moment(datetime.now(UTC))


def prepared(url: str, incidents: int) -> int:
    """A record with incidents whose tasks call every member unit; how many calls there are."""
    engine = database.engine(url)
    database.upgrade(engine)
    journal = found(engine, "calls", now(), exercise=False)
    city = City(journal=journal, at=now(), book=RuleBook())  # type: ignore[arg-type]
    jincheng(city)
    units = members()
    for number, post in enumerate(units):
        city.appoint("jincheng", post, f"u{number}")
    for number in range(incidents):
        command = OpenIncident(
            title=f"事件 {number}", subject="gas_supply_shortage", place="jincheng", plans=(GAS,),
            report=ReportGiven(sender="市能源局"),
        )  # fmt: skip
        id_ = city.desk.open(command, city.actor("zhiban"), area="jincheng", key=city.key()).incident
        city.give(id_, "zhihui", IssueTask(plan=GAS, text="巡线", by=("members",)))
    journal.close()
    return incidents * len(units)


def work(url: str, gateway: str, lease: timedelta, *, honours: bool) -> None:
    """The life of a server: rounds and sending, until it is killed."""
    engine = database.engine(url)
    desk = Desk(found(engine, "calls", now(), exercise=False), shelf(), machine="server", now=now)
    out = desk.connect(RuleBook(), CODES, lambda _matter, _at: frozenset({"sms"}))
    settings = GatewaySettings.model_validate(
        {"kind": "sms", "url": gateway, "body": {"id": "{id}", "to": "{to}", "text": "{text}"}, "accepted": {"code": 0},
         "honours_keys": honours, "timeout": 2, "per_minute": 60000, "burst": 1000}
    )  # fmt: skip
    channel = Gateway("sms", settings, None)
    claims = Claims(engine, f"{os.getpid()}", lease)
    sender = Sender(out.outbox, claims, {"sms": channel}, now)
    while True:
        if claims.lead(now()):
            out.round(now())
        if not sender.turn():
            sender.wait(0.02)


def main(arguments: list[str]) -> None:
    """Run it and print what came of it."""
    asked = argparse.ArgumentParser()
    asked.add_argument("url")
    for name, default in (("incidents", 8), ("kills", 12), ("servers", 1), ("seed", 1)):
        asked.add_argument(f"--{name}", type=int, default=default)
    asked.add_argument("--no-keys", action="store_true")
    asked.add_argument("--lease", type=float, default=1.5, help="seconds that a claim holds")
    given = asked.parse_args(arguments)
    rng = random.Random(given.seed)  # noqa: S311 - chance, not secrets
    calls = prepared(given.url, given.incidents)
    times: Counter[str] = Counter()

    def answer(one: Asked) -> Answer:
        times[one.json["id"]] += 1
        body = json.dumps({"code": 0, "data": {"msgid": f"g-{one.json['id']}"}}).encode()
        return Answer(body=body, wait=rng.uniform(0.1, 0.4))

    with http_gateway() as gateway:
        gateway.answer = answer
        lease = timedelta(seconds=given.lease)

        def begun() -> int:
            return started(given.url, gateway.url, lease, honours=not given.no_keys)

        crew = {begun() for _ in range(given.servers)}
        killed, until = 0, time.monotonic() + 150
        while time.monotonic() < until:
            time.sleep(rng.uniform(0.1, 0.5))
            if killed < given.kills and times:
                struck = rng.choice(sorted(crew))
                end(struck)
                crew = (crew - {struck}) | {begun()}
                killed += 1
            elif at_rest(given.url, calls):
                break
        for pid in crew:
            end(pid)
    print(json.dumps(judged(given.url, times, calls, killed)))  # noqa: T201 - its answer


def started(url: str, gateway: str, lease: timedelta, *, honours: bool) -> int:
    """A new server process."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work(url, gateway, lease, honours=honours)
    except BaseException as error:  # noqa: BLE001 - whatever it is must not run on in the parent's code
        sys.stderr.write(f"{error!r}\n")
    finally:
        os._exit(1)


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def at_rest(url: str, calls: int) -> bool:
    """Whether everything is sent."""
    engine = database.engine(url)
    journal = found(engine, "calls", now(), exercise=False)
    taken = sum(entry.type == "step_taken" for entry in all_entries(journal))
    rest = taken >= calls and not journal.rows("outbox", limit=1)
    journal.close()
    return rest


def judged(url: str, times: Counter[str], calls: int, killed: int) -> dict[str, object]:
    """What the record says beside what the gateway says."""
    engine = database.engine(url)
    journal = found(engine, "calls", now(), exercise=False)
    entries = list(all_entries(journal))
    queued = {one["id"] for entry in entries if entry.type == "step_taken" for one in entry.payload["messages"]}
    outcomes: dict[str, list[str]] = {}
    for entry in entries:
        if entry.type == "message_handed":
            outcomes.setdefault(entry.payload["message"], []).append(entry.payload["outcome"])
    answer = {
        "killed": killed,
        "calls": calls,
        "queued": len(queued),
        "left": len(journal.rows("outbox", limit=500)),
        "unnoted": sorted(queued - outcomes.keys()),
        "noted_twice": sorted(id_ for id_, found_ in outcomes.items() if len(found_) > 1),
        "accepted_unheard": sorted(id_ for id_, found_ in outcomes.items() if "accepted" in found_ and not times[id_]),
        "unknown": sum(found_[-1] == "unknown" for found_ in outcomes.values()),
        "strange": sorted(times.keys() - queued),
        "asked_again": sum(number > 1 for number in times.values()),
        "numbers_in_record": sum("#a-" in json.dumps(entry.payload) for entry in entries),
    }
    journal.close()
    return answer


if __name__ == "__main__":
    main(sys.argv[1:])
