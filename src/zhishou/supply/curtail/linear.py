"""The linear program: takes over where losses, minimum takes or ramps tie the amounts together.

The same tiers in the same order: each is given all it can while the earlier ones keep theirs, then the shares of each
are levelled, then the stocks are spared. HiGHS solves it, through SciPy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_matrix, vstack

from zhishou.errors import ZhishouError
from zhishou.supply.curtail.instance import Dispatch, Floats, Instance, Ints

_SLACK = 1e-9
"""How far a tier's total may be missed, as a share of it, so that rounding does not make the next program infeasible."""


_ROOM = 1e-7
"""How far a share that has been levelled may be missed, as a share and in 万立方米: totals are held by their own rows,
and floors as tight as those would leave the solver's own rounding no room."""
_EXACT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
"""As exact as HiGHS can be asked to be."""


@dataclass(eq=False)
class Program:
    """Columns: pipe flow, source flow, injected, withdrawn, level after each step, served; each (things × H)."""

    instance: Instance
    equal: csr_matrix = field(init=False)
    right: Floats = field(init=False)
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    rows: list[csr_matrix] = field(default_factory=list)
    """Rows that may be at most `most`."""
    most: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        one, steps = self.instance, self.instance.steps
        counts = [len(one.pipes), len(one.sources), *[len(one.storages)] * 3, len(one.claims)]
        starts = np.concatenate([[0], np.cumsum(counts)])
        self.width = int(starts[-1]) * steps
        self.columns = [
            (start * steps + np.arange(count * steps, dtype=np.intp)).reshape(count, steps)
            for start, count in zip(starts[:-1], counts, strict=True)
        ]
        self.pipe, self.source, self.injected, self.withdrawn, self.level, self.served = self.columns
        self._balances()
        self._bounds()
        self._ties()

    def _balances(self) -> None:
        one, steps = self.instance, self.instance.steps
        places = len(one.nodes) * steps
        burnt = one.withdrawal_loss if len(one.withdrawal_loss) else np.zeros(len(one.storages))
        kept = 1 - (one.loss if len(one.loss) else np.zeros(len(one.storages)))

        def at(nodes: Ints) -> Ints:
            return nodes[:, None] * steps + np.arange(steps)

        own = places + np.arange(len(one.storages) * steps, dtype=np.intp).reshape(-1, steps)
        shape = self.withdrawn.shape
        entries: list[tuple[Ints, Ints, Floats | float]] = [
            (at(one.pipe_start), self.pipe, -1.0),
            (at(one.pipe_end), self.pipe, 1.0),
            (at(one.source_node), self.source, 1.0),
            (at(one.claim_node), self.served, -1.0),
            (at(one.storage_node), self.withdrawn, np.broadcast_to((1 - burnt)[:, None], shape)),
            (at(one.storage_node), self.injected, -1.0),
            (own, self.level, 1.0),
            (own, self.withdrawn, 1.0),
            (own, self.injected, -1.0),
            (own[:, 1:], self.level[:, :-1], np.broadcast_to(-kept[:, None], own[:, 1:].shape)),
        ]
        rows = np.concatenate([row.ravel() for row, _, _ in entries])
        columns = np.concatenate([column.ravel() for _, column, _ in entries])
        values = np.concatenate([np.broadcast_to(value, column.shape).ravel() for _, column, value in entries])
        self.equal = csr_matrix((values, (rows, columns)), shape=(places + own.size, self.width))
        self.right = np.zeros(places + own.size)
        self.right[own[:, 0]] = one.stock * kept

    def _bounds(self) -> None:
        one = self.instance
        self.low, self.high = np.zeros(self.width), np.zeros(self.width)
        self.low[self.pipe] = -np.minimum(one.pipe_back, one.most)
        full = np.repeat(one.storage_capacity[:, None], one.steps, axis=1)
        for columns, bound in zip(
            self.columns,
            (one.pipe_capacity, one.source_available, one.injection, one.withdrawal, full, one.claim_amount),
            strict=True,
        ):
            self.high[columns] = np.minimum(bound, one.most)

    def _ties(self) -> None:
        """Minimum takes and ramps."""
        one = self.instance
        for source, day in zip(*np.nonzero(one.source_minimum), strict=True):
            self.at_least([self.source[source, one.days == day]], float(one.source_minimum[source, day]))
        for source in np.flatnonzero(np.isfinite(one.source_ramp)):
            self._steady([self.source[source]], float(one.source_ramp[source]))
        names = np.array(one.claims)
        for name, least in one.customer_minimum:
            for day in np.unique(one.days):
                self.at_least([self.served[claim, one.days == day] for claim in np.flatnonzero(names == name)], least)
        for name, ramp in one.cut_ramp:
            mine = np.flatnonzero(names == name)
            asked = one.claim_amount[mine].sum(axis=0)
            self._steady([self.served[claim] for claim in mine], ramp, asked)

    def _steady(self, parts: list[Ints], ramp: float, asked: Floats | None = None) -> None:
        """The sum of some columns, or what it falls short of `asked`, changes by at most `ramp` from step to step."""
        steps = self.instance.steps
        later = np.concatenate([part[1:] for part in parts])
        earlier = np.concatenate([part[:-1] for part in parts])
        row = np.tile(np.arange(steps - 1), len(parts))
        change = csr_matrix(
            (np.repeat([1.0, -1.0], len(later)), (np.tile(row, 2), np.concatenate([later, earlier]))),
            shape=(steps - 1, self.width),
        )
        step = np.diff(asked) if asked is not None else np.zeros(steps - 1)
        self.rows += [change, -change]
        self.most += [ramp + step, ramp - step]
        if asked is not None:  # nothing is cut before the first step
            self.at_least([part[:1] for part in parts], float(asked[0]) - ramp)

    def at_least(self, parts: Iterable[Ints], least: float) -> None:
        """The sum of some columns must reach so much."""
        columns = np.concatenate(list(parts))
        row = csr_matrix((np.full(len(columns), -1.0), (np.zeros(len(columns), np.intp), columns)), (1, self.width))
        self.rows.append(row)
        self.most.append(np.array([-least]))

    def solve(self, aim: Floats) -> OptimizeResult:
        """The columns that make `aim` greatest."""
        upper = vstack(self.rows).tocsr() if self.rows else None
        right = np.concatenate(self.most) if self.most else None
        bounds = np.stack([self.low, self.high], axis=1)
        return linprog(-aim, upper, right, self.equal, self.right, bounds, method="highs", options=_EXACT)

    def fulfil(self, aim: Floats, what: str) -> Floats:
        """The columns that make `aim` greatest.

        Raises:
            ZhishouError: the solver found none.
        """
        answer = self.solve(aim)
        if answer.x is None:
            raise ZhishouError(f"线性规划没有解出（{what}）：{answer.message}", mend="核对最低提取量、爬坡和损耗")
        return np.asarray(answer.x)


