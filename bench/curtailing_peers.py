"""The same shortage given to linopy and to PyPSA, both solved by HiGHS, as their users would write it.

It stands alone because their models must share no code with what they are compared with. Any strictly falling positive
weights of the classes give the lexicographic optimum, for what the sinks can be given is a polymatroid: one solve does.
"""

from __future__ import annotations

import contextlib
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import linopy
import numpy as np
import numpy.typing as npt
import pandas as pd
import pypsa
import xarray as xr

from zhishou.supply.curtail.instance import Instance

Floats = npt.NDArray[np.float64]

METHODS: dict[str, dict[str, str]] = {
    "default": {},
    "simplex": {"solver": "simplex"},
    "interior point": {"solver": "ipm"},
}
"""HiGHS's ways to solve a linear program; the interior point crosses over to a vertex."""


@dataclass(frozen=True)
class Answer:
    """What a peer found and how long it took."""

    build: float
    """Seconds from the instance's arrays to the model."""
    solve: float
    """Seconds from the model to its solution, the hand-over to HiGHS included."""
    served: Floats
    """(K,) what each class is given over the horizon; nan where no optimum was found in time."""

    @property
    def total(self) -> float:
        """Build and solve, s."""
        return self.build + self.solve


def weights(one: Instance) -> Floats:
    """(K,) what a unit given to each class is worth: falling, as small numbers as can be, which solvers like."""
    return np.arange(len(one.tiers), 0, -1).astype(float)


def by_linopy(one: Instance, method: str = "default", limit: float = float("inf")) -> Answer:
    """A linopy model in whole arrays, handed to HiGHS in memory."""
    with _hush():
        start = time.perf_counter()
        model = _linopy_model(one)
        built = time.perf_counter()
        status, _ = model.solve("highs", io_api="direct", set_names=False, progress=False, **_options(method, limit))
        solved = time.perf_counter()
        if status != "ok":
            return Answer(built - start, solved - built, np.full(len(one.tiers), np.nan))
        given = model.solution["served"].to_numpy().sum(axis=1)
    return Answer(built - start, solved - built, np.bincount(one.claim_tier, given, len(one.tiers)))


def _linopy_model(one: Instance) -> linopy.Model:
    hours = pd.RangeIndex(one.steps, name="hour")
    nodes = pd.RangeIndex(len(one.nodes), name="node")

    def table(values: Floats, kind: str) -> xr.DataArray:
        return xr.DataArray(values, coords={kind: np.arange(len(values)), "hour": hours}, dims=(kind, "hour"))

    def at(index: npt.NDArray[np.intp], kind: str) -> xr.DataArray:
        return xr.DataArray(index, coords={kind: np.arange(len(index))}, dims=kind, name="node")

    model = linopy.Model(force_dim_names=True)
    flow = model.add_variables(-table(one.pipe_back, "pipe"), table(one.pipe_capacity, "pipe"), name="flow")
    sent = model.add_variables(0, table(one.source_available, "source"), name="sent")
    put_in = model.add_variables(0, table(one.injection, "storage"), name="put_in")
    drawn = model.add_variables(0, table(one.withdrawal, "storage"), name="drawn")
    full = xr.DataArray(one.storage_capacity, coords={"storage": np.arange(len(one.storages))}, dims="storage")
    level = model.add_variables(0, full.expand_dims(hour=hours).transpose("storage", "hour"), name="level")
    served = model.add_variables(0, table(one.claim_amount, "claim"), name="served")
    balance = linopy.merge(
        [
            flow.groupby(at(one.pipe_end, "pipe")).sum().reindex(node=nodes),
            (-flow).groupby(at(one.pipe_start, "pipe")).sum().reindex(node=nodes),
            sent.groupby(at(one.source_node, "source")).sum().reindex(node=nodes),
            (drawn - put_in).groupby(at(one.storage_node, "storage")).sum().reindex(node=nodes),
            (-served).groupby(at(one.claim_node, "claim")).sum().reindex(node=nodes),
        ],
        join="outer",
    )
    model.add_constraints(balance == 0, name="balance")
    begun = xr.DataArray(one.stock, coords={"storage": np.arange(len(one.storages))}, dims="storage")
    change = level - put_in + drawn
    model.add_constraints(change.isel(hour=[0]) == begun, name="first")
    later = change - level.shift(hour=1)
    model.add_constraints(later.isel(hour=slice(1, None)) == 0, name="later")
    worth = xr.DataArray(weights(one)[one.claim_tier], coords={"claim": np.arange(len(one.claims))}, dims="claim")
    model.add_objective((served * worth).sum(), sense="max")
    return model


