"""What the answers to a test say of each address, and of the channel that was asked; pure.

What fails alike for every address of a channel, or for the last ones in a row, is the channel's failure and says nothing of
the addresses: a gateway whose money ran out after the fourth message has refused six good numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zhishou.callout.channels.contract import Outcome

SEVERAL = 2
"""So many of the last in a row are enough to doubt a channel that can be asked again about an address that it took."""
MANY = 3
"""So many where it cannot be asked again."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a channel's answers say."""

    found: Mapping[str, tuple[bool | None, str]]
    """Address → whether somebody is there, None where nobody can tell; and why."""
    wrong: str = ""
    """What is wrong with the channel; empty where it works."""


def judged(outcomes: Mapping[str, Outcome], again: Callable[[str], Outcome] | None) -> Judged:
    """Judge a channel's answers.

    Args:
        outcomes: address → answer, in the order in which they were asked for.
        again: asks once more for an address that was taken; None where that would be noticed.
    """
    if wrong := _wrong(outcomes):
        return Judged({address: (None, outcome.why) for address, outcome in outcomes.items()}, wrong)
    tail = _tail(outcomes)
    found = {address: (_alive(outcome), outcome.why) for address, outcome in outcomes.items()}
    if not tail:
        return Judged(found)
    taken = next((address for address, outcome in outcomes.items() if outcome.status == "accepted"), "")
    faulty = again(taken).status != "accepted" if taken and again is not None else len(tail) >= MANY
    why = outcomes[tail[0]].why
    return Judged({**found, **dict.fromkeys(tail, (None, why))}, why) if faulty else Judged(found)


def _tail(outcomes: Mapping[str, Outcome]) -> list[str]:
    """The last addresses in a row that were refused for one and the same reason, where they are several."""
    found: list[str] = []
    listed = list(outcomes.items())
    last = listed[-1][1]
    for address, outcome in reversed(listed):
        if outcome.status == "accepted" or outcome.why != last.why:
            break
        found.append(address)
    return found if len(found) >= SEVERAL else []


def _alive(outcome: Outcome) -> bool | None:
    if outcome.status == "accepted":
        return True
    return False if outcome.status == "refused" and not outcome.again else None


def _wrong(found: Mapping[str, Outcome]) -> str:
    """What is wrong with a channel: several addresses, and not one of them was taken, for one and the same reason."""
    outcomes = list(found.values())
    reasons = {one.why for one in outcomes}
    if any(one.status == "accepted" for one in outcomes) or len(reasons) > 1:
        return ""
    if len(outcomes) > 1 or outcomes[0].again or outcomes[0].status == "unknown":
        return outcomes[0].why
    return ""