def coupled(instance: Instance, *, even: bool = True) -> Dispatch:
    """Serve every tier of any instance; exact, but slower than the flow.

    Raises:
        ZhishouError: nothing satisfies the minimum takes and ramps together (see `culprits`).
    """
    program = Program(instance)
    one = instance
    answer = np.zeros(program.width)
    full = _all_served(program)
    short: list[int] = []
    for tier, name in enumerate(one.tiers):
        mine = program.served[one.claim_tier == tier].ravel()
        asked = program.high[mine]
        if tier < full:
            program.low[mine] = asked
            continue
        aim = np.zeros(program.width)
        aim[mine] = 1.0
        answer = program.fulfil(aim, name)
        reached = float(answer[mine].sum())
        slack = 2 * _SLACK * max(reached, 1.0)
        if asked.sum() - reached <= slack:
            program.low[mine] = np.maximum(asked - slack, 0.0)
            continue
        program.at_least([mine], reached - slack)
        if reached > slack:
            short.append(tier)
    if even:  # only now: where ramps tie the hours, even shares of one tier could take gas from the next
        for tier in short:
            of_tier = one.claim_tier == tier
            _level(program, program.served[of_tier].ravel(), one.claim_amount[of_tier].ravel())
    if even or full == len(one.tiers):
        answer = program.fulfil(np.zeros(program.width), "均摊")
    for spared in (one.reserve, ~one.reserve):
        if spared.any():
            answer = _spare(program, program.level[spared, -1], one.stock[spared])
    return _dispatch(program, answer)


