"""Which moments may be entered: not one to come, not one long past; it stands alone because every door of the desk asks it."""

from __future__ import annotations

from datetime import datetime, timedelta

from zhishou.errors import RefusedError

SAME = timedelta(minutes=1)
"""Forms give a moment to the minute; what is within it is now."""


def not_ahead(at: datetime | None, now: datetime) -> None:
    """Refuse a moment that is still to come."""
    if at is not None and at > now:
        raise RefusedError("发生时间在现在之后", where="时间", mend="改正时间", code="missing")


def not_long_past(at: datetime, now: datetime, back: timedelta) -> None:
    """Refuse a moment further back than what is entered afterwards may lie: mostly a slip in year or month.

    Args:
        at: when it is said to have happened.
        now: when it is entered.
        back: what the house has settled.
    """
    if at < now - back:
        raise RefusedError(
            f"登记的时间 {at:%Y-%m-%d %H:%M} 早于现在 {back.days} 天以上", where="时间", code="missing",
            mend="核对年、月、日；发生得更早的，写在“发生时间”，登记时间不写",
        )  # fmt: skip


def at_once(at: datetime | None, now: datetime) -> None:
    """Refuse a moment other than now, for what takes effect when it is recorded: posts, shifts, delegations, the duty log."""
    not_ahead(at, now)
    if at is not None and at < now - SAME:
        raise RefusedError(
            "值班室的事项以登记时为准，不能倒填时间", where="时间", code="missing",
            mend="时间不写；值班记事的发生时间、任职和委托的起止、演练的日期在各自栏内写明",
        )  # fmt: skip
