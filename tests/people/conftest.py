from __future__ import annotations

import pytest
from arrivals import CHEAP, NOW, House
from sqlalchemy import Engine

from zhishou.people.gate import Gate
from zhishou.people.key import Seal, new_key


@pytest.fixture
def gate(engine: Engine) -> Gate:
    """A gate on an empty database."""
    return Gate(engine, Seal(new_key()), cost=CHEAP)


@pytest.fixture
def house(gate: Gate) -> House:
    made = House(gate)
    made.settled("boss", gate.accounts.first_administrator("boss", "管理员", NOW).secret)
    return made
