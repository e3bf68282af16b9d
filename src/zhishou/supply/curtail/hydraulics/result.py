"""What the hydraulic check answers: pressures, intakes and pipe flows, step by step, and what could not be said.

It stands alone because the check fills it, the sentences read it, and neither knows the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verdict = Literal["ok", "below", "negative", "unconverged", "unknown"]
"""满足 · 低于最低压力 · 负压 · 不收敛 · 不能判断."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the calculation takes for granted."""

    fluid: Literal["hgas", "lgas", "methane"] = "hgas"
    """A gas of pandapipes' library. `hgas`, H-gas of 16.6 g/mol (0.57 of air), is nearest to trunk-line gas and coal-bed methane."""
    roughness: float = 0.1
    """Roughness of the pipes' inner wall, mm; GB 50028-2006 appendix C takes 0.1 for natural gas in steel pipes."""
    celsius: float = 5.0
    """Temperature of the gas everywhere, °C; about that of the ground at the depth of a pipe in a northern winter."""
    velocity: float = 20.0
    """Velocity above which a pipe is noted, m/s; a customary figure of design, no limit of a standard."""


@dataclass(frozen=True, slots=True)
class Pressure:
    """One node in one step."""

    step: int
    """Step of the horizon, from 0."""
    at: datetime
    """When it begins."""
    node: str
    """Node id."""
    label: str
    """Its name."""
    delivered: float
    """What the plan delivers there, 万立方米/日."""
    pressure: float | None
    """MPa (gauge); None where there is none to tell."""
    minimum: float | None
    """The least it needs, MPa (gauge); None where none is stated."""
    verdict: Verdict
    """`unknown` also where gas is delivered and no minimum is stated."""
    why: str = ""
    """Why it is unknown or unconverged, in Chinese; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Intake:
    """One place at which sources with a stated pressure feed the network, in one step."""

    step: int
    """Step of the horizon, from 0."""
    at: datetime
    """When it begins."""
    node: str
    """Node id."""
    label: str
    """The sources' names."""
    planned: float
    """What the plan takes there, 万立方米/日."""
    offered: float
    """The delivery pressure, MPa (gauge): the lowest where several sources meet."""
    pressure: float
    """The pressure at which the planned amount enters, MPa (gauge); never above the delivery pressure where gas enters."""
    limited_by: str
    """The names of the sources in the same part of the network that are at their delivery pressure and set the level."""

    @property
    def throttled(self) -> bool:
        """Whether the pressure must be regulated well below what is offered (by a tenth) for the plan's amounts to flow."""
        return self.planned > 0 and self.pressure < 0.9 * self.offered


@dataclass(frozen=True, slots=True)
class Passage:
    """One pipe in one step."""

    step: int
    """Step of the horizon, from 0."""
    at: datetime
    """When it begins."""
    pipe: str
    """Pipe id."""
    label: str
    """Its name."""
    flow: float
    """万立方米/日, negative from end to start."""
    planned: float
    """The plan's flow, 万立方米/日, with the same sign."""
    velocity: float
    """The greatest along the pipe, m/s, at the pressure there."""
    fast: bool
    """Whether that is above the limit of the assumptions."""
    backward: bool
    """Whether gas would run backward through a pipe that carries none that way."""
    over: bool
    """Whether the flow is above what the pipe is said to carry in that step."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A connected part of the network for which no pressures were found in a step."""

    step: int
    """Step of the horizon, from 0."""
    at: datetime
    """When it begins."""
    nodes: tuple[str, ...]
    """Its nodes' ids."""
    labels: tuple[str, ...]
    """Names of those at which gas is delivered."""
    share: float | None
    """Greatest share of all its amounts, in steps of 0.05, for which pressures were found and none is negative; None: none was."""


@dataclass(frozen=True, slots=True)
class HydraulicCheck:
    """What the pressures say of a plan of cuts."""

    assumptions: Assumptions
    """What the calculation took for granted."""
    steps: tuple[int, ...]
    """The steps that were looked at."""
    rows: tuple[Pressure, ...]
    """Every node in every one of them."""
    intakes: tuple[Intake, ...]
    """Where sources with a stated pressure feed, wherever pressures were found."""
    passages: tuple[Passage, ...]
    """Every pipe for which pressures were found."""
    failures: tuple[Failure, ...]
    """Where no pressures were found."""
    remarks: tuple[str, ...]
    """What data is lacking and what was done about it, Chinese sentences without a full stop."""

    @property
    def allowed(self) -> bool | None:
        """Whether the pressures allow the plan in these steps; None where nothing speaks against it but something is unknown."""
        verdicts = {row.verdict for row in self.rows}
        if verdicts & {"below", "negative", "unconverged"}:
            return False
        if not self.rows or any(row.verdict == "unknown" and row.delivered > 0 for row in self.rows):
            return None
        return True

    @property
    def wanting(self) -> tuple[Pressure, ...]:
        """The rows below their minimum or negative, the farthest below first."""
        found = [row for row in self.rows if row.verdict in {"below", "negative"}]
        return tuple(sorted(found, key=lambda row: (row.pressure or 0.0) - (row.minimum or 0.0)))
