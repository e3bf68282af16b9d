"""An anchor by e-mail: a copy that nobody in the duty room can take back; apart, since it alone speaks to a mail server."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from zhishou.errors import ZhishouError
from zhishou.journal.anchors import Anchor

TIMEOUT = 20
"""Seconds to wait for the mail server."""


@dataclass(frozen=True, slots=True)
class Post:
    """How an e-mail leaves."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password: str = ""
    security: str = "starttls"
    """`tls` from the first byte, `starttls`, or `none` inside a trusted network."""


def letter(anchor: Anchor, post: Post, at: datetime) -> EmailMessage:
    """The e-mail that carries an anchor; the line stands alone in its text, so that it can be given back to `verify`."""
    message = EmailMessage()
    message["Subject"] = f"值守记录锚：第 {anchor.position} 条"
    message["From"], message["To"] = post.sender, ", ".join(post.to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=post.sender.rpartition("@")[2] or None)
    message.set_content(
        f"请保存此邮件。核对记录有无被删改时，把下面一行交给 zhishou journal verify --anchor。\n\n{anchor}\n",
        cte="base64",
    )
    return message


def send(anchor: Anchor, post: Post, at: datetime) -> None:
    """Send an anchor by e-mail.

    Raises:
        ZhishouError: the mail server cannot be reached or does not take it.
    """
    context = ssl.create_default_context()
    where = f"{post.host}:{post.port}"
    try:
        with (
            smtplib.SMTP_SSL(post.host, post.port, timeout=TIMEOUT, context=context)
            if post.security == "tls"
            else smtplib.SMTP(post.host, post.port, timeout=TIMEOUT)
        ) as server:
            if post.security == "starttls":
                server.starttls(context=context)
            if post.user:
                server.login(post.user, post.password)
            refused = server.send_message(letter(anchor, post, at))
    except (OSError, smtplib.SMTPException) as error:
        raise ZhishouError(
            f"锚的邮件没有发出：{error}", where=where, mend="核对邮件服务器、端口、加密方式和用户；锚可先写到文件或打印"
        ) from None
    if refused:
        raise ZhishouError("邮件服务器不收这些收件人", where="、".join(refused), mend="核对地址")
