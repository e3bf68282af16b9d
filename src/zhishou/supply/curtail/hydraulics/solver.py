"""The only place that knows pandapipes: one island in, its pressures, flows and velocities out.

It stands alone because pandapipes is optional, slow to import and free with warnings; all of that stays behind this door.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Any

from zhishou.errors import ZhishouError
from zhishou.supply.curtail.hydraulics.islands import Island
from zhishou.supply.curtail.hydraulics.result import Assumptions
from zhishou.supply.units import at_reference

_BAR = 10.0
"""bar in one MPa."""
_SECONDS_PER_DAY = 86400.0
_ITERATIONS = 30
_RESIDUAL = 1e-5
"""bar and kg/s left unexplained at most; the library's own 1e-3 leaves 0.01 万立方米/日 a node."""
_FREEZING = 273.15
"""K at 0 °C, at which pandapipes states a gas's norm density."""
_ATMOSPHERE = 0.101325
"""MPa at sea level, where pandapipes lays a network that states no heights."""
_HIGHEST = 20.0
"""MPa above which the straight line of the compressibility means nothing; no line in China is built for more."""
_UPHILL = 1e-5
"""MPa by which a pressure may rise along the flow, by rounding."""
_METHODS = ("constant", "automatic")
"""Full Newton steps first; damped ones where those fail."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The steady state of an island."""

    pressure: Mapping[str, float]
    """Node id → MPa (gauge)."""
    flow: Mapping[str, float]
    """Pipe id → 万立方米/日, negative from end to start."""
    velocity: Mapping[str, float]
    """Pipe id → the greatest along it, m/s."""

    @property
    def possible(self) -> bool:
        """Whether no pressure is negative."""
        return min(self.pressure.values()) >= 0


def solve(island: Island, held: str, assumed: Assumptions) -> Solution | None:
    """The steady state of an island with the pressure held at one of its feeds and the planned amount at the others.

    Isothermal compressible flow with Darcy's law, the friction factor of Colebrook and White and a compressibility that falls
    with the pressure, as in 6.2.6 of GB 50028-2006; no differences of height.

    Args:
        island: the connected part; it has at least one feed.
        held: node of the feed whose pressure is held.
        assumed: gas, roughness and temperature.

    Returns:
        The steady state; None where no method converges to one that can be.

    Raises:
        ZhishouError: pandapipes is not installed, or has no such gas.
    """
    if not island.lines:
        # with no pipe there is nothing to reckon: one node, at its feed's pressure
        return Solution({held: island.feeds[0].pressure}, {}, {})
    with _quiet():
        pandapipes = _pandapipes()
        net = _net(pandapipes, island, held, assumed)
        for method in _METHODS:
            if _converges(pandapipes, net, assumed, method) and (answer := _read(net, island)):
                return answer
    return None


def _pandapipes() -> Any:
    try:
        return importlib.import_module("pandapipes")
    except ImportError as error:
        raise ZhishouError(
            f"没有装水力校核所需的 pandapipes（{error}）", mend="运行 pip install 'zhishou[hydraulics]' 后再算"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences what pandapipes and its ground say of themselves: a failed solution is reported by us, in our words."""
    with warnings.catch_warnings():
        for category in (RuntimeWarning, UserWarning, DeprecationWarning, FutureWarning):
            warnings.filterwarnings(
                "ignore",
                category=category,
                module=r"(pandapipes|pandapower|pandas|numpy|scipy|networkx|matplotlib)(\.|$)",
            )
        yield


def _net(pandapipes: Any, island: Island, held: str, assumed: Assumptions) -> Any:
    kelvin = _FREEZING + assumed.celsius
    net = pandapipes.create_empty_network(fluid=assumed.fluid)
    highest = max(feed.pressure for feed in island.feeds) * _BAR
    places = pandapipes.create_junctions(net, len(island.nodes), pn_bar=highest, tfluid_k=kelvin)
    place = {node: int(index) for node, index in zip(island.nodes, places, strict=True)}
    for line in island.lines:
        pandapipes.create_pipe_from_parameters(
            net,
            place[line.start],
            place[line.end],
            length_km=line.length,
            inner_diameter_mm=line.diameter,
            k_mm=assumed.roughness,
        )
    entering = dict(zip(island.nodes, island.inflow, strict=True))
    for feed in island.feeds:
        if feed.node == held:
            pandapipes.create_ext_grid(net, place[feed.node], p_bar=feed.pressure * _BAR, t_k=kelvin)
        else:
            entering[feed.node] += feed.planned
    for node, amount in entering.items():
        pandapipes.create_sink(net, place[node], mdot_kg_per_s=-amount * _mass(net))
    return net


def _mass(net: Any) -> float:
    """kg/s in one 万立方米/日: the norm density is that of a cubic metre at 0 °C, of which 20 °C makes 1.073."""
    return float(net.fluid.get_density(_FREEZING)) / at_reference(1.0, 0.0) * 1e4 / _SECONDS_PER_DAY


def _converges(pandapipes: Any, net: Any, assumed: Assumptions, method: str) -> bool:
    try:
        pandapipes.pipeflow(
            net,
            friction_model="colebrook",
            ambient_temperature=_FREEZING + assumed.celsius,
            nonlinear_method=method,
            max_iter_hyd=_ITERATIONS,
            max_iter_colebrook=_ITERATIONS,
            tol_res=_RESIDUAL,
            use_numba=False,
        )
    except (
        RuntimeError,
        ArithmeticError,
        ValueError,
    ):  # a friction factor without root, a singular matrix, an overflow
        return False
    except Exception as error:
        # pandapipes' own error of convergence; its class has moved between versions, its name has not
        if type(error).__name__ != "PipeflowNotConverged":
            raise
        return False
    return True


def _read(net: Any, island: Island) -> Solution | None:
    mass = _mass(net)
    pipes = net.res_pipe
    pressure = [bar / _BAR for bar in net.res_junction.p_bar.tolist()]
    flow = [rate / mass for rate in pipes.mdot_from_kg_per_s.tolist()]
    ends = zip(pipes.v_from_m_per_s.abs().tolist(), pipes.v_to_m_per_s.abs().tolist(), strict=True)
    velocity = [max(two) for two in ends]
    if not all(map(isfinite, (*pressure, *flow, *velocity))):
        return None
    names = [line.id for line in island.lines]
    found = Solution(
        dict(zip(island.nodes, pressure, strict=True)),
        dict(zip(names, flow, strict=True)),
        dict(zip(names, velocity, strict=True)),
    )
    return found if _can_be(found, island) else None


def _can_be(found: Solution, island: Island) -> bool:
    """Whether a root of the equations is a state of gas.

    The equations are of squared pressures, so a root has a mirror below vacuum; and the compressibility, which falls in a
    straight line, turns negative above 45 MPa, where far too great a flow finds roots whose pressure rises along the pipe.
    """
    if not all(-_ATMOSPHERE < pressure < _HIGHEST for pressure in found.pressure.values()):
        return False
    for line in island.lines:
        fall, flow = found.pressure[line.start] - found.pressure[line.end], found.flow[line.id]
        if (fall if flow > 0 else -fall) < -_UPHILL:
            return False
    return True
