"""What a call does next: the one pure function that says who is called now, by what, and when the next are.

A step with nobody in it is passed at once. Nothing here waits for an answer that has come, and nothing ends without an
answer, an end, or a report that nobody answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zhishou.acts import Event
from zhishou.callout.calls import Call, Message
from zhishou.callout.codes import message_id
from zhishou.callout.events import CallAnswered, CallEnded, CallLapsed, CallUnanswered, StepHeld, StepPassed, StepTaken
from zhishou.callout.matters import Matter, Queued
from zhishou.callout.policy import Rule, Step, length
from zhishou.callout.standing import Standing
from zhishou.callout.whom import CONSOLE, Address, Missing, Person, Reach

LACKS: Mapping[str, str] = {
    "nobody": "无人担任",
    "no_channel": "没有联系方式",
    "dead": "联系方式上次测试不通",
    "on_leave": "请假，没有代接人",
    "off_hours": "此时没有可用的联系方式",
}
PLENTY = 9000
"""Messages of one call after which it stops by itself: nobody is helped by more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a step may look at."""

    call: Call
    now: datetime
    rule: Rule
    standing: Standing
    reach: Reach
    cancelled: Call | None = None
    """The call that this one cancels."""
    quiet: Mapping[str, datetime] = field(default_factory=dict)
    """Channels that are quiet for it now, by name or kind → until when."""


def follows(one: Asked) -> tuple[Event, ...]:
    """The events that follow at a moment at which a step is due; none where nothing is to be done yet.

    A call that is over, or whose matter is, comes to its end whatever is due.
    """
    call, matter = one.call, one.call.matter
    if matter is None or not call.open:
        return ()
    if (end := ended(call, one.standing)) is not None:
        return (end,)
    if matter.use_by is not None and one.now > matter.use_by:
        return (CallLapsed(told=sum(message.told for message in call.messages.values())),)
    if matter.kind == "cancel":
        return tuple(_cancel(one, one.cancelled))
    if not matter.answer and (end := _told(call)) is not None:
        return (end,)
    return tuple(_steps(one, matter))


def ended(call: Call, standing: Standing) -> Event | None:
    """The event that ends a call because of how its matter stands; None while it is open."""
    if standing.word == "open" or not call.open:
        return None
    if standing.word == "answered" and standing.by is not None:
        by = standing.by
        return CallAnswered(person=by.person, name=by.name, post=by.post, how="command")
    return CallEnded(reason="cancelled" if standing.word == "cancelled" else "over", note=standing.note)


def _told(call: Call) -> CallEnded | None:
    """The end of a call that wants no answer: somebody was told, and nothing is on its way."""
    found = call.messages.values()
    if any(message.status == "accepted" and message.failed is None for message in found) and not _pending(call):
        return CallEnded(reason="told")
    return None


def _pending(call: Call) -> bool:
    return any(message.status == "queued" for message in call.messages.values())


def _steps(one: Asked, matter: Matter) -> Iterator[Event]:
    call, rule = one.call, one.rule
    again = call.status == "unanswered"
    round_ = call.round + 1 if again else call.round
    passed, pace = False, pace_of(matter, rule)
    for number in range(1 if again else call.step + 1, len(rule.steps) + 1):
        step = rule.steps[number - 1]
        people = people_of(step, one.reach, round_)
        queued = tuple(_queued(call, step, people))
        if not queued and (until := quiet_until(people)) is not None:
            yield StepHeld(step=number, round=round_, until=_within_use(matter, until))
            return
        if not queued:
            passed = True
            yield StepPassed(step=number, round=round_, reason=_why(step, one.reach))
            continue
        rings = not matter.urgent or any(message.channel != CONSOLE for message in queued)
        yield StepTaken(
            step=number, round=round_, messages=queued, next=one.now + length(step.wait) * pace if rings else one.now,
            missing=missing_words(one.reach),
        )  # fmt: skip
        return
    told = (message for message in call.messages.values() if message.told)
    reached = any(not matter.urgent or message.channel != CONSOLE for message in told)
    more = rule.repeat is not None and round_ <= rule.times and len(call.messages) < PLENTY
    again_at = one.now + length(rule.repeat or "") if more else quiet_until(one.reach.persons)
    # Where the whole round passed without anybody, the next looks again after the repeat: an appointment may have come.
    yield CallUnanswered(
        round=round_, reached=reached, next=again_at,
        missing=missing_words(one.reach) if passed or not reached else (),
    )  # fmt: skip


def pace_of(matter: Matter, rule: Rule) -> float:
    """By what the policy's waiting is shortened, so that by half of the time that the plan gives everybody has been called."""
    if matter.due is None or matter.kind in {"missed", "gap"}:
        return 1.0
    since = matter.since
    half = (matter.due - since) / 2
    return max(0.1, min(1.0, half / rule.wait)) if half > timedelta() else 0.1


def people_of(step: Step, reach: Reach, round_: int) -> tuple[Person, ...]:
    """Whom a step calls: the nearest, and of those behind them the next each time it begins again."""
    able = _able(reach.first)
    first, behind = able[: step.most], _able((*able[step.most :], *reach.deputies))
    if step.who == "first":
        return first
    start = (round_ - 1) * step.most % len(behind) if behind else 0
    return (*behind[start:], *behind[:start])[: step.most]


