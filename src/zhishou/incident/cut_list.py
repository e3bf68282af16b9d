"""A list of gas cuts on the record: who gives up how much in which hours, and whether a change keeps the plan's order.

It stands alone because it is arithmetic on a list that lies before it: the network from which it was worked out is the
supply desk's. What the network forced (a later class cut although an earlier one has some left elsewhere) is taken from
the list as it was drawn up; a change may not widen it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zhishou.acts import Moment
from zhishou.incident.parts import Signed

NOTHING = 5e-5
"""万立方米 below which nothing is said: half a cubic metre."""
_CRUMB = 1e-9
"""万立方米 below which nothing is laid."""


@dataclass(frozen=True, slots=True)
class OrderStep:
    """One class of the plan's order."""

    customer_class: str
    label: str
    clause: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedCut:
    """What one customer gives up under one step of the order. Amounts in 万立方米 at 20 °C and 101.325 kPa."""

    customer: str
    label: str
    customer_class: str
    step: int
    """Its class's place in the plan's order, from 0."""
    batch: int
    """Its place among all lines, from 1; lines of one batch are cut together."""
    part: str
    """`interruptible` 可中断部分, `turn` 名单次序, `shared` 按比例."""
    area: str
    supplier: str
    """Id of the reporter who supplies it and has the order carried out."""
    supplier_label: str
    kept: float
    """Its safety load over the list's time, which stays."""
    most: tuple[float, ...]
    """What may be cut of it, hour by hour."""
    hours: tuple[float, ...]
    """What is cut of it, hour by hour, as the list stands."""
    drafted: tuple[float, ...]
    """The same as it was drawn up."""
    notice: float
    """Hours of notice before it may be cut."""
    clause: tuple[str, ...]

    @property
    def cut(self) -> float:
        """What is cut of it in all."""
        return sum(self.hours)

    @property
    def cuttable(self) -> float:
        """What may be cut of it in all."""
        return sum(self.most)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of a line by hand."""

    line: int
    """Number of the line, from 1."""
    was: float
    now: float
    reason: str
    signed: Signed


@dataclass(frozen=True, slots=True)
class CutList:
    """A list of cuts, from its draft to the last customer's return."""

    plan: str
    level: str
    level_label: str
    since: Moment
    """When its first step begins."""
    step_hours: float
    order: tuple[OrderStep, ...]
    lines: tuple[ListedCut, ...]
    drawn_up: Signed
    lacking: tuple[str, ...] = ()
    """What remains unserved whatever this level cuts, in words."""
    apart: Mapping[str, str] = field(default_factory=dict)
    """Class → why it is cut although an earlier one has some left."""
    assumed: tuple[str, ...] = ()
    """What nobody has returned and was assumed, in words."""
    notes: tuple[str, ...] = ()
    status: str = "draft"
    """draft 草稿 · signed 已签发 · sent 已下达 · ended 已全部恢复 · replaced 已由新清单替代."""
    adjustments: tuple[Adjustment, ...] = ()
    signed: Signed | None = None
    sent: Signed | None = None
    directives: Mapping[str, str] = field(default_factory=dict)
    """Directive → the supplier it went to."""
    restored: Mapping[str, Signed] = field(default_factory=dict)
    """Number of a line → who gave it back, when."""

    @property
    def until(self) -> datetime:
        """When it ends."""
        steps = max((len(line.hours) for line in self.lines), default=0)
        return self.since + timedelta(hours=steps * self.step_hours)

    def moment(self, step: int) -> datetime:
        """When a step begins."""
        return self.since + timedelta(hours=step * self.step_hours)

    @property
    def cut(self) -> float:
        """What is cut in all."""
        return sum(line.cut for line in self.lines)

    @property
    def needed(self) -> tuple[float, ...]:
        """What must be saved, step by step: as much as the list saved when it was drawn up."""
        return _sums(line.drafted for line in self.lines)

    @property
    def short(self) -> tuple[float, ...]:
        """What the list as it stands leaves uncovered of that, step by step."""
        now = _sums(line.hours for line in self.lines)
        return tuple(
            max(0.0, wanted - got) if wanted - got > NOTHING else 0.0
            for wanted, got in zip(self.needed, now, strict=True)
        )

    def window(self, number: int) -> tuple[datetime, datetime] | None:
        """From when to when a line is cut; None where it is not."""
        cut = [step for step, amount in enumerate(self.lines[number - 1].hours) if amount > 0]
        return (self.moment(cut[0]), self.moment(cut[-1] + 1)) if cut else None

    def tell_by(self, number: int) -> datetime | None:
        """By when a line's customer must have been told; None where nothing is cut of it."""
        when = self.window(number)
        return max(self.drawn_up.at, when[0] - timedelta(hours=self.lines[number - 1].notice)) if when else None

    def hand_of(self, person: str) -> str:
        """What somebody had to do with the figures, so that he does not sign them: 起草, 调整; empty where nothing."""
        if self.drawn_up.person == person:
            return "起草"
        return "调整" if any(one.signed.person == person for one in self.adjustments) else ""

    @property
    def waiting(self) -> tuple[int, ...]:
        """Numbers of the lines that are cut and not given back."""
        return tuple(
            number for number, line in enumerate(self.lines, 1)
            if line.cut > NOTHING and str(number) not in self.restored
        )  # fmt: skip


