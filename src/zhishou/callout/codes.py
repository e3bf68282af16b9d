"""Codes by which a message is answered: made with the deployment's key, so that nothing secret is kept anywhere.

A code names its message and proves that whoever shows it was given it. It opens one answer to one call and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from pydantic import SecretStr

_MAC = 10
"""Letters of the proof: 50 bits, and whoever guesses is slowed."""
_DIGITS = 4
"""Digits of what is sent back by SMS, from the very number to which it was sent."""
_REF = 12
_CODE = re.compile(rf"(?P<message>[a-z2-7]{{{_REF}}}\d{{1,4}})(?P<mac>[a-z2-7]{{{_MAC}}})")


def ref_of(record: str, stream: str) -> str:
    """The short name of a call, from its stream in this record; it is no secret."""
    return _letters(hashlib.sha256(f"{record}\n{stream}".encode()).digest(), _REF)


def message_id(ref: str, number: int) -> str:
    """The id of a call's message, from 1; the key by which a gateway knows it."""
    return f"{ref}{number}"


def call_of(message: str) -> str:
    """The short name of the call to which a message belongs."""
    return message[:_REF]


class Codes:
    """Codes of one deployment.

    Args:
        key: the deployment's key.
    """

    def __init__(self, key: SecretStr) -> None:
        self._key = hmac.digest(key.get_secret_value().encode(), b"callout/answer/1", "sha256")

    def code(self, message: str) -> str:
        """What stands in the link by which a message is answered: `/a/<code>`."""
        return message + _letters(self._mac("link", message), _MAC)

    def message(self, code: str) -> str:
        """The message of a code; empty where it is none of ours."""
        found = _CODE.fullmatch(code.strip().lower())
        if found is None or not hmac.compare_digest(found["mac"], _letters(self._mac("link", found["message"]), _MAC)):
            return ""
        return found["message"]

    def digits(self, message: str) -> str:
        """What may be sent back by SMS. It counts only from the number that got the message."""
        return f"{int.from_bytes(self._mac('sms', message)[:8]) % 10**_DIGITS:0{_DIGITS}d}"

    def _mac(self, what: str, message: str) -> bytes:
        return hmac.digest(self._key, f"{what}\n{message}".encode(), "sha256")


def _letters(raw: bytes, length: int) -> str:
    return base64.b32encode(raw).decode().lower()[:length]
