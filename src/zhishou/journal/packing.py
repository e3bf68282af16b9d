"""Snapshots made small for the store; apart, because nothing that is sealed is ever packed.

The state of a long incident is a quarter of a megabyte of JSON that repeats its words. Packed it is a tenth of that: what
is waited for when one is opened is the disk, page by page.
"""

from __future__ import annotations

import base64
import zlib

_MARK = "zlib:"
_QUICK = 1


def packed(text: str) -> str:
    """JSON as it is stored."""
    return _MARK + base64.b64encode(zlib.compress(text.encode(), _QUICK)).decode("ascii")


def unpacked(stored: str) -> str:
    """JSON as it was; a text that an earlier version stored is JSON itself.

    Raises:
        ValueError: it is no longer what was packed.
    """
    if not stored.startswith(_MARK):
        return stored
    try:
        return zlib.decompress(base64.b64decode(stored.removeprefix(_MARK))).decode()
    except zlib.error as error:
        raise ValueError(str(error)) from None