def _sums(rows: Iterable[Sequence[float]]) -> tuple[float, ...]:
    return tuple(sum(column) for column in zip(*rows, strict=True))


def spread(amount: float, weights: Sequence[float], most: Sequence[float]) -> tuple[float, ...]:
    """An amount laid over hours in proportion to weights, no hour above its most; what overflows goes where room is left.

    Args:
        amount: 万立方米, no more than all of `most`.
        weights: where it would lie; hours of no weight take only what overflows nowhere else.
        most: what each hour can take.
    """
    laid = [0.0] * len(most)
    left = min(amount, sum(most))
    for share in (weights, most):
        while left > _CRUMB:
            room = [m - got if w > _CRUMB else 0.0 for m, got, w in zip(most, laid, share, strict=True)]
            total = sum(w for w, r in zip(share, room, strict=True) if r > _CRUMB)
            if total <= 0:
                break
            added = [min(r, left * w / total) if r > _CRUMB else 0.0 for w, r in zip(share, room, strict=True)]
            laid = [got + more for got, more in zip(laid, added, strict=True)]
            left -= sum(added)
    return tuple(laid)


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a list would break the plan's order."""

    earlier: OrderStep
    later: OrderStep
    steps: tuple[int, ...]
    """The hours."""


def breach(order: Sequence[OrderStep], lines: Sequence[ListedCut]) -> Breach | None:
    """Where a later class is cut while an earlier one has room that the list as drawn up did not leave; None: nowhere.

    In each hour: an earlier class may not be cut less than drawn up while a later one is cut, and a later one not more
    than drawn up while an earlier one has room.
    """
    length = len(lines[0].hours) if lines else 0
    rows = {
        step: (
            _of(lines, step, "hours", length), _of(lines, step, "drafted", length), _of(lines, step, "most", length)
        )
        for step in range(len(order))
    }  # fmt: skip
    for later in range(len(order)):
        for earlier in range(later):
            now, was, most = rows[earlier]
            then, before, _ = rows[later]
            bad = tuple(
                hour
                for hour in range(length)
                if most[hour] - now[hour] > NOTHING
                and (
                    (then[hour] > NOTHING and now[hour] < was[hour] - NOTHING)
                    or then[hour] > before[hour] + NOTHING
                )
            )  # fmt: skip
            if bad:
                return Breach(order[earlier], order[later], bad)
    return None


def _of(lines: Sequence[ListedCut], step: int, what: str, length: int) -> tuple[float, ...]:
    rows = [getattr(line, what) for line in lines if line.step == step]
    return _sums(rows) if rows else (0.0,) * length


def forced(order: Sequence[OrderStep], lines: Sequence[ListedCut]) -> frozenset[str]:
    """The classes that are cut in some hour in which an earlier one has room."""
    length = len(lines[0].hours) if lines else 0
    found = set()
    for later in range(len(order)):
        then = _of(lines, later, "hours", length)
        for earlier in range(later):
            now, most = _of(lines, earlier, "hours", length), _of(lines, earlier, "most", length)
            if any(then[h] > NOTHING and most[h] - now[h] > NOTHING for h in range(length)):
                found.add(order[later].customer_class)
    return frozenset(found)
