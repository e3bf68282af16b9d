"""Mail: one message to one address over SMTP; only the reply to the whole of it says that it was taken.

The dialogue is led step by step, because a library's one call for it cannot tell a message that was never given from one
whose fate is unknown.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from pydantic import SecretStr

from zhishou import clock
from zhishou.callout.channels.contract import Kind, Outcome, Outgoing
from zhishou.callout.channels.gateway import BUSY
from zhishou.callout.channels.limit import Bucket
from zhishou.callout.channels.settings import MailSettings
from zhishou.callout.channels.wording import scrubbed, whole_text

_DOT = re.compile(rb"(?m)^\.")
_KEPT = 20.0
_OURS = socket.gethostname() or "localhost"
"""What we call ourselves; looking up the full name may take many seconds, and on a night without network for ever."""


class Mail:
    """A mail server.

    Args:
        name: its name in the settings.
        settings: what the deployment wrote.
        password: its password, where it wants one.
        site: the console's address, for links.
    """

    def __init__(self, name: str, settings: MailSettings, password: SecretStr | None, site: str = "") -> None:
        self.name, self.exercise = name, settings.exercise
        self.honours_keys = False  # a server may sort out equal Message-IDs, but none promises it
        self._settings, self._password, self._site = settings, password, site
        self._bucket = Bucket(settings.per_minute, settings.burst)
        self._domain = settings.sender.rpartition("@")[2]
        self._free: list[tuple[smtplib.SMTP, float]] = []
        self._lock = threading.Lock()

    name: str
    kind: Kind = "mail"
    exercise: bool
    honours_keys: bool

    silent_tests = True
    """A server says whether it knows a recipient before anything is sent."""

    def room(self) -> int:
        """How many messages its limit takes now."""
        return self._bucket.room()

    def send(self, one: Outgoing) -> Outcome:
        """Hand a message over; of a test only the recipient is asked for."""
        if not self._bucket.take():
            return BUSY
        try:
            content = None if one.test else self._written(one).as_bytes(policy=SMTP)
        except (ValueError, UnicodeError):
            return Outcome("refused", why="邮件写不成：地址或标题里有不该有的字符")
        for fresh in (False, True):
            connection = None if fresh else self._kept()
            if connection is None:
                opened = self._opened()
                if isinstance(opened, Outcome):
                    return opened
                connection, fresh = opened, True  # noqa: PLW2901 - nothing older than this one is left to try
            outcome = self._given(connection, one, content)
            if outcome is not None:
                return outcome
            if fresh:
                break
        return Outcome("refused", why="邮件服务器中途断开，没有收下", again=True)

    def _kept(self) -> smtplib.SMTP | None:
        with self._lock:
            while self._free:
                kept, since = self._free.pop()
                if time.monotonic() - since < _KEPT:
                    return kept
                kept.close()
        return None

    def _opened(self) -> smtplib.SMTP | Outcome:
        wanted = self._settings
        made: smtplib.SMTP | None = None
        try:
            context = ssl.create_default_context()
            if wanted.ca_file:
                context.load_verify_locations(wanted.ca_file)
            if wanted.security == "tls":
                made = smtplib.SMTP_SSL(wanted.host, wanted.port, _OURS, timeout=wanted.timeout, context=context)
            else:
                made = smtplib.SMTP(wanted.host, wanted.port, _OURS, wanted.timeout)
            if wanted.security == "starttls":
                made.starttls(context=context)
            if self._password is not None:
                made.login(wanted.user, self._password.get_secret_value())
            made.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            if made is not None:
                made.close()
            return _unopened(error)
        return made

    def _given(self, connection: smtplib.SMTP, one: Outgoing, content: bytes | None) -> Outcome | None:
        """Lead the dialogue; None where the connection broke before anything was given."""
        try:
            connection.rset()
            for code, said in (connection.mail(self._settings.sender), connection.rcpt(one.value)):
                if code not in {250, 251}:
                    self._put_back(connection)
                    return _refused(code, said, one)
            if content is None:
                connection.rset()
                self._put_back(connection)
                return Outcome("accepted")
            code, said = connection.docmd("DATA")
            if code != 354:
                self._put_back(connection)
                return _refused(code, said, one)
        except (OSError, smtplib.SMTPException):
            connection.close()
            return None
        try:
            connection.send(_DOT.sub(b"..", content) + b".\r\n")
            code, said = connection.getreply()
        except (OSError, smtplib.SMTPException):
            connection.close()
            return Outcome("unknown", why="邮件交到一半断了，不知是否收下")
        self._put_back(connection)
        return Outcome("accepted", ref=f"{one.id}@{self._domain}") if code == 250 else _refused(code, said, one)

    def _put_back(self, connection: smtplib.SMTP) -> None:
        with self._lock:
            self._free.append((connection, time.monotonic()))

    def _written(self, one: Outgoing) -> EmailMessage:
        text = whole_text(one, self._site)
        message = EmailMessage()
        message["From"], message["To"] = self._settings.sender, one.value
        message["Subject"] = one.title or text.splitlines()[0][:60]
        message["Date"] = format_datetime(clock.moment(datetime.now(UTC)))
        message["Message-ID"] = f"<{one.id}@{self._domain}>"
        if one.references:
            message["In-Reply-To"] = message["References"] = f"<{one.references}@{self._domain}>"
        if one.urgent:
            message["Importance"] = "high"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text + "\n", charset="utf-8", cte="base64")
        return message

    def close(self) -> None:
        """Let go of connections."""
        with self._lock:
            for connection, _ in self._free:
                connection.close()
            self._free.clear()


def _unopened(error: Exception) -> Outcome:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Outcome("refused", why="邮件服务器不认用户名或口令")
    if isinstance(error, ssl.SSLError):
        return Outcome("refused", why="邮件服务器的证书不可信，或加密不成", again=True)
    return Outcome("refused", why="邮件服务器连不上", again=True)


def _refused(code: int, said: bytes, one: Outgoing) -> Outcome:
    told = scrubbed(said.decode("utf-8", "replace"), one)
    return Outcome("refused", why=f"邮件服务器没有收下（{code}）：{told}", again=400 <= code < 500)
