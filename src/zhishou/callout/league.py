"""Who was told when, and who answered how soon: calls told for the board and the story, units in order for the review; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from zhishou.callout.calls import Call, Message
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
class Told:
    """One line of a call's story."""

    at: datetime
    text: str


def story(call: Call) -> tuple[Told, ...]:
    """What was called, delivered, read, answered, by whom and when, in order; no number stands in it."""
    return tuple(sorted(_lines(call), key=lambda line: line.at))


def _lines(call: Call) -> Iterator[Told]:
    if call.matter is None or call.opened is None:
        return
    what = f"{KINDS[call.matter.kind]}“{call.matter.what}”"
    yield Told(call.opened, f"呼叫{call.matter.party.label}：{what}")
    for message in call.messages.values():
        yield from _of_message(call.matter.party.label, message)
    if call.answered is not None:
        took = time_to_answer(call) or timedelta()
        minutes = max(1, round(took.total_seconds() / 60))
        who = call.answered.name if call.answered.name != call.matter.party.label else ""
        yield Told(call.answered.at, f"{call.matter.party.label}{who}应答（{HOWS[call.answered.how]}，{minutes} 分钟）")
    elif call.over is not None:
        yield Told(call.over, f"{call.matter.party.label}：{_ENDS.get(call.status, '')}{_REASONS.get(call.reason, '')}")


HOWS = {"link": "点链接", "code": "回短信", "console": "控制台", "command": "在系统办理", "voice": "电话按键"}
CHANNELS = {
    "voice": "电话", "sms": "短信", "mail": "邮件", "wecom": "企业微信", "dingtalk": "钉钉", "feishu": "飞书",
    "console": "控制台", "apprise": "其他通道",
}  # fmt: skip
STATUSES = {
    "queued": "待发", "accepted": "网关已收", "refused": "网关未收", "unknown": "是否送出未知", "dropped": "未发",
}  # fmt: skip
_ENDS = {"lapsed": "已过时效，不再发", "ended": "呼叫结束"}
_REASONS = {
    "told": "（已通知）",
    "over": "（事项已了）",
    "cancelled": "（已撤销）",
    "nobody_told": "（此前没有通知过任何人）",
}


def _of_message(party: str, message: Message) -> Iterator[Told]:
    name, how = message.name, CHANNELS.get(message.channel, message.channel)
    if message.handed is not None and message.status != "dropped":
        why = f"：{message.note}" if message.note else ""
        yield Told(message.handed, f"{party} {name} {how}：{STATUSES[message.status]}{why}")
    if message.delivered is not None:
        yield Told(message.delivered, f"{party} {name} {how}：已送达")
    if message.failed is not None:
        yield Told(message.failed, f"{party} {name} {how}：没有送达{f'（{message.note}）' if message.note else ''}")
    if message.read is not None:
        yield Told(message.read, f"{party} {name} {how}：已阅")
