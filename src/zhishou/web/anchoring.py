"""The head of the record brought outside the database now and then: to files on other disks, and by e-mail.

It stands apart from the ticker because a mail server may be slow or away, and no deadline waits for it.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import structlog

from zhishou.acts import SYSTEM
from zhishou.bootstrap import House
from zhishou.bootstrap.settings import length
from zhishou.errors import ZhishouError
from zhishou.journal import Act
from zhishou.journal.anchors import cast, taken
from zhishou.journal.letters import Post, send

STAMP = "anchor-mailed"
"""A file in the data folder whose age says when the last e-mail left; the processes of one server share it."""
AGAIN = 60
"""Seconds after which an e-mail that did not leave is tried again."""


class Anchoring:
    """Anchors of one house.

    Args:
        house: the house.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self.every = length(house.settings.anchors.every).total_seconds()
        self._mailing: threading.Thread | None = None
        self._mine = ""
        """The interval whose e-mail is this process's to send, until it has left."""

    def files(self) -> None:
        """Add a line to every file whose last one is old enough; several processes share the files.

        Raises:
            ZhishouError: one of them cannot be written; the others are.
        """
        old = [file for name in self.house.settings.anchors.files if self._old(file := Path(name))]
        if not old:
            return
        failed: list[ZhishouError] = []
        anchor = taken(self.house.journal)
        for file in old:
            try:
                cast(anchor, file)
            except ZhishouError as error:
                failed.append(error)
        if failed:
            raise failed[0]

    def mail(self) -> None:
        """Send the head by e-mail where the last one left long enough ago, in a thread of its own.

        Of several servers the one sends it that claims the interval in the record. An exercise sends nothing outside.
        """
        settings, stamp = self.house.settings.anchors.mail, self.house.folder / STAMP
        busy = self._mailing is not None and self._mailing.is_alive()
        if settings is None or self.house.journal.exercise or busy or not self._old(stamp):
            return
        stamp.touch()  # claimed, so that another process of this server does not send the same
        host, _, port = settings.server.rpartition(":")
        user, password = (os.environ.get(f"ZHISHOU_MAIL_{name}", "") for name in ("USER", "PASSWORD"))
        post = Post(host, int(port), settings.sender, settings.to, user, password, settings.security)
        self._mailing = threading.Thread(target=self._send, args=(post, stamp), name="anchor-mail", daemon=True)
        self._mailing.start()

    def mailed(self, timeout: float) -> None:
        """Wait for an e-mail that is under way."""
        if self._mailing is not None:
            self._mailing.join(timeout)

    def _send(self, post: Post, stamp: Path) -> None:
        try:
            if not self._claimed():
                return
            send(taken(self.house.journal), post, self.house.now())
            self._mine = ""
        except ZhishouError as error:
            structlog.get_logger().warning("anchor_not_mailed", why=str(error))
            when = time.time() - self.every + AGAIN
            os.utime(stamp, (when, when))

    def _claimed(self) -> bool:
        """Whether the e-mail of this interval is this process's: first here, or not left when it was tried before."""
        now = self.house.now()
        slot = f"anchor-mail/{int(now.timestamp() // self.every)}"
        if slot != self._mine:
            act = Act(slot, "anchor-mail", SYSTEM.person, SYSTEM.name, "", self.house.machine, now)
            if self.house.journal.append((), act).repeated:
                return False
            self._mine = slot
        return True

    def _old(self, file: Path) -> bool:
        return not file.exists() or time.time() - file.stat().st_mtime >= self.every
