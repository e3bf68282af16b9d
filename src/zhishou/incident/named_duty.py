"""The duty that a report names as the one it meets: whether there is such a one, and whether whoever names it may.

It stands alone because reports that come in and reports that go out ask it alike.
"""

from __future__ import annotations

from zhishou.errors import RefusedError
from zhishou.incident.authority import named
from zhishou.incident.deciding import By
from zhishou.incident.state import Duty, Incident
from zhishou.plan.pack import Pack

_BY_ITSELF = {"directive": "签收指令", "task": "报告完成"}
"""Kind of duty that a command of its own meets, and no report → that command."""


def known_duty(id_: str, state: Incident, *, incoming: bool) -> None:
    """Refuse a duty that a report cannot meet; empty where it names none.

    Raises:
        RefusedError: there is no such duty, it is the other end's, or it is met by a command of its own.
    """
    duty = state.duties.get(id_)
    if id_ and duty is None:
        raise RefusedError(f"没有“{id_}”这项时限", where="时限", mend="核对时限编号，或不写", code="missing")
    if duty is not None and (how := _BY_ITSELF.get(duty.kind)):
        raise RefusedError(f"{duty.label}：不能用报告代替", where=id_, mend=f"用“{how}”登记", code="missing")
    if duty is not None and duty.incoming != incoming:
        whose, mend = ("别的单位欠本值班室的", "用“接报”登记") if duty.incoming else ("本值班室自己的", "用“上报”登记")
        raise RefusedError(f"这项时限是{whose}", where=id_, mend=mend, code="missing")


def said_by_the_desk(id_: str, duty: Duty, pack: Pack, state: Incident, by: By) -> None:
    """The desk may say that a report is what somebody else owed; a unit meets its own duties alone.

    Raises:
        RefusedError: a unit names what another owes.
    """
    if by.post.startswith(("unit:", "reporter:")) and by.post not in named(pack, duty.by, state).posts:
        raise RefusedError(
            "这项时限不是本单位的", where=id_, mend="不写时限编号；确由本单位代报的，请值班室登记", code="post"
        )