def _queued(call: Call, step: Step, people: tuple[Person, ...]) -> Iterator[Queued]:
    number = len(call.messages)
    seen: set[str] = set()
    for person in people:
        for address in ways_of(person, step):
            if address.id not in seen and not _in_vain(call, address):  # two people may share a telephone
                seen.add(address.id)
                number += 1
                yield Queued(
                    id=message_id(call.ref, number), person=person.id, name=person.name, post=person.post,
                    why=person.why, address=address.id, channel=address.by, references=_first_to(call, address.id),
                )  # fmt: skip


def _in_vain(call: Call, address: Address) -> bool:
    """Whether nothing is won by one message more: on a page it stands already; a dead number was tried and is dead."""
    before = [one for one in call.messages.values() if one.address == address.id]
    if address.kind == CONSOLE:
        return bool(before)
    return address.alive is False and any(one.status == "refused" or one.failed is not None for one in before)


def ways_of(person: Person, step: Step) -> tuple[Address, ...]:
    """The addresses of a person that a step uses; whoever has none of its kinds is reached by the first that he has."""
    able = _awake(person)
    order = step.by or tuple(dict.fromkeys(one.kind for one in able))
    found = [one for kind in order for one in able if one.kind == kind] or list(able[:1])
    return tuple(found) if step.ways == "all" else tuple(found[:1])


def _able(people: Iterable[Person]) -> tuple[Person, ...]:
    """Those who can be called now; where every way to all of them is quiet, those who can be called later."""
    found = tuple(sorted((one for one in people if one.addresses), key=_only_a_page))
    return tuple(one for one in found if _awake(one)) or found


def _only_a_page(person: Person) -> bool:
    """Whether somebody is reached on his own pages alone: he comes behind whoever has a telephone."""
    return all(one.kind == CONSOLE for one in person.addresses)


def _awake(person: Person) -> tuple[Address, ...]:
    """The addresses of a person whose channels are not quiet now."""
    return tuple(one for one in person.addresses if one.quiet is None)


def quiet_until(people: Iterable[Person]) -> datetime | None:
    """When the first of their channels that are quiet now is quiet no more; None where none is."""
    return min((one.quiet for person in people for one in person.addresses if one.quiet is not None), default=None)


def _within_use(matter: Matter, until: datetime) -> datetime:
    """A moment to wait for; where the matter is past its use by then, the one at which that is found and reported."""
    return until if matter.use_by is None else min(until, matter.use_by + timedelta(seconds=1))


def _first_to(call: Call, address: str) -> str:
    """The message that a new one to the same address repeats."""
    return next((one.id for one in call.messages.values() if one.address == address and one.told), "")


def _why(step: Step, reach: Reach) -> str:
    words = missing_words(reach)
    return "；".join(words) if words else ("没有副职、受托人或同班" if step.who == "deputies" else "没有可呼叫的人")


def missing_words(reach: Reach) -> tuple[str, ...]:
    """What is missing, in words that name posts and people and no numbers."""
    return tuple(dict.fromkeys(_words(one) for one in reach.missing))


def _words(one: Missing) -> str:
    return f"{one.name}：{LACKS[one.lack]}"


def _cancel(one: Asked, original: Call | None) -> Iterator[Event]:
    """A cancel goes to those addresses to which what it cancels went, or may have gone, and names it."""
    call = one.call
    if original is None:
        yield CallEnded(reason="nobody_told")
        return
    if _pending(original) and original.open:
        return  # what is still on its way is withdrawn or told first; a moment later it is known
    told: dict[str, Message] = {}
    for message in original.messages.values():
        if message.told:
            told.setdefault(message.address, message)
    done = {message.address for message in call.messages.values() if message.told or message.status == "queued"}
    left = [message for address, message in told.items() if address not in done]
    quiet = [one.quiet[message.channel] for message in left if message.channel in one.quiet]
    tries = Counter(message.address for message in call.messages.values())
    more = [m for m in left if m.channel not in one.quiet and tries[m.address] < len(one.rule.steps)]
    if not told:
        yield CallEnded(reason="nobody_told")
    elif not left and not _pending(call):
        yield CallEnded(reason="told")
    elif more:
        wait = one.rule.steps[min(call.step, len(one.rule.steps) - 1)].wait
        yield StepTaken(
            step=call.step + 1, round=1, messages=tuple(_again(call, more)), next=one.now + length(wait)
        )  # fmt: skip
    elif quiet and call.matter is not None:
        yield StepHeld(step=call.step + 1, round=1, until=_within_use(call.matter, min(quiet)))
    elif left and not _pending(call):
        names = tuple(f"{message.name}：撤销通知没有送出" for message in left)
        yield CallUnanswered(round=1, reached=bool(done), next=None, missing=names)


def _again(call: Call, left: list[Message]) -> Iterator[Queued]:
    for number, message in enumerate(left, start=len(call.messages) + 1):
        yield Queued(
            id=message_id(call.ref, number), person=message.person, name=message.name, post=message.post,
            why=message.why, address=message.address, channel=message.channel, references=message.id,
        )  # fmt: skip
