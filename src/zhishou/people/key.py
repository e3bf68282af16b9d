"""The deployment's key, and what is sealed or marked with it: what must be readable again, or known again unread.

The key lies outside the database, so that a stolen copy of the database opens no second factor.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from zhishou.errors import ZhishouError

SIZE = 32
"""Bytes of the key."""
_NONCE = 12
_OTHERS = 0o027
"""Rights that a key file must not give: group may read (a service manager hands keys over so), nobody else anything."""


class Seal:
    """Seals short secrets with AES-256-GCM, each to the account that it belongs to."""

    def __init__(self, key: SecretStr) -> None:
        """Take the key as base64 text.

        Raises:
            ZhishouError: it is no key.
        """
        raw = _decoded(key.get_secret_value())
        if len(raw) != SIZE:
            raise ZhishouError(
                "部署密钥不对，应为 32 字节的 base64 文字",
                mend="用最初生成的那一个；没有则用 openssl rand -base64 32 生成",
            )
        self._cipher = AESGCM(raw)
        self._marking = hmac.digest(raw, b"zhishou marks", hashlib.sha256)

    def close(self, secret: SecretStr, account: str) -> str:
        """The secret as text that only this key opens, and only for this account."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher.encrypt(nonce, secret.get_secret_value().encode(), account.encode())
        return base64.b64encode(nonce + sealed).decode()

    def mark(self, text: str, purpose: str) -> str:
        """A mark of a text that only this key makes: equal texts have equal marks, and a mark tells nothing of its text.

        Args:
            text: what is marked.
            purpose: what the mark is for; the same text has another mark for another purpose.
        """
        length = len(purpose.encode()).to_bytes(4, "big")
        return hmac.new(self._marking, length + purpose.encode() + text.encode(), hashlib.sha256).hexdigest()

    def open(self, sealed: str, account: str) -> SecretStr:
        """The secret again.

        Raises:
            ZhishouError: sealed with another key, for another account, or damaged.
        """
        raw = _decoded(sealed)
        try:
            return SecretStr(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], account.encode()).decode())
        except (InvalidTag, ValueError):  # a ValueError where too little is left for a nonce
            raise ZhishouError(
                "动态口令的密钥打不开：部署密钥与当初的不同，或数据被改过",
                mend="换回当初的部署密钥；找不回来时由管理员清除此人的动态口令，再重新启用",
            ) from None


def _decoded(text: str) -> bytes:
    """The bytes of base64 text; none where it is no such text."""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except ValueError:
        return b""


def new_key() -> SecretStr:
    """A random key as base64 text."""
    return SecretStr(base64.b64encode(secrets.token_bytes(SIZE)).decode())


def deployment_key(environment: Mapping[str, str], folder: Path | None) -> SecretStr:
    """The key of this deployment: `ZHISHOU_KEY`, else the file `ZHISHOU_KEY_FILE`, else the file beside the database.

    Args:
        environment: the process's variables.
        folder: where an SQLite database lies; the key is made there at the first start. None for a database server,
            where every server needs the same key and must be given it.

    Raises:
        ZhishouError: there is none, or others may read it.
    """
    if environment.get("ZHISHOU_KEY"):
        return SecretStr(environment["ZHISHOU_KEY"])
    if environment.get("ZHISHOU_KEY_FILE"):
        return key_in(Path(environment["ZHISHOU_KEY_FILE"]), make=False)
    if folder is None:
        raise ZhishouError(
            "没有部署密钥", where="ZHISHOU_KEY", mend="各台服务器设同一个密钥；没有则用 openssl rand -base64 32 生成"
        )
    return key_in(folder / "zhishou.key", make=True)


def key_in(file: Path, *, make: bool) -> SecretStr:
    """The key in a file.

    Args:
        file: where it lies.
        make: make one where there is none, readable by its owner alone. Two that start at once get the same.

    Raises:
        ZhishouError: there is none and none is to be made, or others may read it.
    """
    if not file.exists():
        if not make:
            raise ZhishouError(
                "没有部署密钥", where=str(file), mend="各台服务器须用同一个密钥：把它放到这里，或写进 ZHISHOU_KEY"
            )
        _make(file)
    if file.stat().st_mode & _OTHERS:
        raise ZhishouError("部署密钥别人也能读写", where=str(file), mend=f"执行 chmod 600 {file}")
    return SecretStr(file.read_text("ascii", errors="replace").strip())


def _make(file: Path) -> None:
    """Write the whole key under another name first; linking it is what only one of two racers can do."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(new_key().get_secret_value() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # the other was first, and its key is as good
    finally:
        draft.unlink()
