"""Which machine has which message in hand: so that of several servers one gives it to the gateway, and none forgets it.

A claim is committed before anything is sent and holds for a short while that its owner prolongs. One that has run out tells
whoever comes next that a sending was begun by somebody who is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from zhishou import database
from zhishou.callout.tables import claims as table

LEASE = timedelta(seconds=15)
"""How long a claim holds without being prolonged."""
ROUNDS = "rounds"
"""What stands for the rounds of calling: one server at a time is enough, any other may step in."""
_LEADS = select(table).where(table.c.message == ROUNDS)


class Claims:
    """The claims of one process.

    Args:
        engine: the database.
        machine: a name that no other process has.
        lease: how long a claim holds.
    """

    def __init__(self, engine: Engine, machine: str, lease: timedelta = LEASE) -> None:
        self._engine, self.machine, self.lease = engine, machine, lease

    def take(self, messages: Collection[str], now: datetime) -> Mapping[str, bool]:
        """Claim messages; those that were got, each with whether somebody who is gone had begun it."""
        if not messages:
            return {}
        wanted = sorted(set(messages))
        until = now + self.lease
        with database.writing(self._engine) as connection:
            dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
            new = [{"message": one, "machine": self.machine, "until": until} for one in wanted]
            put = dialect.insert(table).values(new).on_conflict_do_nothing().returning(table.c.message)
            got = dict.fromkeys(connection.execute(put).scalars(), False)
            left = [one for one in wanted if one not in got]
            for row in connection.execute(select(table).where(table.c.message.in_(left))) if left else ():
                if self._gone(row.until, now):
                    mine = update(table).values(machine=self.machine, until=until)
                    same = (
                        (table.c.message == row.message)
                        & (table.c.machine == row.machine)
                        & (table.c.until == row.until)
                    )
                    if connection.execute(mine.where(same)).rowcount:
                        got[row.message] = True
        return got

    def _gone(self, until: datetime, now: datetime) -> bool:
        """Whether a claim has run out; one that holds impossibly long was made by a clock set wrongly."""
        return until <= now or until > now + 2 * self.lease

    def prolong(self, messages: Collection[str], now: datetime) -> None:
        """Hold claims for longer."""
        with database.writing(self._engine) as connection:
            for some in _parts(messages):
                mine = (table.c.machine == self.machine) & table.c.message.in_(some)
                connection.execute(update(table).where(mine).values(until=now + self.lease))

    def release(self, messages: Collection[str]) -> None:
        """Let go of claims."""
        with database.writing(self._engine) as connection:
            for some in _parts(messages):
                mine = (table.c.machine == self.machine) & table.c.message.in_(some)
                connection.execute(delete(table).where(mine))

    def lead(self, now: datetime) -> bool:
        """Whether this process makes the rounds now; another takes over a short while after it is gone."""
        with database.asking(self._engine) as connection:
            row = connection.execute(_LEADS).one_or_none()
        if row is not None and row.machine == self.machine and now + self.lease / 2 < row.until <= now + 2 * self.lease:
            return True
        if row is None or self._gone(row.until, now):
            return ROUNDS in self.take((ROUNDS,), now)
        if row.machine == self.machine:
            self.prolong((ROUNDS,), now)
            return True
        return False

    def tidy(self, now: datetime) -> None:
        """Drop claims of long ago, whose messages were dealt with otherwise."""
        with database.writing(self._engine) as connection:
            connection.execute(delete(table).where(table.c.until < now - timedelta(days=2)))


def _parts(messages: Iterable[str], size: int = 500) -> Iterable[list[str]]:
    listed = list(messages)
    return (listed[start : start + size] for start in range(0, len(listed), size))
