"""Decisions about what is written down: the duty log, drills, trainings and the rest of the upkeep."""

from __future__ import annotations

from datetime import date

from zhishou.acts import Event
from zhishou.errors import RefusedError
from zhishou.plan.pack import Pack
from zhishou.watch import commands as c
from zhishou.watch import events as e
from zhishou.watch.authority import known_plan, record
from zhishou.watch.deciding.asking import Asked, needed, spoken
from zhishou.watch.upkeep import Demand, demands


def written(asked: Asked, command: c.WriteLog) -> tuple[Event, ...]:
    """An entry in the duty log; a correction names an entry that none has corrected yet."""
    needed(内容=command.text)
    if command.occurred > asked.at:
        raise RefusedError(
            f"{spoken(command.occurred)} 还没有到",
            mend="发生时间不能晚于现在；要提醒今后的事，写入交接班记录",
            code="time",
        )
    if command.corrects:
        by = asked.state.corrected_by(command.corrects)
        if by is None:
            raise RefusedError(f"值班日志里没有“{command.corrects}”这一条", mend="请刷新后再选", code="unknown")
        if by:
            raise RefusedError(f"“{command.corrects}”已由“{by}”更正", mend=f"请更正“{by}”", code="conflict")
    return (
        e.LogWritten(
            entry=asked.next_id("L"), occurred=command.occurred, category=command.category, text=command.text,
            ref=command.ref, corrects=command.corrects, on_shift=asked.on_shift,
        ),
    )  # fmt: skip


def drilled(asked: Asked, command: c.RecordDrill) -> tuple[Event, ...]:
    """A drill held, beyond what the plan asks for or in answer to it."""
    needed(组织单位=command.by, 演练总结=command.summary)
    pack = known_plan(asked.packs, command.plan)
    met = _met(pack, command.obligations)
    other = [demand.id for demand in met if demand.kind != "drill"]
    if other:
        raise RefusedError(f"{'、'.join(other)}不是演练", mend="演练只对应演练，其余另记", code="conflict")
    _day(asked, pack, command.held)
    return (
        e.DrillRecorded(
            record=asked.next_id("K"), plan=pack.id, obligations=tuple(demand.id for demand in met), form=command.form,
            held=command.held, by=command.by, participants=command.participants, summary=command.summary,
            lessons=command.lessons, on_shift=asked.on_shift,
        ),
    )  # fmt: skip


def kept(asked: Asked, command: c.RecordUpkeep) -> tuple[Event, ...]:
    """A duty of quiet times done."""
    needed(办理单位=command.by, 办理情况=command.note)
    pack = known_plan(asked.packs, command.plan)
    met = _met(pack, command.obligations)
    if not met:
        raise RefusedError("没有选定所办的是哪一项", mend=_choice(pack), code="missing")
    if any(demand.kind == "drill" for demand in met):
        raise RefusedError("演练要写明形式、总结和问题", mend="请用“记演练”登记", code="conflict")
    _day(asked, pack, command.done)
    return (
        e.UpkeepRecorded(
            record=asked.next_id("K"), plan=pack.id, kinds=tuple(dict.fromkeys(demand.kind for demand in met)),
            obligations=tuple(demand.id for demand in met), done=command.done, by=command.by, note=command.note,
            on_shift=asked.on_shift,
        ),
    )  # fmt: skip


def struck(asked: Asked, command: c.StrikeRecord) -> tuple[Event, ...]:
    """A mistaken record counts no longer."""
    needed(作废理由=command.reason)
    if record(asked.state, command.record).struck:
        raise RefusedError("这条记录已经作废", mend="不必再作废", code="state")
    return (e.RecordStruck(record=command.record, reason=command.reason),)


def _met(pack: Pack, ids: tuple[str, ...]) -> tuple[Demand, ...]:
    known = {demand.id: demand for demand in demands(pack)}
    if strange := [id_ for id_ in ids if id_ not in known]:
        raise RefusedError(f"《{pack.plan.short}》没有“{'、'.join(strange)}”这一项", mend=_choice(pack), code="unknown")
    return tuple(known[id_] for id_ in dict.fromkeys(ids))


def _choice(pack: Pack) -> str:
    return f"可选：{'、'.join(demand.id for demand in demands(pack))}"


def _day(asked: Asked, pack: Pack, on: date) -> None:
    if on > asked.at.date():
        raise RefusedError(f"{on} 还没有到", mend="办完再登记", code="time")
    if on < min(pack.plan.issued, pack.plan.effective):
        raise RefusedError(
            f"{on} 早于《{pack.plan.short}》印发的 {pack.plan.issued}",
            mend="请核对日期；以前预案的演练不算本预案的",
            code="time",
        )
