"""Telephone lists: one number for two units, several for one unit, another city's code, mobiles, missing lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhishou.plan.annexes import Contact
from zhishou.plan.check.finding import Finding, is_role, joined, unit_id
from zhishou.plan.pack import Pack

_CODE = re.compile(r"^(0\d{2,3})[-—]+(\d+)$")


def alone(pack: Pack) -> Iterator[Finding]:
    """Within one plan."""
    lists = pack.contacts.lists
    if pack.response is None:
        return
    if not lists:
        yield Finding(
            "contact.none", (pack.id,), joined(pack.plan.scope.clause), "预案没有附任何通讯录",
            "the plan has no list of contacts", {}, pack.place("plan"),
        )  # fmt: skip
        return
    clause = joined(list(dict.fromkeys(c for listed in lists for c in listed.clause)))
    entries = [entry for listed in lists for entry in listed.contacts]
    yield from _codes(pack, entries, clause)
    personal = [entry.unit for entry in entries if entry.withheld]
    if personal:
        yield Finding(
            "contact.personal", (pack.id,), clause,
            f"值班电话一栏填的是个人手机（号码不入库）：{joined(personal)}",
            f"{len(personal)} units give a personal mobile number for a duty line (numbers withheld)",
            {"units": personal}, pack.place("contacts"),
        )  # fmt: skip
    listed_ids = {unit_id(pack, entry.unit) for entry in entries}
    members = {unit_id(pack, name): name for part in pack.organisation.members for name in part.units}
    for id_ in list(members):  # a collective name is reached through its parts
        organisation = pack.lexicon.organisations.get(id_)
        if organisation and organisation.parts and set(organisation.parts) <= listed_ids:
            listed_ids.add(id_)
    missing = [name for id_, name in members.items() if id_ not in listed_ids and not is_role(pack, id_)]
    if missing:
        yield Finding(
            "contact.missing", (pack.id,), clause,
            f"成员单位在通讯录里没有值班电话：{joined(missing)}",
            f"{len(missing)} member units have no telephone number in the annex",
            {"units": missing}, pack.place("contacts"),
        )  # fmt: skip


def together(packs: tuple[Pack, ...]) -> Iterator[Finding]:
    """One number for two units, and several numbers for one unit, over all plans."""
    by_number: dict[str, dict[str, list[tuple[Pack, Contact]]]] = {}
    by_unit: dict[str, dict[str, list[Pack]]] = {}
    for pack in packs:
        for listed in pack.contacts.lists:
            for entry in listed.contacts:
                id_ = unit_id(pack, entry.unit)
                for phone in entry.phone:
                    number = _number(pack, phone)
                    by_number.setdefault(number, {}).setdefault(id_, []).append((pack, entry))
                    plans = by_unit.setdefault(id_, {}).setdefault(number, [])
                    if pack not in plans:
                        plans.append(pack)
    for number, units in by_number.items():
        if len(units) > 1:
            yield _shared(number, units)
    for id_, numbers in by_unit.items():
        if len(numbers) > 1 and (finding := _several(id_, numbers)):
            yield finding


def _shared(number: str, units: dict[str, list[tuple[Pack, Contact]]]) -> Finding:
    packs = tuple(dict.fromkeys(pack for uses in units.values() for pack, _ in uses))
    names = [uses[0][1].unit for uses in units.values()]
    where = "；".join(
        f"{uses[0][1].unit}见{joined(list(dict.fromkeys(f'《{pack.plan.short}》' for pack, _ in uses)))}"
        for uses in units.values()
    )
    return Finding(
        "contact.shared", tuple(pack.id for pack in packs), joined(_clauses(packs)),
        f"同一号码 {number} 列给{joined(names)}（{where}），至少一处有误或须说明",
        f"the number {number} is given to {len(names)} units",
        {"number": number, "units": names}, packs[0].place("contacts"),
    )  # fmt: skip


def _several(id_: str, numbers: dict[str, list[Pack]]) -> Finding | None:
    """Several numbers for one unit: only where plans disagree, not where one annex prints two lines for a unit."""
    sets: dict[frozenset[str], list[Pack]] = {}
    for pack in dict.fromkeys(pack for plans in numbers.values() for pack in plans):
        sets.setdefault(frozenset(n for n, plans in numbers.items() if pack in plans), []).append(pack)
    if not any(not one & other for one in sets for other in sets):
        return None  # one annex prints a line more than another: no contradiction
    packs = tuple(dict.fromkeys(pack for plans in sets.values() for pack in plans))
    organisation = packs[0].lexicon.organisations.get(id_)
    label = organisation.label if organisation else packs[0].actor(id_).label
    told = "；".join(
        f"{joined(sorted(found))}（{joined([pack.plan.short for pack in plans])}）" for found, plans in sets.items()
    )
    return Finding(
        "contact.several", tuple(pack.id for pack in packs), joined(_clauses(packs)),
        f"{label}在各预案里的值班电话不一：{told}",
        f"{id_} has different telephone numbers in {len(packs)} plans",
        {"unit": label, "numbers": sorted(numbers)}, packs[0].place("contacts"),
    )  # fmt: skip


def _codes(pack: Pack, entries: list[Contact], clause: str) -> Iterator[Finding]:
    areas = pack.lexicon.areas
    for entry in entries:
        organisation = pack.lexicon.organisations.get(unit_id(pack, entry.unit))
        home = areas[organisation.area].dialling_code if organisation and organisation.area else ""
        for phone in (*entry.phone, *entry.fax):
            match = _CODE.match(phone)
            if match and home and match[1] != home:
                yield Finding(
                    "contact.area-code", (pack.id,), clause,
                    f"{entry.unit}的电话 {phone} 区号为 {match[1]}，而其所在地区号为 {home}",
                    f"the number of {entry.unit} carries the area code {match[1]} instead of {home}",
                    {"unit": entry.unit, "number": phone, "expected": home}, pack.place("contacts"),
                )  # fmt: skip


def _number(pack: Pack, phone: str) -> str:
    match = _CODE.match(phone)
    code, local = (match[1], match[2]) if match else (pack.lexicon.areas[pack.plan.area].dialling_code, phone)
    return f"{code}-{re.sub(r'[^0-9]', '', local)}"


def _clauses(packs: tuple[Pack, ...]) -> list[str]:
    return list(dict.fromkeys(c for pack in packs for listed in pack.contacts.lists for c in listed.clause))
