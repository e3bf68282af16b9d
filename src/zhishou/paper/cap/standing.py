"""What of all that came in still stands: updates and cancels by reference, duplicates, and what has run out.

It stands alone because the answer must not hang on the order of arrival: a cancel may come before what it cancels.
Nobody updates or cancels another's message; what a known certificate signed, only what it signs too can undo; and an
exercise undoes nothing real, whether its status says so or only its heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zhishou.paper.cap.reading import Received
from zhishou.paper.cap.values import STATUS_LABELS, Reference

State = Literal[
    "standing", "superseded", "cancelled", "expired", "cancel", "not_real", "receipt", "conflict", "doubtful"
]  # fmt: skip

LABELS: dict[State, str] = {
    "standing": "有效", "superseded": "已被更新", "cancelled": "已解除", "expired": "已过有效期", "cancel": "解除通知",
    "not_real": "不是真实预警", "receipt": "回执", "conflict": "同一标识而内容不同",
    "doubtful": "标题说是演练或测试",
}  # fmt: skip

_EXERCISE = re.compile(r"演练|演习|测试|\b(?:exercise|drill|test)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Standing:
    """A message and what has become of it."""

    message: Received
    state: State
    by: Received | None = None
    """The message that updated or cancelled it."""
    copies: int = 1
    """How often the same bytes, or the same content, came in."""
    note: str = ""
    """In words, where something is to be said."""

    @property
    def label(self) -> str:
        """The state as a duty officer reads it."""
        return LABELS[self.state]


def standings(messages: Iterable[Received], at: datetime) -> tuple[Standing, ...]:
    """Every message once, oldest first, with its state at a moment."""
    groups: dict[Reference, list[Received]] = {}
    for one in messages:
        groups.setdefault(one.alert.key, []).append(one)
    kept = [min(group, key=lambda one: (not one.signer, one.received)) for group in groups.values()]
    kept.sort(key=lambda one: (one.alert.sent, one.alert.identifier))
    quarrels = {key for key, group in groups.items() if _differ(group)}
    counted = [one for one in kept if one.alert.key not in quarrels]
    found = []
    for one in kept:
        copies = len(groups[one.alert.key])
        quarrel = one.alert.key in quarrels
        found.append(_conflict(one, copies) if quarrel else _state(one, counted, at, copies))
    return tuple(found)


def _differ(group: Sequence[Received]) -> bool:
    """Whether messages of one key say different things; what is signed outweighs what was never signed."""
    best = [one for one in group if one.signer] or list(group)
    return any(one.alert != best[0].alert for one in best)


def _conflict(one: Received, copies: int) -> Standing:
    return Standing(one, "conflict", copies=copies, note="同一标识收到内容不同的几条，都不采信，请向发送单位核实")


def _state(one: Received, counted: Sequence[Received], at: datetime, copies: int) -> Standing:
    alert = one.alert
    if alert.status != "Actual":
        return Standing(one, "not_real", copies=copies, note=f"{STATUS_LABELS[alert.status]}信息，不作真实情况")
    if alert.msg_type in {"Ack", "Error"}:
        return Standing(one, "receipt", copies=copies)
    if said := _exercise(one):
        note = f"状态写的是实际，标题里却有“{said}”，不采信，请向发送单位核实"
        return Standing(one, "doubtful", copies=copies, note=note)
    if alert.msg_type == "Cancel":
        known = any(_undoes(one, other) for other in counted)
        return Standing(one, "cancel", copies=copies, note="" if known else "它所解除的信息没有收到")
    if later := [other for other in counted if _undoes(other, one)]:
        cancel = next((other for other in later if other.alert.msg_type == "Cancel"), None)
        return Standing(one, "cancelled" if cancel else "superseded", cancel or later[-1], copies)
    return _by_time(one, at, copies)


def _exercise(one: Received) -> str:
    """The word by which a message that calls itself real says in its heading that it is none; empty where it has none."""
    found = (_EXERCISE.search(text) for info in one.alert.infos for text in (info.event, info.headline))
    return next((match[0] for match in found if match), "")


def _by_time(one: Received, at: datetime, copies: int) -> Standing:
    """Whether a message that nobody has undone has run out by itself."""
    ends = [info.expires for info in one.alert.infos]
    last = max((end for end in ends if end is not None), default=None)
    if last is None or None in ends or last > at:
        return Standing(one, "standing", copies=copies)
    return Standing(one, "expired", copies=copies, note=f"有效期到 {last:%Y-%m-%d %H:%M}")


def _undoes(later: Received, earlier: Received) -> bool:
    """Whether one message updates or cancels another."""
    new, old = later.alert, earlier.alert
    if new.msg_type not in {"Update", "Cancel"} or new.status != "Actual" or old.status != "Actual":
        return False
    if _exercise(later):
        return False
    if new.key == old.key or new.sender != old.sender or (earlier.signer and later.signer != earlier.signer):
        return False
    if old.msg_type == "Cancel":
        return False
    if new.profile == "national":
        return _same_thread(later, earlier)
    return any(_names(reference, earlier) for reference in new.references)


def _names(reference: Reference, message: Received) -> bool:
    alert = message.alert
    return (reference.identifier, reference.sender, reference.sent) == (alert.identifier, alert.sender, alert.sent)


def _same_thread(later: Received, earlier: Received) -> bool:
    """In the national profile every update and cancel names the first message; the latest of a thread stands.

    Of two updates of one minute (programmes write no seconds) the identifier, which has them, tells the later.
    """
    new, old = later.alert, earlier.alert
    if old.profile != "national" or new.sent < old.sent:
        return False
    if new.sent == old.sent and new.msg_type == old.msg_type and new.identifier < old.identifier:
        return False
    first = {one.identifier for one in later.alert.references}
    thread = {one.identifier for one in earlier.alert.references} or {earlier.alert.identifier}
    return bool(first & (thread | {earlier.alert.identifier}))
