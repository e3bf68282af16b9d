"""The gate: all of this room on one database, as the desk and the command line open it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from zhishou.database import writing
from zhishou.people import limits
from zhishou.people.accounts import Accounts
from zhishou.people.changes import Changes
from zhishou.people.key import Seal
from zhishou.people.login import Login
from zhishou.people.passwords import Cost, Passwords
from zhishou.people.second_factor import SecondFactor
from zhishou.people.sessions import Rules, Sessions
from zhishou.people.tokens import Tokens


class Gate:
    """Who may come in and how.

    Args:
        engine: the database, with its tables.
        seal: of the deployment's key, see `key.py`.
        cost: of hashing a password.
        rules: how long sessions last.
    """

    def __init__(self, engine: Engine, seal: Seal, *, cost: Cost | None = None, rules: Rules | None = None) -> None:
        self._engine = engine
        passwords = Passwords(cost)
        self.accounts = Accounts(engine, passwords)
        self.sessions = Sessions(engine, rules)
        self.login = Login(engine, passwords, self.sessions)
        self.second_factor = SecondFactor(engine, seal, self.sessions)
        self.tokens = Tokens(engine)
        self.changes = Changes(engine)

    def tidy(self, at: datetime) -> None:
        """Remove sessions that have ended and tallies that no longer count; once an hour is plenty."""
        with writing(self._engine) as connection:
            self.sessions.tidy(connection, at)
            limits.tidy(connection, at)