def by_pypsa(one: Instance, method: str = "default", limit: float = float("inf")) -> Answer:
    """A PyPSA network: links for pipes, storage units, loads, and shedding generators whose cost falls by class."""
    with _hush():
        start = time.perf_counter()
        network = _pypsa_network(one)
        network.optimize.create_model()
        built = time.perf_counter()
        status, _ = network.optimize.solve_model(
            solver_name="highs",
            io_api="direct",
            set_names=False,
            progress=False,
            solver_options=_options(method, limit),
        )
        solved = time.perf_counter()
        if status != "ok":
            return Answer(built - start, solved - built, np.full(len(one.tiers), np.nan))
        shed = network.generators_t.p[_names("shed", len(one.claims))].to_numpy().sum(axis=0)
    given = one.claim_amount.sum(axis=1) - shed
    return Answer(built - start, solved - built, np.bincount(one.claim_tier, given, len(one.tiers)))


def _names(kind: str, count: int) -> pd.Index:
    return pd.Index([f"{kind} {number}" for number in range(count)])


def _pypsa_network(one: Instance) -> pypsa.Network:
    network = pypsa.Network(snapshots=pd.RangeIndex(one.steps))
    buses = np.array(_names("bus", len(one.nodes)))
    network.add("Bus", buses)

    def frame(values: Floats, names: pd.Index) -> pd.DataFrame:
        return pd.DataFrame(values.T, index=network.snapshots, columns=names)

    loads, sheds = _names("load", len(one.claims)), _names("shed", len(one.claims))
    network.add("Load", loads, bus=buses[one.claim_node], p_set=frame(one.claim_amount, loads))
    most = one.claim_amount.max(axis=1)
    share = one.claim_amount / np.where(most > 0, most, 1.0)[:, None]
    network.add(
        "Generator",
        sheds,
        bus=buses[one.claim_node],
        p_nom=most,
        p_max_pu=frame(share, sheds),
        marginal_cost=weights(one)[one.claim_tier],
    )
    pipes = _names("pipe", len(one.pipes))
    wide = one.pipe_capacity.max(axis=1)
    network.add(
        "Link",
        pipes,
        bus0=buses[one.pipe_start],
        bus1=buses[one.pipe_end],
        p_nom=wide,
        p_max_pu=_constant_or_frame(one.pipe_capacity / wide[:, None], frame, pipes),
        p_min_pu=_constant_or_frame(-one.pipe_back / wide[:, None], frame, pipes),
    )
    sources = _names("source", len(one.sources))
    most = one.source_available.max(axis=1)
    network.add(
        "Generator",
        sources,
        bus=buses[one.source_node],
        p_nom=most,
        p_max_pu=frame(one.source_available / most[:, None], sources),
    )
    storages = _names("storage", len(one.storages))
    most = np.maximum(one.withdrawal.max(axis=1), one.injection.max(axis=1))
    network.add(
        "StorageUnit",
        storages,
        bus=buses[one.storage_node],
        p_nom=most,
        p_max_pu=_constant_or_frame(one.withdrawal / most[:, None], frame, storages),
        p_min_pu=_constant_or_frame(-one.injection / most[:, None], frame, storages),
        max_hours=one.storage_capacity / most,
        state_of_charge_initial=one.stock,
        cyclic_state_of_charge=False,
    )
    return network


def _constant_or_frame(share: Floats, frame: Callable[..., pd.DataFrame], names: pd.Index) -> Floats | pd.DataFrame:
    """A share that never changes is given once, as PyPSA's users would."""
    return share[:, 0] if (share == share[:, :1]).all() else frame(share, names)


def _options(method: str, limit: float) -> dict[str, object]:
    found: dict[str, object] = {**METHODS[method], "output_flag": False}
    return found if limit == float("inf") else {**found, "time_limit": limit}


@contextlib.contextmanager
def _hush() -> Iterator[None]:
    """Let nobody print or warn."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
