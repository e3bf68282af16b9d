"""What a level of a plan lets be cut, in which order, what it protects and which reserves it opens.

It stands alone because it is the only place that reads an order of cutting out of a pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from zhishou.errors import NotFoundError
from zhishou.plan.curtailment import CutOrder
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import Pack

NO_LEVEL = ""
"""No response has been started: nothing may be cut."""


@dataclass(frozen=True, slots=True)
class Step:
    """One class that may be cut, at its place in the order."""

    customer_class: str
    """Class id."""
    label: str
    """Its Chinese label."""
    clause: tuple[str, ...]
    """The clauses that let it be cut."""
    plan: str
    """The plan they stand in, by its short name."""
    by: tuple[str, ...]
    """Who cuts, as the plan names them."""


@dataclass(frozen=True, slots=True)
class Powers:
    """What a level lets be cut, first cut first."""

    plan: str
    """Plan id."""
    short: str
    """What duty officers call the plan."""
    level: str
    """Level id; empty where no response has been started."""
    label: str
    """What the level is called."""
    steps: tuple[Step, ...]
    """The classes that may be cut, first cut first; empty where the level opens none."""
    full_order: tuple[str, ...]
    """The classes of the plan's longest order, whatever the level that opens it; first cut first."""
    protected: Mapping[str, str]
    """Class id → plan and clause that protect it."""
    reserves: Literal["none", "part", "all"]
    """How much of the emergency reserves it opens."""
    reserve_forms: tuple[str, ...]
    """The forms of reserve it opens; empty for all."""
    reserve_clause: tuple[str, ...]
    """The clauses that open them."""
    notes: tuple[str, ...]
    """What the pack says of the reading."""
    lexicon: Lexicon = field(repr=False, compare=False)

    def step_of(self, customer_class: str) -> int | None:
        """The place in the order at which a class is cut; None where it is not.

        A part of a class goes with the class unless it is protected itself.
        """
        order = {step.customer_class: place for place, step in enumerate(self.steps)}
        for name in kinship(customer_class, self.lexicon):
            if name in self.protected:
                return None
            if name in order:
                return order[name]
        return None

    def protection(self, customer_class: str) -> str:
        """The plan and clause that protect a class; empty where none does."""
        for name in kinship(customer_class, self.lexicon):
            if name in self.protected:
                return self.protected[name]
        return ""

    def ordered_as(self, customer_class: str) -> str:
        """The class under which the plan's longest order has a class; empty where it never cuts it."""
        return next((name for name in kinship(customer_class, self.lexicon) if name in self.full_order), "")


def kinship(customer_class: str, lexicon: Lexicon) -> tuple[str, ...]:
    """A class and those of which it is a part, the smallest first."""
    chain = [customer_class]
    while customer_class in lexicon.customer_classes and (within := lexicon.customer_classes[customer_class].within):
        customer_class = within
        chain.append(within)
    return tuple(chain)


def powers(pack: Pack, level: str, also: Iterable[Pack] = ()) -> Powers:
    """What a level of a plan lets be cut.

    Args:
        pack: the plan.
        level: a level of its response; `NO_LEVEL` where none has been started.
        also: other plans in force whose protections hold besides (they protect, they open nothing; see `limits`).

    Raises:
        NotFoundError: the plan has no such level.
    """
    levels = {one.level: one.label for one in pack.response.levels} if pack.response else {}
    if level not in levels and level != NO_LEVEL:
        raise NotFoundError(f"{pack.plan.short}没有“{level}”级响应", mend=f"级别有：{'、'.join(levels)}")
    mine = [order for order in pack.curtailment.orders if level in order.levels or (level and not order.levels)]
    steps = tuple(step for order in mine for step in _steps(order, pack))
    protected = {
        name: f"{other.plan.short}〔{'、'.join(protection.clause)}〕"
        for other in (pack, *also)
        for protection in other.curtailment.protected
        if not protection.levels or level in protection.levels
        for name in protection.classes
    }
    opening = next((order for order in mine if order.reserves != "none"), None)
    return Powers(
        plan=pack.id,
        short=pack.plan.short,
        level=level,
        label=levels.get(level, "未启动响应"),
        steps=steps,
        full_order=max(((*one.first, *one.order) for one in pack.curtailment.orders), key=len, default=()),
        protected=protected,
        reserves=opening.reserves if opening else "none",
        reserve_forms=opening.reserve_forms if opening else (),
        reserve_clause=(opening.reserves_clause or opening.clause) if opening else (),
        notes=tuple(order.note for order in mine if order.note),
        lexicon=pack.lexicon,
    )


def limits(own: Powers, other: Pack) -> Powers:
    """The powers with what another plan lets be cut whatever the level put before them.

    The province's notice limits liquefaction plants whenever the market is short (its 三(二)).
    """
    orders = [order for order in other.curtailment.orders if not order.levels]
    known = {step.customer_class for step in own.steps}
    before = tuple(step for order in orders for step in _steps(order, other) if step.customer_class not in known)
    first = tuple(step.customer_class for step in before if step.customer_class not in own.full_order)
    return replace(own, steps=before + own.steps, full_order=first + own.full_order)


def _steps(order: CutOrder, pack: Pack) -> list[Step]:
    classes = pack.lexicon.customer_classes
    by = tuple(pack.actor(name).label for name in order.by)
    return [Step(name, classes[name].label, order.clause, pack.plan.short, by) for name in (*order.first, *order.order)]
