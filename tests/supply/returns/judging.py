"""A filled form judged as it is when it comes in, with the promise that every figure is used or held."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from supply.returns import made

from zhishou.supply.returns import reading
from zhishou.supply.returns.checking import Checked, Expected, check
from zhishou.supply.returns.held import key

TENFOLD = tuple((made.DAY - timedelta(days=back), 45.0 + back % 3) for back in range(10, 0, -1))
RECENT = {
    ("demand", "works"): TENFOLD,
    ("taken", "works"): TENFOLD,
    ("stock", "lng"): tuple((d, 1400.0) for d, _ in TENFOLD),
}


def checked(
    who: str, figures: dict[str, Any] | None = None, *, change: made.Change | None = None,
    recent: dict[tuple[str, str], Any] | None = None, at: datetime = made.EVENING, **stated: Any,
) -> Checked:  # fmt: skip
    content = made.filled(who, figures, change=change)
    found = reading.read("a.xlsx", content, made.ROSTER, made.DAY, **stated)
    assert found.problems == ()
    (draft,) = found.drafts
    result = check(draft, made.ROSTER, recent or {}, Expected(at))
    kept = {key(value) for value in result.accepted} | {key(v) for one in result.held for v in one.values}
    assert kept == {key(value) for value in draft.values}
    return result


def amounts(result: Checked) -> dict[tuple[str, str], Any]:
    return {
        (one.item, one.of): one.amount for one in result.accepted if one.hour is None and (one.day - made.DAY).days < 2
    }
