"""A shortage as arrays: nodes, pipes, sources, storages and claims over the steps of a horizon.

It stands alone because the exact flow, the linear program, the what-ifs and the tests all read it. Amounts are
万立方米 per step (at 20 °C and 101.325 kPa), stocks 万立方米.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def _none() -> Floats:
    return np.zeros((0, 0))


@dataclass(frozen=True, eq=False)
class Instance:
    """One shortage. Shapes: P pipes, S sources, G storages, C claims, H steps; every array of amounts has H columns.

    A claim is what one customer asks for under one tier; tier 0 is served first and the last tier is cut first.
    """

    nodes: tuple[str, ...]
    """Node ids."""
    steps: int
    """H."""
    step_hours: float
    """Length of a step in hours."""
    pipes: tuple[str, ...]
    """Pipe ids."""
    pipe_start: Ints
    """(P,) node index at which a positive flow starts."""
    pipe_end: Ints
    """(P,) node index at which it ends."""
    pipe_capacity: Floats
    """(P, H) what a pipe carries forward."""
    pipe_back: Floats
    """(P, H) what it carries backward."""
    sources: tuple[str, ...]
    """Source ids."""
    source_node: Ints
    """(S,) node index."""
    source_available: Floats
    """(S, H) what a source can send."""
    storages: tuple[str, ...]
    """Storage ids."""
    storage_node: Ints
    """(G,) node index."""
    stock: Floats
    """(G,) what is in it at the start, above what must stay in it."""
    storage_capacity: Floats
    """(G,) what it holds at most, above what must stay in it."""
    injection: Floats
    """(G, H) what can be put in."""
    withdrawal: Floats
    """(G, H) what can be taken out, measured in the storage."""
    reserve: NDArray[np.bool_]
    """(G,) whether it is an emergency reserve, drawn after the others."""
    tiers: tuple[str, ...]
    """Tier ids in the order of service, the last cut first."""
    claims: tuple[str, ...]
    """Customer id of each claim."""
    claim_node: Ints
    """(C,) node index."""
    claim_tier: Ints
    """(C,) tier index."""
    claim_amount: Floats
    """(C, H) what is asked for."""
    loss: Floats = field(default_factory=lambda: np.zeros(0))
    """(G,) share of the stock lost in each step; empty: none."""
    withdrawal_loss: Floats = field(default_factory=lambda: np.zeros(0))
    """(G,) share of what is withdrawn that does not arrive; empty: none."""
    source_minimum: Floats = field(default_factory=_none)
    """(S, D) what must be taken from a source in each gas day of the horizon; empty: nothing."""
    source_ramp: Floats = field(default_factory=lambda: np.zeros(0))
    """(S,) how much a source may change from one step to the next; empty or inf: freely."""
    customer_minimum: tuple[tuple[str, float], ...] = ()
    """Customer id and what it must be given in each gas day of the horizon."""
    cut_ramp: tuple[tuple[str, float], ...] = ()
    """Customer id and how much its cut may change from one step to the next."""
    day_of_step: Ints = field(default_factory=lambda: np.zeros(0, np.intp))
    """(H,) gas day of each step, from 0; empty: all of one day."""

    @property
    def coupled(self) -> bool:
        """Whether anything but flows and stocks ties the amounts together, so that a linear program must decide."""
        return bool(
            self.loss.any()
            or self.withdrawal_loss.any()
            or self.source_minimum.any()
            or np.isfinite(self.source_ramp).any()
            or self.customer_minimum
            or self.cut_ramp
        )

    @property
    def most(self) -> float:
        """More than can ever flow anywhere in one step; stands for a capacity without bound."""
        stored = np.minimum(self.injection, self.storage_capacity[:, None]).sum()  # 99999999 may stand for no limit
        held = self.stock.sum() + min(stored, self.source_available.sum())
        return float(self.claim_amount.sum() + held) or 1.0

    @property
    def days(self) -> Ints:
        """(H,) gas day of each step."""
        return self.day_of_step if len(self.day_of_step) else np.zeros(self.steps, np.intp)

    def wanted(self, tier: int) -> Floats:
        """(N, H) what is asked for under a tier at each node."""
        total = np.zeros((len(self.nodes), self.steps))
        mine = np.flatnonzero(self.claim_tier == tier)
        np.add.at(total, self.claim_node[mine], self.claim_amount[mine])
        return total


@dataclass(frozen=True, eq=False)
class Dispatch:
    """How the gas goes: a complete feasible answer to an instance, in 万立方米 per step."""

    served: Floats
    """(C, H) what each claim is given."""
    pipe_flow: Floats
    """(P, H) flow, negative where it runs backward."""
    source_flow: Floats
    """(S, H) what each source sends."""
    injected: Floats
    """(G, H) what is put into each storage."""
    withdrawn: Floats
    """(G, H) what is taken out of each storage, measured in the storage."""
    level: Floats
    """(G, H + 1) what is in each storage before the first step and after each one, above what must stay in it."""
    tier_demand: Floats
    """(K,) what is asked for under each tier over the horizon."""
    tier_served: Floats
    """(K,) what it is given."""

    @property
    def tier_short(self) -> Floats:
        """(K,) what each tier goes without."""
        return np.maximum(self.tier_demand - self.tier_served, 0.0)
