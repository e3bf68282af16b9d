"""Reports of calls that nobody answered: every silent party is named by one, in the transaction in which it is found silent.

While a report is under way, whoever falls silent after it is noted on it. Once nobody is called for it any more, whoever was
noted and is still silent is named by the next. Both are writes to the report's own stream, so no two servers can miss one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhishou.acts import Event
from zhishou.callout.calls import Call
from zhishou.callout.events import CallLapsed, CallUnanswered, MoreUnanswered
from zhishou.callout.gaps import REPORTED, gap, gap_group
from zhishou.callout.matters import Matter
from zhishou.desk.calls import Calls, Turn, folded
from zhishou.plan.load import Library


@dataclass(frozen=True, slots=True)
class GapCalls:
    """The reports of one record.

    Args:
        calls: the calls.
        library: plans and lexicon.
    """

    calls: Calls
    library: Library

    def __call__(self, turns: Sequence[Turn], at: datetime) -> tuple[list[Turn], list[Matter]]:
        """What is to be recorded, and opened, with turns that are about to be recorded."""
        silent: dict[str, list[Call]] = defaultdict(list)
        after: dict[str, Call] = {}
        for turn in turns:
            matter = turn.call.matter
            if matter is None:
                continue
            if matter.kind == "gap":
                after[turn.call.id] = folded(turn.call, turn.events, at)
                silent.setdefault(_group(matter, matter.id.rpartition("/")[0]), [])
            elif matter.kind in REPORTED and _found_silent(turn):
                silent[_group(matter, gap_group(matter))].append(turn.call)
        more: list[Turn] = []
        opened: list[Matter] = []
        for group, own in silent.items():
            self._of_group(group, own, after, (more, opened), at)
        return more, opened

    def _of_group(
        self, group: str, own: list[Call], after: Mapping[str, Call], found: tuple[list[Turn], list[Matter]], at: datetime
    ) -> None:  # fmt: skip
        before = {name: after.get(name, call) for name, call in self.calls.under(group).items()}
        active = next((call for call in before.values() if call.under_way), None)
        waiting = self._still_silent(before.values()) if active is None else {}
        silent = {**waiting, **{call.id: call for call in own}}
        if not silent:
            return
        if active is not None:
            event = MoreUnanswered(calls=tuple(silent), names=tuple(map(_name, silent.values())))
            found[0].append(Turn(active, (event,)))
        elif (
            report := gap([*silent.values()], len(before) + 1, at, self.library.packs, self.library.lexicon)
        ) is not None:
            found[1].append(report)

    def _still_silent(self, reports: Iterable[Call]) -> dict[str, Call]:
        """Calls that were noted on a report and named by none, and that nobody has answered since."""
        noted: dict[str, None] = {}
        named: set[str] = set()
        for one in reports:
            noted |= dict.fromkeys(one.more)
            named |= {*one.matter.calls, one.matter.of} if one.matter is not None else set()
        left = self.calls.get_all(name for name in noted if name not in named)
        return {name: call for name, call in left.items() if call.open or call.status == "lapsed"}


def _group(matter: Matter, of: str) -> str:
    return f"{matter.incident or matter.area}/gap/{of}"


def _name(call: Call) -> str:
    return call.matter.party.label if call.matter is not None else call.id


def _found_silent(turn: Turn) -> bool:
    """Whether it is found out now that nobody answers: once for a call, however often it begins again."""
    events: tuple[Event, ...] = turn.events
    first = turn.call.round == 1 and turn.call.status == "calling"
    return first and any(isinstance(one, CallUnanswered | CallLapsed) for one in events)