def _all_served(program: Program) -> int:
    """How many tiers, from the first, can have all they ask for together; found by halving."""
    one = program.instance
    low, high = 0, len(one.tiers)
    while low < high:
        middle = (low + high + 1) // 2
        mine = program.served[one.claim_tier < middle].ravel()
        kept = program.low[mine].copy()
        program.low[mine] = program.high[mine]
        fits = program.solve(np.zeros(program.width)).x is not None
        program.low[mine] = kept
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _spare(program: Program, last: Ints, stock: Floats) -> Floats:
    """Leave as much in some storages as was in them, as far as what is served allows."""
    aim = np.zeros(program.width)
    aim[last] = 1.0
    bound = program.high[last].copy()
    program.high[last] = np.minimum(bound, stock)
    if program.solve(aim).x is None:  # a take that must be stored leaves more in them than there was
        program.high[last] = bound
    answer = program.fulfil(aim, "少动储备")
    held = float(answer @ aim)
    program.at_least([last], held - _SLACK * max(held, 1.0))
    return answer


def _level(program: Program, columns: Ints, wanted: Floats) -> None:
    """Fix the shares of a tier as evenly as can be: raise the least, fix what holds it down, raise the rest."""
    free = wanted > 0
    share = np.zeros(len(columns))
    while free.any():
        answer, tight = _raise(program, columns, wanted, free, share)
        rate = float(answer[-1])
        if rate >= 1 - _SLACK:
            share[free] = 1.0
            break
        tight &= free
        if not tight.any():
            tight = free & (answer[columns] <= (rate + _SLACK) * wanted)
        share[tight] = rate
        free &= ~tight
    program.low[columns] = np.maximum(program.low[columns], share * wanted * (1 - _ROOM) - _ROOM)


def _raise(
    program: Program, columns: Ints, wanted: Floats, free: np.ndarray, share: Floats
) -> tuple[Floats, np.ndarray]:
    """The greatest share that all free claims can have at once, and which of them hold it down."""
    width = program.width
    count = int(free.sum())
    rows = np.arange(count)
    floor = csr_matrix(
        (
            np.concatenate([np.full(count, -1.0), wanted[free]]),
            (np.tile(rows, 2), np.concatenate([columns[free], np.full(count, width)])),
        ),
        (count, width + 1),
    )
    wide = csr_matrix((0, width + 1))
    others = [csr_matrix((row.data, row.indices, row.indptr), (row.shape[0], width + 1)) for row in program.rows]
    upper = vstack([floor, *others] if others else [floor, wide]).tocsr()
    right = np.concatenate([np.zeros(count), *program.most])
    equal = csr_matrix(
        (program.equal.data, program.equal.indices, program.equal.indptr), (program.equal.shape[0], width + 1)
    )
    low, high = np.append(program.low, 0.0), np.append(program.high, 1.0)
    fixed = columns[~free]
    low[fixed] = np.maximum(low[fixed], (share * wanted)[~free] * (1 - _ROOM) - _ROOM)
    aim = np.zeros(width + 1)
    aim[-1] = -1.0
    answer = linprog(
        aim, upper, right, equal, program.right, np.stack([low, high], axis=1), method="highs", options=_EXACT
    )
    if answer.x is None:
        raise ZhishouError(f"线性规划没有解出（均摊）：{answer.message}", mend="改用不均摊的方案")
    tight = np.zeros(len(columns), bool)
    tight[np.flatnonzero(free)[answer.ineqlin.marginals[:count] < -_SLACK]] = True
    return np.asarray(answer.x), tight


def _dispatch(program: Program, answer: Floats) -> Dispatch:
    one = program.instance
    served = np.clip(answer[program.served], 0.0, one.claim_amount)
    served = np.where(one.claim_amount - served < 1e-9, one.claim_amount, served)
    injected, withdrawn = answer[program.injected], answer[program.withdrawn]
    tiers = range(len(one.tiers))
    return Dispatch(
        served=served,
        pipe_flow=answer[program.pipe],
        source_flow=answer[program.source],
        injected=injected,
        withdrawn=withdrawn,
        level=np.concatenate([one.stock[:, None], answer[program.level]], axis=1),
        tier_demand=np.array([one.claim_amount[one.claim_tier == tier].sum() for tier in tiers]),
        tier_served=np.array([served[one.claim_tier == tier].sum() for tier in tiers]),
    )
