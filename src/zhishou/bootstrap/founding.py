"""The first start: one administrator with a one-time password, and the duty rooms with him in charge."""

from __future__ import annotations

from zhishou.acts import SYSTEM
from zhishou.bootstrap.house import House
from zhishou.errors import NotFoundError, RefusedError, ZhishouError
from zhishou.people.changes import Issued
from zhishou.watch.commands import OpenDutyRoom

ADMINISTRATOR = "admin"


def first_start(house: House) -> Issued | None:
    """Do what is still to be done before anybody can log in; nothing where all is there.

    Safe on several servers that start at once, and after a start that was cut off half-way: the account is made by one
    of them alone, and each duty room is opened once.

    Returns:
        the administrator with his one-time password, to be shown now and never again; None where he was there already.
    """
    issued = None
    if house.gate.accounts.founder() is None:
        try:
            issued = house.gate.accounts.first_administrator(ADMINISTRATOR, "系统管理员", house.now())
        except ZhishouError:
            if house.gate.accounts.founder() is None:
                raise
    founder = house.gate.accounts.founder()
    if founder is None:
        raise NotFoundError("没有首个管理员", mend="先执行 zhishou people first")
    account = house.gate.accounts.get(founder)
    there = set(house.desk.areas())
    for area in house.settings.areas:
        if area not in there:
            opening = OpenDutyRoom(area=area, person=account.id, person_name=account.name)
            try:
                house.desk.keep(area, opening, SYSTEM, key=f"founding/{area}")
            except RefusedError:
                if area not in house.desk.areas():  # otherwise another server that starts now has opened it
                    raise
    house.desk.record_people(house.gate.changes)
    return issued
