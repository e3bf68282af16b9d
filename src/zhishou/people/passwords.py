"""Hashing passwords, and nothing of accounts: argon2id, a bound on how many are hashed at once, codes made at random."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import argon2
from pydantic import SecretStr

from zhishou.errors import TooManyError

LONGEST = 256
"""Characters beyond which a text is no password; a bound on what one request can make the server hash."""

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""For codes that are read out and typed: no 0/o, 1/l/i. 31 signs, so that sixteen of them carry 79 bits."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: RFC 9106 section 4, the second recommended option (64 MiB, 3 passes, 4 lanes)."""

    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 4


class Passwords:
    """Hashes and checks passwords.

    Args:
        cost: parameters of new hashes; an older hash is checked with its own.
        at_once: hashes worked out at the same time; each takes `cost.memory_kib`.
        waiting: requests that wait for their turn; one more is told to come back, so that a flood of logins leaves the
            server its threads for those who are logged in.
    """

    def __init__(self, cost: Cost | None = None, *, at_once: int = 2, waiting: int = 16) -> None:
        self.cost = cost or Cost()
        self._hasher = argon2.PasswordHasher(
            time_cost=self.cost.passes, memory_cost=self.cost.memory_kib, parallelism=self.cost.lanes
        )
        self._working = threading.BoundedSemaphore(at_once)
        self._room = threading.BoundedSemaphore(at_once + waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn to hash.

        Raises:
            TooManyError: too many wait already.
        """
        if not self._room.acquire(blocking=False):
            raise TooManyError("登录的人太多", retry_after=2, mend="请过两秒再试")
        try:
            with self._working:
                yield
        finally:
            self._room.release()

    def hashed(self, password: SecretStr) -> str:
        """The argon2id hash, with its parameters and salt, as text."""
        return self._hasher.hash(_folded(password))

    def matches(self, hash_: str | None, password: SecretStr) -> bool:
        """Whether the password is the one hashed. Without a hash it takes as long and says no."""
        try:
            return self._hasher.verify(hash_ or self._nobodys, _folded(password)) and hash_ is not None
        except argon2.exceptions.VerifyMismatchError:
            return False

    def outdated(self, hash_: str) -> bool:
        """Whether any parameter of the hash is below today's cost. A cost that was lowered weakens no hash."""
        kept = argon2.extract_parameters(hash_)
        today = self.cost
        return (
            kept.type is not argon2.Type.ID
            or kept.memory_cost < today.memory_kib
            or kept.time_cost < today.passes
            or kept.parallelism < today.lanes
        )

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_hex(16))


def _folded(password: SecretStr) -> bytes:
    """The password as hashed: NFKC (NIST SP 800-63B), since a Chinese input method may send full-width letters."""
    return unicodedata.normalize("NFKC", password.get_secret_value()[:LONGEST]).encode("utf-8", "surrogatepass")


def new_code() -> SecretStr:
    """A random code of sixteen signs in four groups, 79 bits: a one-time password or a recovery code."""
    return SecretStr("-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4)))


def typed_code(code: SecretStr) -> SecretStr:
    """Such a code as somebody types it — capitals, full width, without hyphens — as it was made."""
    text = unicodedata.normalize("NFKC", code.get_secret_value()[:LONGEST]).casefold()
    signs = [sign for sign in text if sign in _ALPHABET]
    return SecretStr("-".join("".join(signs[start : start + 4]) for start in range(0, len(signs), 4)))
