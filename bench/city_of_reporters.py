"""A made-up city in which a thousand send a return each evening, and a house on it with everybody's account, post and token.

It is the Jincheng of the examples with many small gas companies, tanks, heat works and coal users added.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from zhishou.acts import SYSTEM, Event
from zhishou.bootstrap import House, first_start, open_house
from zhishou.desk.kinds import returns_stream, watch_stream
from zhishou.desk.streams import drafts
from zhishou.journal import Act, Write
from zhishou.people.tokens import Scope
from zhishou.supply.returns.checking import Expected, gas_day_at
from zhishou.supply.returns.reading import read
from zhishou.supply.returns.receiving import receive
from zhishou.supply.returns.record import ReturnEntered
from zhishou.supply.returns.records import line
from zhishou.supply.returns.register import Register
from zhishou.supply.returns.roster import roster
from zhishou.watch.events import PostAppointed

AREA = "jincheng"
EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "jincheng-supply"
TOWNS = ("chengqu", "zezhou", "gaoping", "yangcheng", "lingchuan", "qinshui")
KINDS = ("city_gas",) * 7 + ("storage", "heat", "coal_user")
"""Of ten added reporters: seven gas companies of townships, a tank, a heat works, a coal user."""


@dataclass(frozen=True)
class City:
    """What a storm needs to know of a house that is ready for it."""

    folder: Path
    day: date
    """The gas day whose returns are due."""
    returns: dict[str, bytes]
    """Reporter → his file."""
    tokens: dict[str, str]
    """Reporter or officer → his token."""
    officers: list[str]


def system(reporters: int) -> dict[str, Any]:
    """The supply system with so many reporters, as YAML holds it."""
    data: dict[str, Any] = yaml.safe_load((EXAMPLE / "system.yaml").read_text("utf-8"))
    for number in range(reporters - len(data["reporters"])):
        kind, town = KINDS[number % len(KINDS)], TOWNS[number % len(TOWNS)]
        id_ = f"{kind}_{number:03d}"
        data["reporters"].append({"id": id_, "label": f"示例{number:03d}号单位", "kind": kind, "area": town})
        if kind == "city_gas":
            for sort, words in (("residential", "居民"), ("commerce", "商业")):
                data["customers"].append({
                    "id": f"{id_}_{sort}", "label": f"{number:03d}号{words}", "class": sort, "node": town, "reporter": id_,
                    "demand": 0.02, "yearly": 5,
                })  # fmt: skip
        if kind == "storage":
            data["storages"].append({
                "id": f"{id_}_tank", "label": f"{number:03d}号储罐", "node": town, "owner": f"示例{number:03d}号单位",
                "owner_kind": "operator", "reporter": id_, "form": "lng", "capacity": 200, "withdrawal": 0.1, "keep": 5,
            })  # fmt: skip
    return data


def files(data: dict[str, Any], day: date, back: int = 0) -> Iterator[tuple[str, bytes]]:
    """Every reporter and his return of a gas day as a CSV file; figures move a little from day to day."""
    next_day, share = day + timedelta(days=1), 1 - 0.004 * back
    example = EXAMPLE / "returns" / "2026-12-14"
    rate, ton = "万立方米/日", "吨"
    for one in data["reporters"]:
        id_, kind = one["id"], one["kind"]
        own = example / f"{id_}.csv"
        if own.exists():
            text = own.read_text("utf-8").replace("2026-12-15", str(next_day)).replace("2026-12-14", str(day))
            yield id_, text.encode()
            continue
        head = "reporter,gas_day,item,of,day,hour,amount,unit"
        if kind == "city_gas":
            said = [
                (item, f"{id_}_{sort}", about, 0.02 * share, rate)
                for sort in ("residential", "commerce")
                for item, about in (("taken", day), ("demand", next_day))
            ]
        elif kind == "storage":
            said = [("stock", f"{id_}_tank", day, round(150 * share, 3), ton)]
        elif kind == "heat":
            said = [("heat_outage_share_pct", id_, day, 0, "%")]
        else:
            said = [("coal_stock", id_, day, round(8 * share, 4), "万吨"), ("coal_stock_mean", id_, day, 9, "万吨")]
        lines = (f"{id_},{day},{item},{of},{about},,{amount},{unit}" for item, of, about, amount, unit in said)
        yield id_, "\n".join((head, *lines, "")).encode()


def built(folder: Path, url: str, *, reporters: int, officers: int, evenings: int) -> City:
    """A house with its people, and the returns of the evenings before.

    Args:
        folder: the data folder, empty.
        url: of the database, empty.
        reporters: how many send returns.
        officers: how many accounts of officers on duty there are for the screens.
        evenings: how many evenings of returns the record holds already.
    """
    data = system(reporters)
    (folder / "system.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    (folder / "house.yaml").write_text(f"areas: [{AREA}]\nsupply: {{{AREA}: system.yaml}}\n", "utf-8")
    house = open_house(url, folder)
    try:
        first_start(house)
        posts = {one["id"]: f"reporter:{AREA}/{one['id']}" for one in data["reporters"]}
        posts |= {f"officer{number}": f"duty:{AREA}" for number in range(officers)}
        with ThreadPoolExecutor(8) as several:
            tokens = dict(zip(posts, several.map(lambda one: _token(house, *one), posts.items()), strict=True))
        house.desk.record_people(house.gate.changes)
        _appointed(house, posts)
        day = gas_day_at(house.now(), house.desk.returns.system(AREA).gas_day_starts)
        _returned(house, data, [day - timedelta(days=back) for back in range(evenings, 0, -1)])
    finally:
        house.close()
    return City(folder, day, dict(files(data, day)), tokens, [name for name in posts if name.startswith("officer")])


def _token(house: House, person: str, post: str) -> str:
    """An account and its token."""
    now = house.now()
    house.gate.accounts.add_machine(person, person, now, "admin")
    scopes = (Scope.READ,) if post.startswith("duty:") else (Scope.RETURN,)
    until = now + timedelta(days=30)
    return house.gate.tokens.make(person, "测试", scopes, until, now, "admin").secret.get_secret_value()


def _appointed(house: House, posts: dict[str, str]) -> None:
    """Everybody appointed in one append, as the desk would write it in a thousand."""
    stream, now = watch_stream(AREA), house.now()
    version = house.journal.version(stream)
    appointed = [
        PostAppointed(
            appointment=f"A{number}",
            post=post,
            person=person,
            person_name=person,
            basis="任职文件",
            since=now,
            until=None,
        )
        for number, (person, post) in enumerate(posts.items(), start=version + 1)
    ]
    _append(house, stream, version, appointed, "appointed")


def _returned(house: House, data: dict[str, Any], evenings: list[date]) -> None:
    """The returns of evenings gone by, each evening in one append, as the desk would write them one by one."""
    system_ = house.desk.returns.system(AREA)
    book, register, stream = roster(system_, house.library.lexicon), Register(), returns_stream(AREA)
    for back, day in reversed(list(enumerate(reversed(evenings), start=1))):
        before = len(register.entries)
        for id_, content in files(data, day, back):
            expected = Expected(house.now() - timedelta(days=back), day)
            register, _ = receive(register, read(f"{id_}.csv", content, book, day, gas_day=day), book, expected)
        new = [ReturnEntered(entry=line(entry)) for entry in register.entries[before:]]
        _append(house, stream, before, new, f"returns/{day}")


def _append(house: House, stream: str, version: int, events: Sequence[Event], key: str) -> None:
    now = house.now()
    act = Act(f"bulk/{key}", "bulk", SYSTEM.person, SYSTEM.name, "", house.machine, now)
    house.journal.append((Write(stream, version, drafts(events, now)),), act)


def key_of_deployment() -> None:
    """PostgreSQL has no data folder of its own to keep the deployment's key in; the measurement brings one."""
    os.environ["ZHISHOU_KEY"] = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
