"""Who waits for the disk, waits together: one thread carries out what all have brought; it stands alone because it is only that.

Every append must wait until the disk holds it, and appends follow one another. So while one is being written, those that
come meanwhile gather; the first of them then writes for all in one transaction. Nobody is told of success before the
transaction that holds his part is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import Generic, TypeVar

from zhishou.errors import DatabaseError

Brought = TypeVar("Brought")
Got = TypeVar("Got")
TOGETHER = 64
"""At most so many in one transaction, so that the first of them does not wait long for the last."""


class Ticket(Generic[Brought, Got]):
    """What one thread brought, and what came of it."""

    __slots__ = ("_woken", "brought", "error", "got", "leads")

    def __init__(self, brought: Brought) -> None:
        self.brought = brought
        self.got: Got | None = None
        self.error: BaseException | None = None
        self.leads = False
        self._woken = Event()

    def wait(self) -> None:
        """Sleep until it is carried out or leads."""
        self._woken.wait()

    def wake(self, *, leads: bool = False) -> None:
        """End its wait."""
        self.leads = leads
        self._woken.set()


class Turns(Generic[Brought, Got]):
    """Carries out what threads bring, in the order of their coming.

    Args:
        carry: carries out all tickets given and gives each either `got` or `error`.
    """

    def __init__(self, carry: Callable[[Sequence[Ticket[Brought, Got]]], None]) -> None:
        self._carry = carry
        self._lock = Lock()
        self._waiting: list[Ticket[Brought, Got]] = []
        self._led = False

    def take(self, brought: Brought, entered: Callable[[], None] = lambda: None) -> Got:
        """What came of it, once it is carried out.

        Args:
            brought: what is to be carried out.
            entered: is told when it has its place: whatever is brought from then on is carried out after it.

        Raises:
            Exception: what the ticket was given as its error.
        """
        ticket: Ticket[Brought, Got] = Ticket(brought)
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads, self._led = not self._led, True
        entered()
        if not ticket.leads:
            try:
                ticket.wait()
            except BaseException:  # the thread was interrupted: it must not be waited for
                self._leave(ticket)
                raise
        if ticket.leads:
            self._lead()
        if ticket.error is not None:
            raise ticket.error
        assert ticket.got is not None  # noqa: S101 - the promise of `carry`
        return ticket.got

    def _lead(self) -> None:
        """Carry out what waits, the leader's own first, and hand on."""
        with self._lock:
            batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        try:
            self._carry(batch)
        except BaseException:
            for ticket in batch:
                ticket.error = DatabaseError("正在写记录时中断了，不知道是否已记下", mend="用同一命令编号重发")
            raise
        finally:
            self._hand_on()
            for ticket in batch[1:]:
                ticket.wake()

    def _leave(self, ticket: Ticket[Brought, Got]) -> None:
        with self._lock:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
        if ticket.leads:
            self._hand_on()

    def _hand_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting[0].wake(leads=True)
            else:
                self._led = False
