"""What the tests of this room share: a moment, a cheap hash, and people who have logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from zhishou.clock import moment
from zhishou.people.gate import Gate
from zhishou.people.passwords import Cost
from zhishou.people.second_factor import STEP, code_of
from zhishou.people.sessions import Started

NOW = moment("2026-12-15T20:00:00")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
"""A hash that costs nothing; what the shipped cost is, is tested by itself."""
OFFICE = "10.0.0.7"
STRANGER = "203.0.113.9"
PHRASE = SecretStr("tianqi lengle duo chuan")
OTHER_PHRASE = SecretStr("meiqi zhan de yangshu ye")
WRONG = SecretStr("feichang bu dui de mima ma")


def shown(seed: SecretStr, at: datetime = NOW, *, steps: int = 0) -> SecretStr:
    """The code that a telephone shows, some steps early or late."""
    return SecretStr(code_of(seed, int(at.timestamp()) // STEP + steps))


@dataclass(frozen=True)
class House:
    """A gate with its first administrator, whose password is `PHRASE`."""

    gate: Gate

    def person(self, id_: str = "") -> Started:
        """A person who has logged in from the office and set `PHRASE` as password; under a new id where none is named."""
        issued = self.gate.accounts.add_person(id_, f"某{id_}", NOW, "boss")
        return self.settled(issued.change.account, issued.secret)

    def settled(self, id_: str, once: SecretStr) -> Started:
        started = self.gate.login.enter(id_, once, OFFICE, NOW)
        return self.gate.login.change_password(started.token, None, PHRASE, NOW)

    def enrolled(self, id_: str = "") -> tuple[Started, SecretStr, tuple[SecretStr, ...]]:
        """A person with a second factor, confirmed with the code of the step before `NOW`: session, seed, recovery."""
        started = self.person(id_)
        seed = self.gate.second_factor.enrol(started.token, NOW).seed
        confirmed = self.gate.second_factor.confirm(started.token, shown(seed, steps=-1), NOW)
        return started, seed, confirmed.recovery
