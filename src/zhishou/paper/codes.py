"""The short code that leads from paper to record: the event's position and the first eight digits of its seal.

It stands alone because anybody can check it by hand: `zhishou journal show` prints position and seal.
"""

from __future__ import annotations

import re

from zhishou.errors import ZhishouError

_CODE = re.compile(r"\s*(?P<position>[1-9][0-9]{0,17})\s*-\s*(?P<seal>[0-9a-fA-F]{8})\s*")


def code(position: int, seal: str) -> str:
    """The code of an event: `812-3f9a2c1e`."""
    return f"{position}-{seal[:8]}"


def parsed(text: str) -> tuple[int, str]:
    """Position and beginning of the seal.

    Raises:
        ZhishouError: the text is no code.
    """
    found = _CODE.fullmatch(text)
    if found is None:
        raise ZhishouError(f"“{text}”不是核对码", mend="照纸上抄写，如 812-3f9a2c1e；短横前是数字，后面八位")
    return int(found["position"]), found["seal"].lower()


def pictured(number: str, code_: str, address: str = "") -> str:
    """What the QR code of a paper says: a link where the console has an address, otherwise number and code in words."""
    return f"{address.rstrip('/')}/e/{code_}" if address else f"{number} 核对码 {code_}"
