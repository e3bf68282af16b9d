"""Who was told when, and who answered how soon: calls told for the board and the story, units in order for the review; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from zhishou.callout.calls import Call
from zhishou.callout.matters import KINDS

COUNTED = frozenset({"task", "directive", "level", "proposal", "approval", "query", "report"})
"""Kinds of matter by which a unit's readiness is judged."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a party answered over a stretch of the record."""

    party: str
    """Key of the party."""
    label: str
    called: int
    answered: int
    silent: int
    """Calls that nobody answered, or that lapsed."""
    unreachable: int
    """Of these, calls in which nothing could be handed to a gateway."""
    middle: timedelta | None
    """Median time from the opening of a call to its answer; None where nothing was answered."""
    slowest: timedelta | None

    @property
    def minutes(self) -> int | None:
        """The median time in whole minutes, at least one; None where nothing was answered."""
        return None if self.middle is None else max(1, round(self.middle.total_seconds() / 60))


def league(calls: Iterable[Call]) -> tuple[Standing, ...]:
    """Parties in order: who left nothing unanswered before who did, then the quicker before the slower.

    What ended before anybody could answer counts neither way.
    """
    found: dict[str, list[Call]] = {}
    for call in calls:
        if call.matter is not None and call.matter.kind in COUNTED and call.matter.answer and call.status != "ended":
            found.setdefault(call.matter.party.key, []).append(call)
    standings = (_standing(key, own) for key, own in found.items())
    return tuple(sorted(standings, key=_order))


def _standing(key: str, own: list[Call]) -> Standing:
    label = next(call.matter.party.label for call in own if call.matter is not None)
    taken = [took for call in own if (took := time_to_answer(call)) is not None]
    silent = [call for call in own if call.status in {"unanswered", "lapsed"}]
    return Standing(
        key, label, len(own), len(taken), len(silent),
        sum(not any(message.told for message in call.messages.values()) for call in silent),
        timedelta(seconds=median(took.total_seconds() for took in taken)) if taken else None, max(taken, default=None),
    )  # fmt: skip


def _order(one: Standing) -> tuple[float, timedelta, str]:
    return (one.silent / one.called, timedelta.max if one.middle is None else one.middle, one.label)


def time_to_answer(call: Call) -> timedelta | None:
    """From the opening of a call to its answer; None where it has none."""
    if call.answered is None or call.opened is None:
        return None
    return call.answered.at - call.opened


@dataclass(frozen=True, slots=True)
class Counted:
    """How the calls of an incident stand."""

    called: int
    answered: int
    unanswered: int
    """Found to have no answer, or lapsed without one."""


def counted(calls: Iterable[Call]) -> Counted:
    """The calls that want an answer, and how many have one."""
    asked = [one for one in calls if one.matter is not None and one.matter.answer and one.matter.kind != "gap"]
    return Counted(
        len(asked), sum(one.status == "answered" for one in asked),
        sum(one.status in {"unanswered", "lapsed"} or (one.open and one.round > 1) for one in asked),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a story."""

    at: datetime
    text: str


def course(calls: Iterable[Call]) -> tuple[Told, ...]:
    """Who was called, who answered by what and how soon, and what nobody answered, in order; no number stands in it.

    Parties that are called of one thing at one moment are one line: a level calls forty units.
    """
    opened: dict[tuple[datetime, str, str], list[str]] = {}
    found: list[Told] = []
    for call in calls:
        if call.matter is None or call.opened is None:
            continue
        opened.setdefault((call.opened, call.matter.kind, call.matter.what), []).append(call.matter.party.label)
        found += _ends(call, call.matter.party.label)
    found += [Told(at, f"{_heading(kind, names)}：{what}") for (at, kind, what), names in opened.items()]
    return tuple(sorted(found, key=lambda line: line.at))


def _heading(kind: str, names: list[str]) -> str:
    who = names[0] if len(names) == 1 else f"{names[0]}等 {len(names)} 家"
    return f"报告{who}：无人应答" if kind == "gap" else f"呼叫{who}，{KINDS[kind]}"  # type: ignore[index]


def _ends(call: Call, party: str) -> Iterator[Told]:
    if call.answered is not None:
        minutes = max(1, round((time_to_answer(call) or timedelta()).total_seconds() / 60))
        who = call.answered.name if call.answered.name != party else ""
        yield Told(call.answered.at, f"{party}{who}应答（{HOWS[call.answered.how]}，{minutes} 分钟）")
    elif call.over is not None and call.status == "lapsed":
        yield Told(call.over, f"{party}：无人应答，已过时效，不再发")


HOWS = {
    "link": "点链接", "code": "回短信", "console": "在页面上", "command": "办理事项", "voice": "电话按键", "phone": "接电话",
}  # fmt: skip
"""By what somebody has answered, in words."""
