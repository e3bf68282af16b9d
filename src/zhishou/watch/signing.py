"""What the two signatures of a shift's hand-over stand under: the SM3 digest of the memo, word for word."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes

from zhishou.watch.words import DueItem


def memo_digest(
    area: str, outgoing: str, incoming: str, memo: str, open_matters: Sequence[str], due_items: Sequence[DueItem]
) -> str:
    """SM3 (GB/T 32905-2016) in hex over everything that the memo says, and from whom to whom.

    It is taken over JSON with sorted keys and without blanks, so that anybody can work it out again.
    """
    said = {
        "area": area,
        "outgoing": outgoing,
        "incoming": incoming,
        "memo": memo,
        "open_matters": list(open_matters),
        "due_items": [item.model_dump(mode="json") for item in due_items],
    }
    digest = hashes.Hash(hashes.SM3())
    digest.update(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    return digest.finalize().hex()
