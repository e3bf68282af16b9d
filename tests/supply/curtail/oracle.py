"""The same shortage as a linear program, written down once more and solved by HiGHS: the oracle of the tests.

It shares no code with what it judges: variables, rows and the order of the tiers are built here, entry by entry.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from zhishou.supply.curtail.instance import Instance


class Program:
    """Columns: pipe flows, source flows, injections, withdrawals, levels after each step, what each claim is served."""

    def __init__(self, one: Instance) -> None:
        self.one = one
        sizes = [len(one.pipes), len(one.sources), *[len(one.storages)] * 3, len(one.claims)]
        begins = np.concatenate([[0], np.cumsum(sizes)])
        self.count = int(begins[-1]) * one.steps
        self.pipe, self.source, self.inject, self.draw, self.level, self.serve = (int(b) for b in begins[:-1])
        loss = one.loss if len(one.loss) else np.zeros(len(one.storages))
        burnt = one.withdrawal_loss if len(one.withdrawal_loss) else np.zeros(len(one.storages))
        rows = len(one.nodes) * one.steps + len(one.storages) * one.steps
        self.rows, self.right = lil_matrix((rows, self.count)), np.zeros(rows)
        for h in range(one.steps):
            for p in range(len(one.pipes)):
                self.rows[one.pipe_start[p] * one.steps + h, self.at(self.pipe, p, h)] -= 1
                self.rows[one.pipe_end[p] * one.steps + h, self.at(self.pipe, p, h)] += 1
            for s in range(len(one.sources)):
                self.rows[one.source_node[s] * one.steps + h, self.at(self.source, s, h)] += 1
            for c in range(len(one.claims)):
                self.rows[one.claim_node[c] * one.steps + h, self.at(self.serve, c, h)] -= 1
            for g in range(len(one.storages)):
                node = one.storage_node[g] * one.steps + h
                self.rows[node, self.at(self.draw, g, h)] += 1 - burnt[g]
                self.rows[node, self.at(self.inject, g, h)] -= 1
                own = len(one.nodes) * one.steps + g * one.steps + h
                self.rows[own, self.at(self.level, g, h)] = 1
                self.rows[own, self.at(self.draw, g, h)] = 1
                self.rows[own, self.at(self.inject, g, h)] = -1
                if h:
                    self.rows[own, self.at(self.level, g, h - 1)] = -(1 - loss[g])
                else:
                    self.right[own] = one.stock[g] * (1 - loss[g])
        low = np.zeros((begins[-1], one.steps))
        low[: len(one.pipes)] = -one.pipe_back
        high = np.concatenate(
            [one.pipe_capacity, one.source_available, one.injection, one.withdrawal,
             np.repeat(one.storage_capacity[:, None], one.steps, axis=1), one.claim_amount]
        )  # fmt: skip
        self.bounds = np.stack([low.ravel(), high.ravel()], axis=1)
        self.extra: list[tuple[NDArray[np.float64], float]] = []
        """Rows that must be at most so much."""

    def at(self, begin: int, index: int, step: int) -> int:
        return (begin + index) * self.one.steps + step

    def of_tier(self, tier: int) -> NDArray[np.float64]:
        """A row that adds up what the claims of a tier are served."""
        row = np.zeros(self.count)
        for c in np.flatnonzero(self.one.claim_tier == tier):
            row[self.at(self.serve, c, 0) : self.at(self.serve, c, 0) + self.one.steps] = 1
        return row

    def most(self, aim: NDArray[np.float64]) -> float | None:
        """The greatest value of a row; None where nothing satisfies the program."""
        upper = np.array([row for row, _ in self.extra]) if self.extra else None
        right = [value for _, value in self.extra] if self.extra else None
        answer = linprog(-aim, upper, right, self.rows.tocsr(), self.right, self.bounds, method="highs")
        return None if answer.status == 2 else float(-answer.fun)


def totals(one: Instance, extra: Iterable[tuple[NDArray[np.float64], float]] = ()) -> list[float]:
    """What each tier is served when each is given all it can, in order."""
    program = Program(one)
    program.extra += extra
    found = []
    for tier in range(len(one.tiers)):
        row = program.of_tier(tier)
        best = program.most(row)
        assert best is not None
        found.append(best)
        program.extra.append((-row, -best + 1e-9))
    return found


def least_share(one: Instance, tier: int, earlier: list[float], total: float) -> float:
    """The greatest share that every claim of a tier can have at once, while earlier tiers and its own total stay."""
    program = Program(one)
    for before, value in enumerate(earlier):
        program.extra.append((-program.of_tier(before), -value + 1e-9))
    program.extra.append((-program.of_tier(tier), -total + 1e-9))
    wide = program.count
    program.count += 1
    program.rows = lil_matrix(np.hstack([program.rows.toarray(), np.zeros((program.rows.shape[0], 1))]))
    program.bounds = np.vstack([program.bounds, [0.0, 1.0]])
    program.extra = [(np.append(row, 0.0), value) for row, value in program.extra]
    for c in np.flatnonzero(one.claim_tier == tier):
        for h in range(one.steps):
            row = np.zeros(program.count)
            row[wide], row[program.at(program.serve, c, h)] = one.claim_amount[c, h], -1.0
            program.extra.append((row, 0.0))
    aim = np.zeros(program.count)
    aim[wide] = 1
    best = program.most(aim)
    assert best is not None
    return best
