"""Cut lists for tests of the console: the night raised to level II, and a small list drawn up by hand."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import made_up_night
from web.console.served import INCIDENT, Evening

from zhishou.incident.cut_orders import CutGiven
from zhishou.incident.cutting import DraftCutList, SendCutList, SignCutList
from zhishou.incident.levels import DecideProposal
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.state import Incident

GAS = made_up_night.GAS
_KEYS = count(1)


def give(one: Evening, person: str, command: Any) -> Incident:
    """Give a command through the desk, as somebody of the night."""
    desk = one.house.desk
    desk.give(INCIDENT, command, desk.actor(person, made_up_night.name(person)), key=f"list/{next(_KEYS)}")
    return desk.incident(INCIDENT)


def raised(one: Evening) -> Evening:
    """The night at level II."""
    give(one, "guo.yi", ProposeLevel(plan=GAS, level="II", reason="缺口扩大"))
    proposal = next(id_ for id_, p in one.house.desk.incident(INCIDENT).proposals.items() if p.status == "open")
    give(one, "wang.bing", DecideProposal(proposal=proposal))
    return one


def line(
    customer: str, kind: str, supplier: tuple[str, str], most: float, hours: tuple[float, ...], batch: int
) -> CutGiven:
    """One customer of the list; the same may be cut in every hour."""
    return CutGiven(
        customer=customer, called=customer, customer_class=kind, supplier=supplier[0], supplier_label=supplier[1],
        most=tuple(most for _ in hours), hours=hours, batch=batch, notice=4, kept=1.5,
    )  # fmt: skip


CITY, GAOPING = ("gas_city", "示例市区燃气公司"), ("gas_gaoping", "示例高平燃气公司")


def drafted(one: Evening) -> Evening:
    """The night with a list of three customers, drawn up by the office."""
    since = made_up_night.BEGINS.replace(minute=0) + timedelta(hours=11)
    lines = (
        line("示例铸造厂", "industry", CITY, 1.0, (1.0, 1.0), 1), line("示例陶瓷厂", "industry", GAOPING, 1.0, (1.0, 1.0), 1),
        line("示例商场", "commerce", CITY, 1.0, (0.5, 0.25), 2),
    )  # fmt: skip
    give(raised(one), "guo.yi", DraftCutList(plan=GAS, level="II", since=since, lines=lines))
    return one


def sent(one: Evening) -> Evening:
    """The same, signed and sent."""
    give(drafted(one), "wang.bing", SignCutList(list="k1"))
    give(one, "guo.yi", SendCutList(list="k1"))
    return one
