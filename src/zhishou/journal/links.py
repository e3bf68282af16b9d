"""Appends of which each rests on the one before, though that is not on record yet; apart, since the desk makes them and every store keeps them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event


class Link:
    """The place of one append in such a chain.

    A version says that nobody wrote in between, but not who wrote: where the append before failed and another server wrote
    as many events, the version fits and the state is another. So an append names the one that it rests on.

    Args:
        before: what it rests on; None where that is on record.
        entered: is told when the append has its place behind those before it, and the next may be made.
    """

    __slots__ = ("_entered", "_settled", "before", "made")

    def __init__(self, before: Link | None = None, entered: Callable[[], None] | None = None) -> None:
        self.before, self._entered, self._settled = before, entered, Event()
        self.made = False
        """Whether it is on record, and by this very append: not where the command had been carried out before."""

    @property
    def settled(self) -> bool:
        """Whether it is known what came of it."""
        return self._settled.is_set()

    @property
    def broken(self) -> bool:
        """Whether what it rests on did not come on record, as far as is known now."""
        return self.before is not None and not self.before.made

    def enter(self) -> None:
        """It has its place."""
        if self._entered is not None:
            self._entered()

    def settle(self, *, made: bool) -> None:
        """What came of it; only the first word counts."""
        if not self._settled.is_set():
            self.made, self.before = made, None  # a chain of a busy evening is not kept whole
            self._settled.set()

    def wait(self) -> None:
        """Sleep until it is known what came of it."""
        self._settled.wait()
