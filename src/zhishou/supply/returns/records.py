"""The register as text: one JSON object to a line, added at the end and never changed; read back with every fault named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from zhishou import clock
from zhishou.errors import ProblemsError, ZhishouError
from zhishou.supply.returns.held import CODES, Decision, Held, Key
from zhishou.supply.returns.model import ITEMS, Return, Value
from zhishou.supply.returns.register import Entry, Register

VERSION = 1
"""Version of the lines' shape; a line of another version is refused, not guessed at."""


def written(entries: Iterable[Entry]) -> str:
    """Entries as lines, each ending with a line break."""
    return "".join(json.dumps(line(one), ensure_ascii=False, separators=(",", ":")) + "\n" for one in entries)


def line(entry: Entry) -> dict[str, Any]:
    """An entry as the JSON object of its line."""
    return {"v": VERSION, **_entry(entry)}


def entered(data: Mapping[str, Any]) -> Entry:
    """The entry of a line's JSON object.

    Raises:
        ZhishouError: it is of another version or cannot be read.
    """
    if data.get("v") != VERSION:
        raise ZhishouError(
            f"是第 {data.get('v')} 版的记录，本软件只认第 {VERSION} 版",
            mend="请用写入它的那个版本的软件打开，或升级本软件",
        )
    try:
        return _entered(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ZhishouError(f"报表登记读不出来（{type(error).__name__}）", mend="请从备份核对") from None


def read(text: str, name: str) -> tuple[Register, tuple[ZhishouError, ...]]:
    """Read a register.

    Args:
        text: its lines.
        name: the file's name, for messages.

    Returns:
        The register of every line that could be read, and what is wrong with the others, each with its line.

    Raises:
        ProblemsError: a line is of another version: nothing may be added to a register that is not understood.
    """
    entries: list[Entry] = []
    problems: list[ZhishouError] = []
    strange: list[ZhishouError] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            data = json.loads(line)
            version = data["v"]
            if version != VERSION:
                mend = "请用写入它的那个版本的软件打开，或升级本软件"
                strange.append(
                    ZhishouError(f"是第 {version} 版的记录，本软件只认第 {VERSION} 版", where=where, mend=mend)
                )
                continue
            entries.append(_entered(data))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ZhishouError) as error:
            what = f"这一行读不出来（{type(error).__name__}），其余各行照常读取"
            problems.append(ZhishouError(what, where=where, mend="请从备份核对这一行，不要删去"))
    if strange:
        raise ProblemsError(strange)
    return Register().extended(entries), tuple(problems)


def _entry(entry: Entry) -> dict[str, Any]:
    data: dict[str, Any] = {
        "number": entry.number, "at": entry.at.isoformat(), "name": entry.name, "digest": entry.digest,
        "content": entry.content,
    }  # fmt: skip
    if (returned := entry.returned) is not None:
        data["return"] = {
            "reporter": returned.reporter, "gas_day": returned.gas_day.isoformat(), "version": returned.version,
            "at": returned.at.isoformat(), "source": returned.source, "note": returned.note,
            "values": [_value(one) for one in returned.values],
        }  # fmt: skip
    data["held"] = [_held(one) for one in entry.held]
    data["noted"] = [_held(one) for one in entry.noted]
    if (decision := entry.decision) is not None:
        data["decision"] = {
            "held": decision.held, "action": decision.action, "post": decision.post, "reason": decision.reason,
            "at": decision.at.isoformat(), "amounts": [[_key(about), amount] for about, amount in decision.amounts],
        }  # fmt: skip
    return {name: value for name, value in data.items() if value not in ("", [])}


def _value(value: Value) -> dict[str, Any]:
    data = {"item": value.item, "of": value.of, "day": value.day.isoformat(), "amount": value.amount}
    return (
        data | ({"hour": value.hour} if value.hour is not None else {}) | ({"at": value.place} if value.place else {})
    )


def _held(one: Held) -> dict[str, Any]:
    data = {
        "id": one.id, "code": one.code, "message": one.message, "mend": one.mend, "severity": one.severity,
        "sheet": one.sheet, "cell": one.cell, "written": one.written, "label": one.label, "whole": one.whole,
        "about": [_key(about) for about in one.about], "values": [_value(value) for value in one.values],
    }  # fmt: skip
    return {name: value for name, value in data.items() if value not in ("", [], False)}


def _key(about: Key) -> list[Any]:
    item, of, day, hour = about
    return [item, of, day.isoformat() if day is not None else None, hour]


def _entered(data: Mapping[str, Any]) -> Entry:
    returned = data.get("return")
    decision = data.get("decision")
    return Entry(
        int(data["number"]), clock.moment(data["at"]), data.get("name", ""), data.get("digest", ""),
        _returned(returned) if returned is not None else None,
        tuple(_held_back(one) for one in data.get("held", ())), tuple(_held_back(one) for one in data.get("noted", ())),
        data.get("content", ""), _decided(decision) if decision is not None else None,
    )  # fmt: skip


def _returned(data: Mapping[str, Any]) -> Return:
    return Return(
        data["reporter"], date.fromisoformat(data["gas_day"]), int(data["version"]),
        tuple(_valued(one) for one in data["values"]), clock.moment(data["at"]), data["source"], data["note"],
    )  # fmt: skip


def _valued(data: Mapping[str, Any]) -> Value:
    if data["item"] not in ITEMS or not isinstance(data["amount"], int | float | str):
        raise ValueError(data["item"])
    return Value(
        data["item"], data["of"], date.fromisoformat(data["day"]), data["amount"], data.get("hour"), data.get("at", "")
    )


def _held_back(data: Mapping[str, Any]) -> Held:
    if data["code"] not in CODES:
        raise ValueError(data["code"])
    return Held(
        data["code"], data["message"], data.get("mend", ""), data["severity"], data.get("sheet", ""), data.get("cell", ""),
        data.get("written", ""), data.get("label", ""), tuple(_keyed(one) for one in data.get("about", ())),
        tuple(_valued(one) for one in data.get("values", ())), data.get("whole", False), data.get("id", ""),
    )  # fmt: skip


def _keyed(data: Any) -> Key:
    item, of, day, hour = data
    return (item, of, date.fromisoformat(day) if day is not None else None, hour)


def _decided(data: Mapping[str, Any]) -> Decision:
    return Decision(
        data["held"], data["action"], data["post"], data["reason"], clock.moment(data["at"]),
        tuple((_keyed(about), amount) for about, amount in data["amounts"]),
    )  # fmt: skip
